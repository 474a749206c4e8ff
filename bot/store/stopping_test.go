package store

import (
	"testing"

	"twokey/bot/store/keys"
	"twokey/commands/port"
)

// Whoever arms sees a stop from when it was acknowledged until it is worked off,
// and no stop of somebody else's operation.
func TestAStopIsSeenFromItsReceiptUntilItIsFinished(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		mine, other := create(t, s, ref(1)).Op.ID, create(t, s, ref(2)).Op.ID
		stopping := func(want bool, ids ...string) {
			t.Helper()
			if got, err := open(t, o).Stopping(t.Context(), ids...); got != want || err != nil {
				t.Fatalf("%v: %v, %v", ids, got, err)
			}
		}
		receive := func(it port.Item) port.Claim {
			t.Helper()
			c, fresh, err := s.Receive(t.Context(), it)
			if !fresh || err != nil {
				t.Fatal(fresh, err)
			}
			return c
		}
		key := receive(port.Item{Dedupe: "a key", Op: mine, Verb: "approve", At: t0})
		stopping(false, mine, other)
		hold := receive(port.Item{Dedupe: "a hold", Op: mine, Verb: "hold", Stops: true, At: t0})
		stopping(true, mine)
		stopping(true, other, mine)
		stopping(false, other)
		must(t, s.Finish(t.Context(), hold))
		must(t, s.Finish(t.Context(), key))
		stopping(false, mine)
		if _, fresh, err := s.Receive(t.Context(), port.Item{
			Dedupe: "a hold", Op: mine, Verb: "hold", Stops: true,
			At: t0,
		}); fresh || err != nil {
			t.Fatal(fresh, err)
		}
		stopping(false, mine) // delivered again, it stops nothing again
		lost := receive(port.Item{Dedupe: "another", Op: mine, Verb: "cancel", Stops: true, At: t0})
		stopping(true, mine)
		must(t, s.db.ZRem(t.Context(), keys.OfID(mine).Due(), keys.ItemMember(lost.ID)).Err())
		stopping(false, mine) // nobody would ever work it off
		freeze := receive(port.Item{Dedupe: "a freeze", Verb: "freeze", Stops: true, At: t0})
		stopping(true, mine)
		stopping(true, other)
		must(t, s.Finish(t.Context(), freeze))
		stopping(false, mine, other)
	})
}
