package store

import (
	"errors"
	"testing"
	"time"

	"twokey/bot/store/keys"
	"twokey/commands/port"
	"twokey/commands/reinstall"
)

const (
	short = 20 * time.Millisecond // a lease that is to run out
	long  = time.Hour             // one that is not
)

// dueNow makes an operation that is due at once.
func dueNow(t testing.TB, s *Store, r reinstall.Ref) port.Record {
	t.Helper()
	c := proposal(s, r, "create "+r.Instance)
	c.In = 0
	rec, err := s.Create(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

func claimAll(t testing.TB, s *Store, lease time.Duration) []port.Claim {
	t.Helper()
	cs, err := s.Claim(t.Context(), lease, 100)
	if err != nil {
		t.Fatal(err)
	}
	return cs
}

func TestWhatIsLeasedIsNotLeasedTwice(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		a, b := open(t, o), open(t, o)
		rec := dueNow(t, a, ref(1))
		c := claimed(t, a, long, port.ClaimOp, rec.Op.ID)
		same(t, "claimed by another", claimAll(t, b, long), []port.Claim(nil))
		if err := a.Release(t.Context(), c, 0); err != nil {
			t.Fatal(err)
		}
		if d := claimed(t, b, long, port.ClaimOp, rec.Op.ID); d.Token <= c.Token {
			t.Errorf("the token fell from %d to %d", c.Token, d.Token)
		}
		if err := a.Release(t.Context(), c, 0); !errors.Is(err, port.ErrFenced) {
			t.Errorf("the old holder released it: %v", err)
		}
	})
}

func TestAnOldWorkerIsFenced(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		a, b := open(t, o), open(t, o)
		rec := dueNow(t, a, ref(1))
		old := claimed(t, a, short, port.ClaimOp, rec.Op.ID)
		now := claimed(t, b, long, port.ClaimOp, rec.Op.ID)

		late := click(rec, "late", reinstall.Expired)
		late.Claim = old
		if _, err := a.Apply(t.Context(), late); !errors.Is(err, port.ErrFenced) {
			t.Fatalf("the old worker committed: %v", err)
		}
		if lost, err := a.Renew(t.Context(), long, []port.Claim{old}); err != nil || len(lost) != 1 {
			t.Fatalf("lost %v, %v", lost, err)
		}
		if lost, err := b.Renew(t.Context(), long, []port.Claim{now}); err != nil || len(lost) != 0 {
			t.Fatalf("lost %v, %v", lost, err)
		}
		good := click(rec, "good", reinstall.Approved)
		good.Claim = now
		done := mustApply(t, b, good)
		// Its answer was lost, it commits again: the lease is gone, the effect is there.
		same(t, "again", mustApply(t, b, good), done)
		same(t, "log", logged(t, b, rec.Op.ID), []string{"create " + ref(1).Instance, "good"})
	})
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

func TestACommitGivesTheLeaseBack(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		rec := dueNow(t, s, ref(1))
		c := click(rec, "X1", reinstall.Approved)
		c.Claim, c.In = claimed(t, s, long, port.ClaimOp, rec.Op.ID), 0
		mustApply(t, s, c)
		claimed(t, s, long, port.ClaimOp, rec.Op.ID)
	})
}

func TestAClickDuringALeaseIsNotLost(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		rec := dueNow(t, s, ref(1))
		c := claimed(t, s, long, port.ClaimOp, rec.Op.ID)
		clicked := click(rec, "click", reinstall.Cancelled)
		clicked.In = 0
		mustApply(t, s, clicked)
		same(t, "the click took the lease", claimAll(t, s, long), []port.Claim(nil))
		if lost, err := s.Renew(t.Context(), long, []port.Claim{c}); len(lost) > 0 || err != nil {
			t.Fatal(lost, err)
		}

		work := click(rec, "work", reinstall.Ready)
		work.Claim = c
		var stale *port.StaleError
		if _, err := s.Apply(t.Context(), work); !errors.As(err, &stale) {
			t.Fatal(err)
		}
		if err := s.Release(t.Context(), c, -1); err != nil {
			t.Fatal(err)
		}
		next := claimed(t, s, long, port.ClaimOp, rec.Op.ID)
		// It was seen: now 'never' is never.
		if err := s.Release(t.Context(), next, -1); err != nil {
			t.Fatal(err)
		}
		same(t, "due", claimAll(t, s, long), []port.Claim(nil))
	})
}

func TestALeaseThatIsRenewedDoesNotRunOut(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		kept, lost := dueNow(t, s, ref(1)), dueNow(t, s, ref(2))
		k, l := claimed(t, s, time.Second, port.ClaimOp, kept.Op.ID), port.Claim{}
		eventually(t, "the other's lease runs out", func() bool {
			if gone, err := s.Renew(t.Context(), time.Second, []port.Claim{k}); len(gone) > 0 || err != nil {
				t.Fatal(gone, err)
			}
			for _, c := range claimAll(t, s, short) {
				if c.ID == kept.Op.ID {
					t.Fatal("a renewed lease was given away")
				}
				if c.ID == lost.Op.ID {
					again := l.Token != 0
					l = c
					return again
				}
			}
			return false
		})
	})
}

func TestNoPartitionStarves(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		want := map[string]bool{}
		for i := range 40 {
			want[dueNow(t, s, ref(i)).Op.ID] = true
		}
		for len(want) > 0 {
			cs, err := s.Claim(t.Context(), long, 3)
			if err != nil || len(cs) == 0 || len(cs) > 3 {
				t.Fatal(len(cs), err)
			}
			for _, c := range cs {
				if !want[c.ID] {
					t.Fatalf("%s was leased twice", c.ID)
				}
				delete(want, c.ID)
			}
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

func TestWhoTakesOverIsToldThatTheLastHolderVanished(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		rec := create(t, s, ref(1))
		if err := s.Tell(t.Context(), rec.Op.ID, port.Post{Kind: port.PostWhisper, Key: "a"}); err != nil {
			t.Fatal(err)
		}
		box := keys.OfInstance(ref(1)).String()
		first := claimed(t, s, time.Millisecond, port.ClaimOutbox, box)
		if first.Taken {
			t.Error("the first holder takes over from nobody")
		}
		var second port.Claim // once the first lease has run out
		eventually(t, "the lease runs out", func() bool {
			for _, c := range claimAll(t, s, long) {
				if c.Kind == port.ClaimOutbox && c.ID == box {
					second = c
				}
			}
			return second.Token > 0
		})
		if !second.Taken {
			t.Error("a vanished holder was not told of")
		}
		if err := s.Release(t.Context(), second, 0); err != nil {
			t.Fatal(err)
		}
		if third := claimed(t, s, long, port.ClaimOutbox, box); third.Taken {
			t.Error("what was given back was not taken over")
		}
	})
}
