package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall"
)

var recordsTests = []test{
	{"ARecordIsReadAsItWasWritten", aRecordIsReadAsItWasWritten},
	{"WhatIsNotThereIsNotFound", whatIsNotThereIsNotFound},
	{"TheSameCommandTwiceHasEffectOnce", theSameCommandTwiceHasEffectOnce},
	{"TheSameProposalTwiceIsOneOperation", theSameProposalTwiceIsOneOperation},
	{"ATakenIDIsRefused", aTakenIDIsRefused},
	{"OfManyClicksAtOnceOneWins", ofManyClicksAtOnceOneWins},
	{"AMovedRecordIsStaleAndCarriesWhatItIs", aMovedRecordIsStaleAndCarriesWhatItIs},
	{"AChangeThatCannotBeMeantIsRefused", aChangeThatCannotBeMeantIsRefused},
	{"AWholeRecordIsNotReplaced", aWholeRecordIsNotReplaced},
	{"OneLiveOperationPerInstance", oneLiveOperationPerInstance},
	{"AnEndedOperationDoesNotUnlockItsSuccessor", anEndedOperationDoesNotUnlockItsSuccessor},
}

func aRecordIsReadAsItWasWritten(t *testing.T, open Opener) {
	s := open(t)
	c := Proposal(s, Ref(1), "X1")
	c.Posts = []port.Post{{Kind: port.PostCard, Key: "card 1", Op: c.Op.ID, Rev: 1}}
	made, err := s.Create(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "created", made, port.Record{Op: c.Op, Rev: 1})

	where := port.Address{Channel: "C0INFRA", TS: "1700000000.000100"}
	if err := s.SetCard(t.Context(), c.Op.ID, where); err != nil {
		t.Fatal(err)
	}
	if err := s.SetCard(t.Context(), c.Op.ID, port.Address{Channel: "C0OTHER", TS: "2"}); err != nil {
		t.Fatal(err)
	}
	next := Click(made, "X2", reinstall.Approved)
	next.Detail, next.Posts = "approved", []port.Post{{Kind: port.PostLine, Key: "line 2"}}
	want := port.Record{Op: next.Op, Rev: 2, Card: where}
	same(t, "applied", mustApply(t, s, next), want)
	for name, load := range map[string]func(context.Context, string) (port.Record, error){
		"loaded": s.Load, "remembered": s.Recent, "loaded elsewhere": open(t).Recent,
	} {
		got, err := load(t.Context(), strings.ToLower(c.Op.ID))
		if err != nil {
			t.Fatal(name, err)
		}
		same(t, name, got, want)
	}

	log, err := s.Log(t.Context(), c.Op.ID)
	if err != nil {
		t.Fatal(err)
	}
	if log[0].At.IsZero() || log[1].At.Before(log[0].At) {
		t.Errorf("the log's times are %v and %v", log[0].At, log[1].At)
	}
	log[0].At, log[1].At = time.Time{}, time.Time{}
	same(t, "log", log, []port.Entry{
		{
			Rev: 1, State: reinstall.Proposed, Command: "X1", By: "U0ONCALL", What: "proposed",
			Detail: "proposed by U0ONCALL", Fingerprint: "f00d",
		},
		{Rev: 2, State: reinstall.Approved, Command: "X2", By: "U0AAA111", What: "click", Detail: "approved", Fingerprint: "f00d"},
	})
	same(t, "outbox", waiting(t, s), []string{"card 1", "line 2"})
}

