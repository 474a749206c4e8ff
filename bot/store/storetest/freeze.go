package storetest

import (
	"testing"

	"twokey/commands/port"
	"twokey/commands/reinstall/model"
)

var freezeTests = []test{
	{"AFreezeHoldsOnEveryReplicaUntilItIsEnded", aFreezeHoldsOnEveryReplicaUntilItIsEnded},
}

func aFreezeHoldsOnEveryReplicaUntilItIsEnded(t *testing.T, open Opener) {
	s := open(t)
	f := model.Freeze{By: "U0AAA111", Why: "a release goes out", When: t0}
	if err := s.Freeze(t.Context(), f, port.Note{
		Key: "i1.decided", Kind: port.NoteDecision, By: "U0AAA111",
		What: "freeze",
	}); err != nil {
		t.Fatal(err)
	}
	got, err := open(t).Frozen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	same(t, "freeze", got, &f)
	for _, nothing := range []string{"", " ", "\u200b", `""`} {
		if err := s.Freeze(t.Context(), model.Freeze{By: "U0AAA111", Why: nothing},
			port.Note{Key: "i2.decided", Kind: port.NoteDecision, By: "U0AAA111", What: "freeze"}); err == nil {
			t.Errorf("a freeze whose reason is %+q was taken", nothing)
		}
	}
	if got, err = s.Frozen(t.Context()); got == nil || err != nil {
		t.Fatal(got, err)
	}
	if err := s.Unfreeze(t.Context(), port.Note{
		Key: "i3.decided", Kind: port.NoteDecision, By: "U0AAA111",
		What: "unfreeze",
	}); err != nil {
		t.Fatal(err)
	}
	if got, err = s.Frozen(t.Context()); got != nil || err != nil {
		t.Fatal(got, err)
	}
}
