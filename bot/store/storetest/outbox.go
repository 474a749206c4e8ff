package storetest

import (
	"testing"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/view"
)

var outboxTests = []test{
	{"AnOutboxEntryAppendedWhileDrainingIsNotLost", anOutboxEntryAppendedWhileDrainingIsNotLost},
	{"ANewPostDoesNotWaitForTheRetryOfAnOlderOne", aNewPostDoesNotWaitForTheRetryOfAnOlderOne},
	{"AWhisperIsToldOnce", aWhisperIsToldOnce},
}

func anOutboxEntryAppendedWhileDrainingIsNotLost(t *testing.T, open Opener) {
	s := open(t)
	rec := create(t, s, Ref(1))
	tell := func(command string, rec port.Record) port.Record {
		c := Click(rec, command, reinstall.Proposed)
		c.Posts = []port.Post{{Kind: port.PostLine, Key: command}}
		return mustApply(t, s, c)
	}
	rec = tell("first", rec)
	c := claimOutbox(t, s, long)
	ps, err := s.Posts(t.Context(), c.ID, 10)
	if err != nil || len(ps) != 1 {
		t.Fatal(ps, err)
	}
	tell("second", rec) // while the first is being told
	same(t, "claimed by another", claimAll(t, s, long), []port.Claim(nil))
	if err := s.Posted(t.Context(), c.ID, ps...); err != nil {
		t.Fatal(err)
	}
	if err := s.Release(t.Context(), c, -1); err != nil {
		t.Fatal(err)
	}
	c = claimOutbox(t, s, long)
	ps, err = s.Posts(t.Context(), c.ID, 10)
	if err != nil || len(ps) != 1 || ps[0].Key != "second" {
		t.Fatal(ps, err)
	}
	if err := s.Posted(t.Context(), c.ID, ps...); err != nil {
		t.Fatal(err)
	}
	if err := s.Release(t.Context(), c, -1); err != nil {
		t.Fatal(err)
	}
	same(t, "due", claimAll(t, s, long), []port.Claim(nil))
}

func aNewPostDoesNotWaitForTheRetryOfAnOlderOne(t *testing.T, open Opener) {
	s := open(t)
	rec := create(t, s, Ref(1))
	if err := s.Tell(t.Context(), rec.Op.ID, port.Post{Kind: port.PostWhisper, Key: "a"}); err != nil {
		t.Fatal(err)
	}
	c := claimOutbox(t, s, long)
	if err := s.Release(t.Context(), c, long); err != nil { // 429
		t.Fatal(err)
	}
	if err := s.Tell(t.Context(), rec.Op.ID, port.Post{Kind: port.PostWhisper, Key: "b"}); err != nil {
		t.Fatal(err)
	}
	same(t, "outbox", waiting(t, s), []string{"a", "b"})
}

func aWhisperIsToldOnce(t *testing.T, open Opener) {
	s := open(t)
	a := port.Post{Kind: port.PostWhisper, Key: "a", User: "U0AAA111", Text: view.Say("no")}
	b := port.Post{Kind: port.PostWhisper, Key: "b"}
	for range 2 {
		if err := s.Tell(t.Context(), "", a, b); err != nil {
			t.Fatal(err)
		}
	}
	ps, err := s.Posts(t.Context(), claimOutbox(t, s, long).ID, 10)
	if err != nil {
		t.Fatal(err)
	}
	for i := range ps {
		ps[i].Stream, ps[i].At = "", time.Time{}
	}
	same(t, "outbox", ps, []port.Post{a, b})
}
