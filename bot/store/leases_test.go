package store

import (
	"errors"
	"testing"
	"time"

	"twokey/bot/store/keys"
	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

const (
	short = 20 * time.Millisecond // a lease that is to run out
	long  = time.Hour             // one that is not
)

// dueNow makes an operation that is due at once.
func dueNow(t testing.TB, s *Store, r model.Ref) port.Record {
	t.Helper()
	c := proposal(s, r, "create "+r.Instance)
	c.WakeAfter = 0
	rec, err := s.Create(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

// A fail-over that lost the counter of tokens gives another worker an equal one:
// whoever had it before is fenced all the same.
func TestAnEqualTokenOfAnotherWorkerIsFenced(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		a, b := open(t, o), open(t, o)
		rec := dueNow(t, a, ref(1))
		old := claimed(t, a, short, port.ClaimOp, rec.Op.ID)
		p := keys.OfInstance(ref(1))
		if err := a.db.Del(t.Context(), p.Tokens(), p.Owners()).Err(); err != nil {
			t.Fatal(err)
		}
		now := claimed(t, b, long, port.ClaimOp, rec.Op.ID)
		if now.Token != old.Token {
			t.Fatalf("the tokens are %d and %d", old.Token, now.Token)
		}
		late := click(rec, "late", reinstall.Expired)
		late.Claim = old
		if _, err := a.Apply(t.Context(), late); !errors.Is(err, port.ErrFenced) {
			t.Errorf("it committed: %v", err)
		}
		if _, err := a.Arm(t.Context(), late); !errors.Is(err, port.ErrFenced) {
			t.Errorf("it armed: %v", err)
		}
		if lost, err := a.Renew(t.Context(), long, []port.Claim{old}); err != nil || len(lost) != 1 {
			t.Errorf("it renewed: lost %v, %v", lost, err)
		}
		if err := a.Release(t.Context(), old, 0); !errors.Is(err, port.ErrFenced) {
			t.Errorf("it released: %v", err)
		}
		if lost, err := b.Renew(t.Context(), long, []port.Claim{now}); err != nil || len(lost) > 0 {
			t.Errorf("the holder lost %v, %v", lost, err)
		}
	})
}

func TestShareGivesEachPartitionItsTurn(t *testing.T) {
	for _, c := range []struct {
		due        []int
		max, first int
		want       []int
	}{
		{[]int{0, 0, 0}, 5, 0, []int{0, 0, 0}},
		{[]int{9, 0, 1}, 5, 0, []int{4, 0, 1}},
		{[]int{9, 9, 9}, 2, 1, []int{0, 1, 1}},
		{[]int{9, 9, 9}, 2, 2, []int{1, 0, 1}},
		{[]int{1, 1, 1}, 9, 2, []int{1, 1, 1}},
		{[]int{1, 1, 1}, 0, 0, []int{0, 0, 0}},
	} {
		same(t, "quota", divideAmong(c.due, c.max, c.first), c.want)
	}
}