func whatIsNotThereIsNotFound(t *testing.T, open Opener) {
	s := open(t)
	id := s.NewID(Ref(1))
	_, load := s.Load(t.Context(), id)
	_, recent := s.Recent(t.Context(), id)
	_, log := s.Log(t.Context(), id)
	_, bad := s.Load(t.Context(), "no such id")
	_, item := s.Item(t.Context(), "3NOSUCHITEM")
	c := Proposal(s, Ref(1), "X")
	c.Rev = 1
	_, apply := s.Apply(t.Context(), c)
	for name, err := range map[string]error{
		"Load": load, "Recent": recent, "Log": log, "Load of no id": bad, "Item": item, "Apply": apply,
		"SetCard": s.SetCard(t.Context(), id, port.Address{Channel: "C", TS: "1"}),
	} {
		if !errors.Is(err, port.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if yes, err := s.Happened(t.Context(), id, "X"); yes || err != nil {
		t.Errorf("Happened: %v %v", yes, err)
	}
}

func theSameCommandTwiceHasEffectOnce(t *testing.T, open Opener) {
	s := open(t)
	rec := create(t, s, Ref(1))
	c := Click(rec, "X1", reinstall.Approved)
	c.Posts = []port.Post{{Kind: port.PostLine, Key: "approved"}}
	first := mustApply(t, s, c)
	same(t, "again at once", mustApply(t, s, c), first)

	second := mustApply(t, s, Click(first, "X2", reinstall.Ready))
	same(t, "again, though the record moved on", mustApply(t, s, c), second)
	c.Rev = second.Rev
	same(t, "again, decided again", mustApply(t, s, c), second)

	same(t, "log", loggedCommands(t, s, rec.Op.ID), []string{"create " + Ref(1).Instance, "X1", "X2"})
	same(t, "outbox", waiting(t, s), []string{"approved"})
	for command, want := range map[string]bool{"X1": true, "X2": true, "X3": false} {
		if got, err := s.Happened(t.Context(), rec.Op.ID, command); got != want || err != nil {
			t.Errorf("Happened %s: %v %v", command, got, err)
		}
	}
}

func theSameProposalTwiceIsOneOperation(t *testing.T, open Opener) {
	s := open(t)
	c := Proposal(s, Ref(1), "X1")
	first, err := s.Create(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	again, err := s.Create(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "again", again, first)
	c.Op.ID = s.NewID(Ref(1))
	if again, err = s.Create(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	same(t, "again under another id", again, first)
	same(t, "log", loggedCommands(t, s, first.Op.ID), []string{"X1"})
}

func aTakenIDIsRefused(t *testing.T, open Opener) {
	s := open(t)
	rec := create(t, s, Ref(1))
	other := Proposal(s, Ref(1), "X2")
	other.Op.ID = rec.Op.ID
	if _, err := s.Create(t.Context(), other); !errors.Is(err, port.ErrExists) {
		t.Fatal(err)
	}
}

func ofManyClicksAtOnceOneWins(t *testing.T, open Opener) {
	s := open(t)
	rec := create(t, s, Ref(1))
	var won, stale sync.Map
	var all sync.WaitGroup
	for i := range 32 {
		all.Go(func() {
			_, err := s.Apply(t.Context(), Click(rec, fmt.Sprint("X", i), reinstall.Approved))
			var old *port.StaleError
			switch {
			case err == nil:
				won.Store(i, true)
			case errors.As(err, &old):
				stale.Store(i, true)
			default:
				t.Error(err)
			}
		})
	}
	all.Wait()
	if size(&won) != 1 || size(&stale) != 31 {
		t.Errorf("%d won, %d were stale", size(&won), size(&stale))
	}
}

func oneLiveOperationPerInstance(t *testing.T, open Opener) {
	s := open(t)
	first := create(t, s, Ref(1))
	_, err := s.Create(t.Context(), Proposal(s, Ref(1), "second"))
	var locked *port.LockedError
	if !errors.As(err, &locked) || locked.By != first.Op.ID {
		t.Fatal(err)
	}
	neighbour := create(t, s, Ref(2))

	// Unknown has not ended: the lock stays.
	unknown := mustApply(t, s, Click(first, "X1", reinstall.Unknown))
	if _, err = s.Create(t.Context(), Proposal(s, Ref(1), "third")); !errors.As(err, &locked) {
		t.Fatal(err)
	}
	mustApply(t, s, Click(unknown, "X2", reinstall.Resolved))
	second, err := s.Create(t.Context(), Proposal(s, Ref(1), "fourth"))
	if err != nil {
		t.Fatal("the lock was not given back:", err)
	}

	live, err := s.Live(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	same(t, "live", idSet(live), idSet([]port.Record{neighbour, second}))
	history, err := s.History(t.Context(), Ref(1), 10)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "history", []string{history[0].Op.ID, history[1].Op.ID}, []string{second.Op.ID, first.Op.ID})
}

// A late transition of an old operation must not open the lock of a new one.
func anEndedOperationDoesNotUnlockItsSuccessor(t *testing.T, open Opener) {
	s := open(t)
	first := create(t, s, Ref(1))
	ended := mustApply(t, s, Click(first, "X1", reinstall.Rejected))
	second, err := s.Create(t.Context(), Proposal(s, Ref(1), "second"))
	if err != nil {
		t.Fatal(err)
	}
	mustApply(t, s, Click(ended, "X2", reinstall.Rejected))
	_, err = s.Create(t.Context(), Proposal(s, Ref(1), "third"))
	var locked *port.LockedError
	if !errors.As(err, &locked) || locked.By != second.Op.ID {
		t.Fatal(err)
	}
}

func aMovedRecordIsStaleAndCarriesWhatItIs(t *testing.T, open Opener) {
	s, other := open(t), open(t)
	old := create(t, s, Ref(1))
	now := mustApply(t, other, Click(old, "X1", reinstall.Approved))
	_, err := s.Apply(t.Context(), Click(old, "X2", reinstall.Rejected))
	var stale *port.StaleError
	if !errors.As(err, &stale) {
		t.Fatal(err)
	}
	same(t, "what it is", stale.Now, now)
	if old, _ = s.Recent(t.Context(), now.Op.ID); old.Rev != now.Rev {
		t.Errorf("this process still remembers revision %d", old.Rev)
	}
}

func aChangeThatCannotBeMeantIsRefused(t *testing.T, open Opener) {
	s := open(t)
	rec := create(t, s, Ref(1))
	good := Click(rec, "X1", reinstall.Approved)
	for name, spoil := range map[string]func(*port.Change){
		"no command":          func(c *port.Change) { c.Command = "" },
		"no state":            func(c *port.Change) { c.Op.State = "" },
		"no revision":         func(c *port.Change) { c.Rev = 0 },
		"an id in lower case": func(c *port.Change) { c.Op.ID = "oooo" },
		"tampered":            func(c *port.Change) { c.Op.State = reinstall.Tampered },
		"another's lease":     func(c *port.Change) { c.Claim = port.Claim{Kind: port.ClaimOp, ID: "0000", Token: 1} },
		"an item's lease":     func(c *port.Change) { c.Claim = port.Claim{Kind: port.ClaimItem, ID: "0", Token: 1} },
	} {
		c := good
		spoil(&c)
		if _, err := s.Apply(t.Context(), c); err == nil {
			t.Errorf("%s: it was written", name)
		}
	}
	if now, err := s.Load(t.Context(), rec.Op.ID); err != nil || now.Rev != rec.Rev {
		t.Error(now.Rev, err)
	}
}

// Settle is for records that were changed outside Twokey only.
func aWholeRecordIsNotReplaced(t *testing.T, open Opener) {
	s := open(t)
	rec := create(t, s, Ref(1))
	var stale *port.StaleError
	if _, err := s.ReplaceTampered(t.Context(), Click(rec, "X1", reinstall.Cancelled)); !errors.As(err, &stale) {
		t.Error(err)
	}
	if _, err := s.ReplaceTampered(t.Context(), Click(rec, "X2", reinstall.Approved)); err == nil {
		t.Error("it goes on")
	}
}

func size(m *sync.Map) (n int) {
	m.Range(func(any, any) bool { n++; return true })
	return n
}

func idSet(recs []port.Record) map[string]bool {
	m := map[string]bool{}
	for _, r := range recs {
		m[r.Op.ID] = true
	}
	return m
}
