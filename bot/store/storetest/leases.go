package storetest

import (
	"errors"
	"testing"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall"
)

var leasesTests = []test{
	{"WhatIsLeasedIsNotLeasedTwice", whatIsLeasedIsNotLeasedTwice},
	{"AnOldWorkerIsFenced", anOldWorkerIsFenced},
	{"ACommitGivesTheLeaseBack", aCommitGivesTheLeaseBack},
	{"AClickDuringALeaseIsNotLost", aClickDuringALeaseIsNotLost},
	{"ALeaseThatIsRenewedDoesNotRunOut", aLeaseThatIsRenewedDoesNotRunOut},
	{"EverythingDueIsLeasedOnce", everythingDueIsLeasedOnce},
	{"ATakenOverLeaseSaysSo", aTakenOverLeaseSaysSo},
}

func whatIsLeasedIsNotLeasedTwice(t *testing.T, open Opener) {
	a, b := open(t), open(t)
	rec := dueNow(t, a, Ref(1))
	c := claimUntil(t, a, long, port.ClaimOp, rec.Op.ID)
	same(t, "claimed by another", claimAll(t, b, long), []port.Claim(nil))
	if err := a.Release(t.Context(), c, 0); err != nil {
		t.Fatal(err)
	}
	if d := claimUntil(t, b, long, port.ClaimOp, rec.Op.ID); d.Token <= c.Token {
		t.Errorf("the token fell from %d to %d", c.Token, d.Token)
	}
	if err := a.Release(t.Context(), c, 0); !errors.Is(err, port.ErrFenced) {
		t.Errorf("the old holder released it: %v", err)
	}
}

func anOldWorkerIsFenced(t *testing.T, open Opener) {
	a, b := open(t), open(t)
	rec := dueNow(t, a, Ref(1))
	old := claimUntil(t, a, short, port.ClaimOp, rec.Op.ID)
	now := claimUntil(t, b, long, port.ClaimOp, rec.Op.ID)

	late := Click(rec, "late", reinstall.Expired)
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
	good := Click(rec, "good", reinstall.Approved)
	good.Claim = now
	done := mustApply(t, b, good)
	// Its answer was lost, it commits again: the lease is gone, the effect is there.
	same(t, "again", mustApply(t, b, good), done)
	same(t, "log", loggedCommands(t, b, rec.Op.ID), []string{"create " + Ref(1).Instance, "good"})
}

func aCommitGivesTheLeaseBack(t *testing.T, open Opener) {
	s := open(t)
	rec := dueNow(t, s, Ref(1))
	c := Click(rec, "X1", reinstall.Approved)
	c.Claim, c.WakeAfter = claimUntil(t, s, long, port.ClaimOp, rec.Op.ID), 0
	mustApply(t, s, c)
	claimUntil(t, s, long, port.ClaimOp, rec.Op.ID)
}

func aClickDuringALeaseIsNotLost(t *testing.T, open Opener) {
	s := open(t)
	rec := dueNow(t, s, Ref(1))
	c := claimUntil(t, s, long, port.ClaimOp, rec.Op.ID)
	clicked := Click(rec, "click", reinstall.Cancelled)
	clicked.WakeAfter = 0
	mustApply(t, s, clicked)
	same(t, "the click took the lease", claimAll(t, s, long), []port.Claim(nil))
	if lost, err := s.Renew(t.Context(), long, []port.Claim{c}); len(lost) > 0 || err != nil {
		t.Fatal(lost, err)
	}

	work := Click(rec, "work", reinstall.Ready)
	work.Claim = c
	var stale *port.StaleError
	if _, err := s.Apply(t.Context(), work); !errors.As(err, &stale) {
		t.Fatal(err)
	}
	if err := s.Release(t.Context(), c, -1); err != nil {
		t.Fatal(err)
	}
	next := claimUntil(t, s, long, port.ClaimOp, rec.Op.ID)
	// It was seen: now 'never' is never.
	if err := s.Release(t.Context(), next, -1); err != nil {
		t.Fatal(err)
	}
	same(t, "due", claimAll(t, s, long), []port.Claim(nil))
}

func aLeaseThatIsRenewedDoesNotRunOut(t *testing.T, open Opener) {
	s := open(t)
	kept, lost := dueNow(t, s, Ref(1)), dueNow(t, s, Ref(2))
	k, l := claimUntil(t, s, time.Second, port.ClaimOp, kept.Op.ID), port.Claim{}
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
}

func everythingDueIsLeasedOnce(t *testing.T, open Opener) {
	s := open(t)
	want := map[string]bool{}
	for i := range 40 {
		want[dueNow(t, s, Ref(i)).Op.ID] = true
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
}

func aTakenOverLeaseSaysSo(t *testing.T, open Opener) {
	s := open(t)
	rec := create(t, s, Ref(1))
	if err := s.Tell(t.Context(), rec.Op.ID, port.Post{Kind: port.PostWhisper, Key: "a"}); err != nil {
		t.Fatal(err)
	}
	first := claimOutbox(t, s, time.Millisecond)
	if first.Taken {
		t.Error("the first holder takes over from nobody")
	}
	var second port.Claim // once the first lease has run out
	eventually(t, "the lease runs out", func() bool {
		for _, c := range claimAll(t, s, long) {
			if c.Kind == port.ClaimOutbox && c.ID == first.ID {
				second = c
			}
		}
		return second.Token > 0
	})
	if !second.Taken {
		t.Error("a vanished holder did not show")
	}
	if err := s.Release(t.Context(), second, 0); err != nil {
		t.Fatal(err)
	}
	if third := claimUntil(t, s, long, port.ClaimOutbox, first.ID); third.Taken {
		t.Error("what was given back was not taken over")
	}
}
