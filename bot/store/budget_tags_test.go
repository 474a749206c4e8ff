package store

import (
	"testing"
	"time"

	"twokey/bot/store/keys"
	"twokey/commands/port"
	"twokey/commands/reinstall/model"
)

// Kinds of machines come and go: the place of one leaves nothing behind in Redis.
func TestThePlaceOfAKindIsForgottenOnceItIsGivenBack(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		a, b := countingDown(t, s, ref(1)), countingDown(t, s, ref(2))
		kin := func(r port.Record) model.Reservation {
			return model.Reservation{
				Account: "main name web-#", QueuedOp: model.QueuedOp{Op: r.Op.ID},
				Limits: model.Limits{AtOnce: 1},
			}
		}
		if p := reserve(t, s, kin(a)); !p.OK {
			t.Fatalf("the first: %+v", p)
		}
		if p := reserve(t, s, kin(b)); p.OK {
			t.Fatalf("two of a kind at once: %+v", p)
		}
		must(t, s.Unreserve(t.Context(), "main name web-#", a.Op.ID))
		if n, err := s.db.Exists(t.Context(), keys.Running("main name web-#"),
			keys.BudgetTags("main name web-#")).Result(); n != 0 || err != nil {
			t.Errorf("%d keys are left, %v", n, err)
		}
		if left, err := s.db.PTTL(t.Context(), keys.LastHour("main name web-#")).Result(); err != nil || left <= 0 ||
			left > time.Hour {
			t.Errorf("what was made in the last hour is kept for %s, %v", left, err)
		}
	})
}
