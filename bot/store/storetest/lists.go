package storetest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

var listsTests = []test{
	{"WhatEndedLastIsListedNewestFirstOverAllMachines", whatEndedLastIsListedNewestFirstOverAllMachines},
	{"WhatIsNotedOfAnEndedOperationIsNoNewEnd", whatIsNotedOfAnEndedOperationIsNoNewEnd},
	{"AnUnknownOutcomeEndsWhenItIsResolved", anUnknownOutcomeEndsWhenItIsResolved},
	{"AChangeThatWasRefusedEndsNothing", aChangeThatWasRefusedEndsNothing},
	{"AnotherMarkAfterWhateverHappens", anotherMarkAfterWhateverHappens},
}

func whatEndedLastIsListedNewestFirstOverAllMachines(t *testing.T, open Opener) {
	s := open(t)
	want := endThemAll(t, s, 24)
	create(t, s, Ref(100)) // is open
	if diff := cmp.Diff(want[:10], endedNow(t, s, 10)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if diff := cmp.Diff(want, endedNow(t, s, 1000)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func whatIsNotedOfAnEndedOperationIsNoNewEnd(t *testing.T, open Opener) {
	s := open(t)
	want := endThemAll(t, s, 3)
	first, err := s.Load(t.Context(), want[2])
	if err != nil {
		t.Fatal(err)
	}
	aMomentLater()
	mustApply(t, s, Click(first, "the machine answers", reinstall.Cancelled))
	if diff := cmp.Diff(want, endedNow(t, s, 10)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func anUnknownOutcomeEndsWhenItIsResolved(t *testing.T, open Opener) {
	s := open(t)
	rec := mustApply(t, s, Click(create(t, s, Ref(1)), "unknown", reinstall.Unknown))
	if got := endedNow(t, s, 10); len(got) > 0 {
		t.Errorf("%v ended, with its outcome unknown", got)
	}
	mustApply(t, s, Click(rec, "resolved", reinstall.Resolved))
	if diff := cmp.Diff([]string{rec.Op.ID}, endedNow(t, s, 10)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func aChangeThatWasRefusedEndsNothing(t *testing.T, open Opener) {
	s := open(t)
	rec := create(t, s, Ref(1))
	mustApply(t, s, Click(rec, "approve", reinstall.Approved))
	if _, err := s.Apply(t.Context(), Click(rec, "cancel, too late", reinstall.Cancelled)); err == nil {
		t.Fatal("a stale change went through")
	}
	if got := endedNow(t, s, 10); len(got) > 0 {
		t.Errorf("%v ended", got)
	}
}

func anotherMarkAfterWhateverHappens(t *testing.T, open Opener) {
	s := open(t)
	seen := map[string]string{}
	look := func(after string) {
		t.Helper()
		m, err := s.Mark(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if was, known := seen[m]; known {
			t.Errorf("the mark after %s is that after %s", after, was)
		}
		if again, _ := s.Mark(t.Context()); again != m {
			t.Errorf("nothing happened after %s, and the mark moved", after)
		}
		seen[m] = after
	}
	look("nothing")
	rec := create(t, s, Ref(1))
	look("a proposal")
	mustApply(t, s, Click(rec, "cancel", reinstall.Cancelled))
	look("its end")
	note := port.Note{Key: "frozen", Kind: port.NoteDecision, By: "U0BOB", What: "freeze"}
	if err := s.Freeze(t.Context(), model.Freeze{By: "U0BOB", Why: "fire", When: t0}, note); err != nil {
		t.Fatal(err)
	}
	look("a freeze")
}

// endedNow lists what ended last.
func endedNow(t *testing.T, s port.Store, max int) []string {
	t.Helper()
	recs, err := s.Ended(t.Context(), max)
	if err != nil {
		t.Fatal(err)
	}
	return idsOf(recs)
}

// endThemAll ends an operation on each of n machines, a moment apart, and returns
// their ids, the last first.
func endThemAll(t *testing.T, s port.Store, n int) []string {
	t.Helper()
	out := []string{}
	for i := range n {
		rec := create(t, s, Ref(i))
		aMomentLater()
		mustApply(t, s, Click(rec, "cancel "+rec.Op.ID, reinstall.Cancelled))
		out = append([]string{rec.Op.ID}, out...)
	}
	return out
}
