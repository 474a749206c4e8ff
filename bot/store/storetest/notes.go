package storetest

import (
	"testing"

	"twokey/commands/port"
)

var notesTests = []test{
	{"ANoteIsWrittenOnceWithItsPosts", aNoteIsWrittenOnceWithItsPosts},
	{"ANoteNeedsAKey", aNoteNeedsAKey},
	{"TheMemoryIsHealthy", theMemoryIsHealthy},
}

func aNoteIsWrittenOnceWithItsPosts(t *testing.T, open Opener) {
	s := open(t)
	id := create(t, s, Ref(1)).Op.ID
	n := port.Note{Key: "i1", Kind: port.NoteRefusal, Op: id, By: "U0AAA111", What: "approve", Detail: "no"}
	if yes, err := s.Noted(t.Context(), n); yes || err != nil {
		t.Fatal(yes, err)
	}
	for range 2 {
		must(t, s.Note(t.Context(), n, port.Post{Kind: port.PostWhisper, Key: "no"}))
	}
	if yes, err := open(t).Noted(t.Context(), n); !yes || err != nil {
		t.Error(yes, err)
	}
	same(t, "outbox", waiting(t, s), []string{"no"})
}

func aNoteNeedsAKey(t *testing.T, open Opener) {
	if err := open(t).Note(t.Context(), port.Note{Kind: port.NoteRefusal, What: "approve"}); err == nil {
		t.Error("a note without a key was taken")
	}
}

func theMemoryIsHealthy(t *testing.T, open Opener) {
	if _, err := open(t).Health(t.Context()); err != nil {
		t.Error(err)
	}
}
