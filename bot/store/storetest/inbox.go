package storetest

import (
	"errors"
	"testing"

	"twokey/commands/port"
)

var inboxTests = []test{
	{"AnItemWithoutADedupeIsStoredEachTime", anItemWithoutADedupeIsStoredEachTime},
	{"AStopIsSeenFromItsReceiptUntilItIsFinished", aStopIsSeenFromItsReceiptUntilItIsFinished},
	{"TheSameDeliveryIsStoredOnce", theSameDeliveryIsStoredOnce},
	{"AnItemOfADeadWorkerIsTakenOver", anItemOfADeadWorkerIsTakenOver},
}

func theSameDeliveryIsStoredOnce(t *testing.T, open Opener) {
	s := open(t)
	c := receive(t, s, delivery())
	for _, again := range []port.Store{s, open(t)} {
		if _, fresh, err := again.Receive(t.Context(), delivery()); fresh || err != nil {
			t.Fatal(fresh, err)
		}
	}
	it, err := s.Item(t.Context(), c.ID)
	if err != nil {
		t.Fatal(err)
	}
	want := delivery()
	want.ID, want.Tries = c.ID, 1
	same(t, "item", it, want)
	if err := s.Finish(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if err := s.Finish(t.Context(), c); err != nil {
		t.Fatal("finished twice:", err)
	}
	if _, fresh, err := s.Receive(t.Context(), delivery()); fresh || err != nil {
		t.Fatal("finished, and stored again:", fresh, err)
	}
	if _, err := s.Item(t.Context(), c.ID); !errors.Is(err, port.ErrNotFound) {
		t.Fatal(err)
	}
}

func anItemOfADeadWorkerIsTakenOver(t *testing.T, open Opener) {
	s := open(t)
	rec := create(t, s, Ref(1))
	it := delivery()
	it.Op = rec.Op.ID
	c := receive(t, s, it)
	same(t, "claimed by another", claimAll(t, s, long), []port.Claim(nil))
	if lost, err := s.Renew(t.Context(), short, []port.Claim{c}); len(lost) > 0 || err != nil {
		t.Fatal(lost, err)
	}
	taken := claimUntil(t, s, long, port.ClaimItem, c.ID)
	if got, err := s.Item(t.Context(), c.ID); err != nil || got.Tries != 2 {
		t.Fatal(got.Tries, err)
	}
	if err := s.Finish(t.Context(), c); !errors.Is(err, port.ErrFenced) {
		t.Fatal("the dead worker finished it:", err)
	}
	if err := s.Release(t.Context(), taken, -1); err == nil {
		t.Fatal("an item was put away for good")
	}
	if err := s.Finish(t.Context(), taken); err != nil {
		t.Fatal(err)
	}
	same(t, "due", claimAll(t, s, long), []port.Claim(nil))
}

func anItemWithoutADedupeIsStoredEachTime(t *testing.T, open Opener) {
	s := open(t)
	it := delivery()
	it.Dedupe = ""
	if a, b := receive(t, s, it), receive(t, s, it); a.ID == b.ID {
		t.Error("one item for two deliveries")
	}
}

// An arming sees a stop from when it was acknowledged until it is worked off, and
// no stop of another operation.
func aStopIsSeenFromItsReceiptUntilItIsFinished(t *testing.T, open Opener) {
	s := open(t)
	mine, other := create(t, s, Ref(1)).Op.ID, create(t, s, Ref(2)).Op.ID
	stopping := func(want bool, ids ...string) {
		t.Helper()
		if got, err := open(t).Stopping(t.Context(), ids...); got != want || err != nil {
			t.Fatalf("%v: %v, %v", ids, got, err)
		}
	}
	key := receive(t, s, port.Item{Dedupe: "a key", Op: mine, Verb: "approve", At: t0})
	stopping(false, mine, other)
	hold := port.Item{Dedupe: "a hold", Op: mine, Verb: "hold", Stops: true, At: t0}
	held := receive(t, s, hold)
	stopping(true, mine)
	stopping(true, other, mine)
	stopping(false, other)
	must(t, s.Finish(t.Context(), held))
	must(t, s.Finish(t.Context(), key))
	stopping(false, mine)
	if _, fresh, err := s.Receive(t.Context(), hold); fresh || err != nil {
		t.Fatal(fresh, err)
	}
	stopping(false, mine) // delivered again, it stops nothing again
	freeze := receive(t, s, port.Item{Dedupe: "a freeze", Verb: "freeze", Stops: true, At: t0})
	stopping(true, mine)
	stopping(true, other)
	must(t, s.Finish(t.Context(), freeze))
	stopping(false, mine, other)
}

func delivery() port.Item {
	return port.Item{
		Dedupe: "v0=1", Verb: "propose", Args: `{"target":"web-01"}`, User: "U0ONCALL",
		Channel: "C0INFRA", At: t0,
	}
}

func receive(t testing.TB, s port.Store, it port.Item) port.Claim {
	t.Helper()
	c, fresh, err := s.Receive(t.Context(), it)
	if err != nil || !fresh {
		t.Fatal(fresh, err)
	}
	return c
}
