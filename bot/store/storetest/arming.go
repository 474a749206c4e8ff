package storetest

import (
	"errors"
	"testing"

	"twokey/commands/port"
	"twokey/commands/reinstall"
)

var armingTests = []test{
	{"OnlyOneArms", onlyOneArms},
	{"WhoArmedBeforeDoesNotArmAgain", whoArmedBeforeDoesNotArmAgain},
	{"AnArmingUnderALostLeaseIsFenced", anArmingUnderALostLeaseIsFenced},
	{"AnOlderRecordIsNotTheNewest", anOlderRecordIsNotTheNewest},
}

func onlyOneArms(t *testing.T, open Opener) {
	s := open(t)
	rec := create(t, s, Ref(1))
	must(t, s.MayArm(t.Context(), rec.Op.ID))
	armed, err := s.Arm(t.Context(), Click(rec, "arm", reinstall.Armed))
	if err != nil || armed.Rev != 2 || armed.Op.State != reinstall.Armed {
		t.Fatal(armed.Rev, err)
	}
	var stale *port.StaleError
	if _, err := s.Arm(t.Context(), Click(rec, "arm too", reinstall.Armed)); !errors.As(err, &stale) {
		t.Fatal(err)
	}
}

// Only the call that wrote the intent may send.
func whoArmedBeforeDoesNotArmAgain(t *testing.T, open Opener) {
	s := open(t)
	c := Click(create(t, s, Ref(1)), "arm", reinstall.Armed)
	if _, err := s.Arm(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Arm(t.Context(), c); !errors.Is(err, port.ErrNotDurable) {
		t.Errorf("the same command armed again: %v", err)
	}
	if yes, err := s.Happened(t.Context(), c.Op.ID, "arm"); !yes || err != nil {
		t.Error(yes, err)
	}
}

func anArmingUnderALostLeaseIsFenced(t *testing.T, open Opener) {
	a, b := open(t), open(t)
	rec := dueNow(t, a, Ref(1))
	late := Click(rec, "arm", reinstall.Armed)
	late.Claim = claimUntil(t, a, short, port.ClaimOp, rec.Op.ID)
	claimUntil(t, b, long, port.ClaimOp, rec.Op.ID)
	if _, err := a.Arm(t.Context(), late); !errors.Is(err, port.ErrFenced) {
		t.Errorf("it armed: %v", err)
	}
}

func anOlderRecordIsNotTheNewest(t *testing.T, open Opener) {
	s := open(t)
	old := create(t, s, Ref(1))
	now := mustApply(t, s, Click(old, "X1", reinstall.Approved))
	for _, c := range []struct {
		rec  port.Record
		want bool
	}{{old, false}, {now, true}} {
		if got, err := s.Newest(t.Context(), c.rec); got != c.want || err != nil {
			t.Errorf("revision %d: %v, %v", c.rec.Rev, got, err)
		}
	}
}
