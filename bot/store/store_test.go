package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"twokey/bot/store/keys"
	"twokey/commands/port"
	"twokey/commands/reinstall"
)

var t0 = time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)

func ref(n int) reinstall.Ref {
	return reinstall.Ref{Account: "main", Region: "ap-guangzhou", Instance: fmt.Sprintf("ins-%08d", n)}
}

// proposal is the change that creates an operation on an instance.
func proposal(s *Store, r reinstall.Ref, command string) port.Change {
	return port.Change{
		Op: reinstall.Operation{
			ID: s.NewID(r), State: reinstall.Proposed, Channel: "C0INFRA", Proposer: "U0ONCALL",
			Plan: reinstall.Plan{Ref: r, Name: "web-01"}, Print: "f00d", ProposedAt: t0,
		},
		Command: command, By: "U0ONCALL", What: "proposed", Det: "proposed by U0ONCALL", In: -1,
	}
}

// create makes an operation that is never due by itself.
func create(t testing.TB, s *Store, r reinstall.Ref) port.Record {
	t.Helper()
	rec, err := s.Create(t.Context(), proposal(s, r, "create "+r.Instance))
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

// countingDown makes an operation that may have a place in the budget.
func countingDown(t testing.TB, s *Store, r reinstall.Ref) port.Record {
	t.Helper()
	return mustApply(t, s, click(create(t, s, r), "ready "+r.Instance, reinstall.Ready))
}

// click is a transition decided by a person on rec.
func click(rec port.Record, command string, to reinstall.State) port.Change {
	op := rec.Op
	op.State = to
	return port.Change{Op: op, Rev: rec.Rev, Command: command, By: "U0AAA111", What: "click", In: -1}
}

func mustApply(t testing.TB, s *Store, c port.Change) port.Record {
	t.Helper()
	rec, err := s.Apply(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

// logged are the commands in an operation's log.
func logged(t testing.TB, s *Store, id string) []string {
	t.Helper()
	log, err := s.Log(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range log {
		out = append(out, e.Command)
	}
	return out
}

func posts(t testing.TB, s *Store, outbox string) []string {
	t.Helper()
	ps, err := s.Posts(t.Context(), outbox, 1000)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, p := range ps {
		out = append(out, p.Key)
	}
	return out
}

func same(t testing.TB, what string, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Fatalf("%s (- wanted, + got):\n%s", what, d)
	}
}

func TestARecordIsReadAsItWasWritten(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		c := proposal(s, ref(1), "X1")
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
		next := click(made, "X2", reinstall.Approved)
		next.Det, next.Posts = "approved", []port.Post{{Kind: port.PostLine, Key: "line 2"}}
		want := port.Record{Op: next.Op, Rev: 2, Card: where}
		same(t, "applied", mustApply(t, s, next), want)
		for name, load := range map[string]func(context.Context, string) (port.Record, error){
			"loaded": s.Load, "remembered": s.Recent, "loaded elsewhere": open(t, o).Recent,
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
			{Rev: 1, State: reinstall.Proposed, Command: "X1", By: "U0ONCALL", What: "proposed", Detail: "proposed by U0ONCALL", Print: "f00d"},
			{Rev: 2, State: reinstall.Approved, Command: "X2", By: "U0AAA111", What: "click", Detail: "approved", Print: "f00d"},
		})
		same(t, "outbox", posts(t, s, keys.OfInstance(ref(1)).String()), []string{"card 1", "line 2"})
	})
}

func TestWhatIsNotThereIsNotFound(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		id := s.NewID(ref(1))
		_, load := s.Load(t.Context(), id)
		_, recent := s.Recent(t.Context(), id)
		_, log := s.Log(t.Context(), id)
		_, bad := s.Load(t.Context(), "no such id")
		_, item := s.Item(t.Context(), keys.NewItemID(3, t0, s.random.bytes))
		c := proposal(s, ref(1), "X")
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
	})
}

func TestTheSameCommandTwiceHasEffectOnce(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		rec := create(t, s, ref(1))
		c := click(rec, "X1", reinstall.Approved)
		c.Posts = []port.Post{{Kind: port.PostLine, Key: "approved"}}
		first := mustApply(t, s, c)
		same(t, "again at once", mustApply(t, s, c), first)

		second := mustApply(t, s, click(first, "X2", reinstall.Ready))
		same(t, "again, though the record moved on", mustApply(t, s, c), second)
		c.Rev = second.Rev
		same(t, "again, decided anew", mustApply(t, s, c), second)

		same(t, "log", logged(t, s, rec.Op.ID), []string{"create " + ref(1).Instance, "X1", "X2"})
		same(t, "outbox", posts(t, s, keys.OfInstance(ref(1)).String()), []string{"approved"})
		for command, want := range map[string]bool{"X1": true, "X2": true, "X3": false} {
			if got, err := s.Happened(t.Context(), rec.Op.ID, command); got != want || err != nil {
				t.Errorf("Happened %s: %v %v", command, got, err)
			}
		}
	})
}

func TestTheSameProposalTwiceIsOneOperation(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		c := proposal(s, ref(1), "X1")
		first, err := s.Create(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		again, err := s.Create(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "again", again, first)
		c.Op.ID = s.NewID(ref(1))
		if again, err = s.Create(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		same(t, "again under another id", again, first)
		same(t, "log", logged(t, s, first.Op.ID), []string{"X1"})
	})
}

func TestATakenIDIsRefused(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		rec := create(t, s, ref(1))
		other := proposal(s, ref(1), "X2")
		other.Op.ID = rec.Op.ID
		if _, err := s.Create(t.Context(), other); !errors.Is(err, port.ErrExists) {
			t.Fatal(err)
		}
	})
}

func TestAMovedRecordIsStaleAndCarriesWhatItIs(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s, other := open(t, o), open(t, o)
		rec := create(t, s, ref(1))
		now := mustApply(t, other, click(rec, "X1", reinstall.Approved))
		old, err := s.Recent(t.Context(), rec.Op.ID)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "this process does not know yet", old, rec)
		_, err = s.Apply(t.Context(), click(old, "X2", reinstall.Rejected))
		var stale *port.StaleError
		if !errors.As(err, &stale) {
			t.Fatal(err)
		}
		same(t, "what it is", stale.Now, now)
		if old, _ = s.Recent(t.Context(), rec.Op.ID); old.Rev != now.Rev {
			t.Errorf("this process still remembers revision %d", old.Rev)
		}
	})
}

func TestOfManyClicksAtOnceOneWins(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		rec := create(t, s, ref(1))
		var won, stale sync.Map
		var all sync.WaitGroup
		for i := range 32 {
			all.Go(func() {
				_, err := s.Apply(t.Context(), click(rec, fmt.Sprint("X", i), reinstall.Approved))
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
	})
}

func size(m *sync.Map) (n int) {
	m.Range(func(any, any) bool { n++; return true })
	return n
}

func TestOneLiveOperationPerInstance(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		first := create(t, s, ref(1))
		_, err := s.Create(t.Context(), proposal(s, ref(1), "second"))
		var locked *port.LockedError
		if !errors.As(err, &locked) || locked.By != first.Op.ID {
			t.Fatal(err)
		}
		neighbour := create(t, s, ref(2))

		// Unknown has not ended: the lock stays.
		unknown := mustApply(t, s, click(first, "X1", reinstall.Unknown))
		if _, err = s.Create(t.Context(), proposal(s, ref(1), "third")); !errors.As(err, &locked) {
			t.Fatal(err)
		}
		mustApply(t, s, click(unknown, "X2", reinstall.Resolved))
		second, err := s.Create(t.Context(), proposal(s, ref(1), "fourth"))
		if err != nil {
			t.Fatal("the lock was not given back:", err)
		}

		live, err := s.Live(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		same(t, "live", ids(live), ids([]port.Record{neighbour, second}))
		history, err := s.History(t.Context(), ref(1), 10)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "history", []string{history[0].Op.ID, history[1].Op.ID}, []string{second.Op.ID, first.Op.ID})
	})
}

func ids(recs []port.Record) map[string]bool {
	m := map[string]bool{}
	for _, r := range recs {
		m[r.Op.ID] = true
	}
	return m
}

// A late transition of an old operation must not open the lock of a new one.
func TestAnEndedOperationDoesNotUnlockItsSuccessor(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		first := create(t, s, ref(1))
		ended := mustApply(t, s, click(first, "X1", reinstall.Rejected))
		second, err := s.Create(t.Context(), proposal(s, ref(1), "second"))
		if err != nil {
			t.Fatal(err)
		}
		mustApply(t, s, click(ended, "X2", reinstall.Rejected))
		_, err = s.Create(t.Context(), proposal(s, ref(1), "third"))
		var locked *port.LockedError
		if !errors.As(err, &locked) || locked.By != second.Op.ID {
			t.Fatal(err)
		}
	})
}

func TestWhatHasEndedIsKeptForFourHundredDays(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		rec := create(t, s, ref(1))
		p := keys.OfInstance(ref(1))
		keys := []string{p.Op(rec.Op.ID), p.Log(rec.Op.ID)}
		for _, k := range keys {
			if d := s.db.TTL(t.Context(), k).Val(); d >= 0 {
				t.Errorf("%s of a live operation expires in %s", k, d)
			}
		}
		mustApply(t, s, click(rec, "X1", reinstall.Cancelled))
		for _, k := range append(keys, p.History(ref(1).String())) {
			if d := s.db.TTL(t.Context(), k).Val(); d < 399*24*time.Hour || d > 400*24*time.Hour {
				t.Errorf("%s expires in %s", k, d)
			}
		}
	})
}

func TestARecordOfANewerTwokeyIsNotTouched(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		rec := create(t, s, ref(1))
		key := keys.OfInstance(ref(1)).Op(rec.Op.ID)
		newer := stored{rev: "2", v: strconv.Itoa(version + 1), data: s.db.HGet(t.Context(), key, "data").Val()}
		mac, err := s.sealRecord(rec.Op.ID, newer)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.db.HSet(t.Context(), key, "v", newer.v, "rev", newer.rev, "seal", mac).Err(); err != nil {
			t.Fatal(err)
		}
		_, load := s.Load(t.Context(), rec.Op.ID)
		_, apply := s.Apply(t.Context(), click(rec, "X1", reinstall.Approved))
		for _, err := range []error{load, apply} {
			if err == nil || !strings.Contains(err.Error(), "newer Twokey") {
				t.Errorf("%v", err)
			}
		}
	})
}

func TestAChangeThatCannotBeMeantIsRefused(t *testing.T) {
	s := open(t, Options{URL: startRedis(t).url()})
	rec := create(t, s, ref(1))
	good := click(rec, "X1", reinstall.Approved)
	for name, spoil := range map[string]func(*port.Change){
		"no command":               func(c *port.Change) { c.Command = "" },
		"no state":                 func(c *port.Change) { c.Op.State = "" },
		"no revision":              func(c *port.Change) { c.Rev = 0 },
		"an id in lower case":      func(c *port.Change) { c.Op.ID = "oooo" },
		"another's lease":          func(c *port.Change) { c.Claim = port.Claim{Kind: port.ClaimOp, ID: "0000", Token: 1} },
		"an item's lease":          func(c *port.Change) { c.Claim = port.Claim{Kind: port.ClaimItem, ID: "0", Token: 1} },
		"an id of another machine": func(c *port.Change) { c.Op.Plan.Instance = other(ref(1)).Instance },
	} {
		c := good
		spoil(&c)
		if _, err := s.Apply(t.Context(), c); !errors.Is(err, errChange) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// other is an instance in another partition.
func other(r reinstall.Ref) reinstall.Ref {
	for i := 2; ; i++ {
		if keys.OfInstance(ref(i)) != keys.OfInstance(r) {
			return ref(i)
		}
	}
}

func TestBudgetIsNeverExceeded(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		var recs []port.Record
		for i := range 4 {
			recs = append(recs, countingDown(t, s, ref(i+1)))
		}
		try := func(i int, l reinstall.Limits, wantOK bool, wantRun, wantHour int) {
			t.Helper()
			p, err := s.Reserve(t.Context(), bid(recs[i], l))
			if err != nil || p.OK != wantOK || p.Running != wantRun || p.Hour != wantHour {
				t.Fatalf("operation %d: %+v, %v", i, p, err)
			}
		}
		l := reinstall.Limits{AtOnce: 2, PerHour: 3}
		try(0, l, true, 1, 1)
		try(0, l, true, 1, 1)
		try(1, l, true, 2, 2)
		try(2, l, false, 2, 2)
		if err := s.Unreserve(t.Context(), "main", recs[0].Op.ID); err != nil {
			t.Fatal(err)
		}
		try(2, l, true, 2, 3)
		if err := s.Unreserve(t.Context(), "main", recs[1].Op.ID); err != nil {
			t.Fatal(err)
		}
		try(3, l, false, 1, 3)
		try(1, l, true, 2, 3) // it was counted in this hour before
		try(3, reinstall.Limits{}, true, 3, 4)
	})
}

func TestAPlaceIsNotLostWithItsWorker(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		a, b := countingDown(t, s, ref(1)), countingDown(t, s, ref(2))
		l := reinstall.Limits{AtOnce: 1}
		for range 2 {
			if p, err := s.Reserve(t.Context(), bid(a, l)); !p.OK || err != nil {
				t.Fatal(p, err)
			}
		}
		if p, err := s.Reserve(t.Context(), bid(b, l)); p.OK || err != nil {
			t.Fatal(p, err)
		}
		mustApply(t, s, click(a, "X1", reinstall.Failed)) // and nobody gives the place back
		if p, err := s.Reserve(t.Context(), bid(b, l)); !p.OK || err != nil {
			t.Fatal(p, err)
		}
		mustApply(t, s, click(b, "X2", reinstall.Held)) // nor here, where people are waited for again
		c := countingDown(t, s, ref(3))
		if p, err := s.Reserve(t.Context(), bid(c, l)); !p.OK || err != nil {
			t.Fatal(p, err)
		}
	})
}

func TestAFreezeHoldsOnEveryReplicaUntilItIsEnded(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		f := reinstall.Freeze{By: "U0AAA111", Why: "a release goes out", When: t0}
		if err := s.Freeze(t.Context(), f, port.Note{Key: "i1.decided", Kind: port.NoteDecision, By: "U0AAA111", What: "freeze"}); err != nil {
			t.Fatal(err)
		}
		got, err := open(t, o).Frozen(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		same(t, "freeze", got, &f)
		for _, nothing := range []string{"", " ", "\u200b", `""`} {
			if err := s.Freeze(t.Context(), reinstall.Freeze{By: "U0AAA111", Why: nothing}, port.Note{Key: "i2.decided", Kind: port.NoteDecision, By: "U0AAA111", What: "freeze"}); err == nil {
				t.Errorf("a freeze whose reason is %+q was taken", nothing)
			}
		}
		if got, err = s.Frozen(t.Context()); got == nil || err != nil {
			t.Fatal(got, err)
		}
		if err := s.Unfreeze(t.Context(), port.Note{Key: "i3.decided", Kind: port.NoteDecision, By: "U0AAA111", What: "unfreeze"}); err != nil {
			t.Fatal(err)
		}
		if got, err = s.Frozen(t.Context()); got != nil || err != nil {
			t.Fatal(got, err)
		}
	})
}

// What an earlier version wrote, or what is left of it, is a freeze: only that
// nothing is there is none.
func TestAFreezeOfAnEarlierVersionIsOne(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		for written, want := range map[string]reinstall.Freeze{
			`{"by":"U0AAA111","why":"fire","when":"2026-11-01T00:00:00Z"}`: {By: "U0AAA111", Why: "fire", When: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)},
			`{"by":"U0AAA111","why":""}`:                                   {By: "U0AAA111"},
			`{}`:                                                           {By: "twokey", Why: freezeChanged, Lost: true},
			"half a rec":                                                   {By: "twokey", Why: freezeChanged, Lost: true},
		} {
			if err := s.db.Set(t.Context(), keys.Freeze, written, 0).Err(); err != nil {
				t.Fatal(err)
			}
			got, err := s.Frozen(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			same(t, written, got, &want)
		}
	})
}

// Promise 9: where the log entry cannot be written, nothing of the transition is.
func TestNoAuditNoAction(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		rec := create(t, s, ref(1))
		log := keys.OfInstance(ref(1)).Log(rec.Op.ID)
		// An entry from the future: the next one cannot be appended.
		if err := s.db.XAdd(t.Context(), &redis.XAddArgs{Stream: log, ID: "99-0", Values: []string{"at", "0"}}).Err(); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Apply(t.Context(), click(rec, "approve", reinstall.Approved)); err == nil {
			t.Fatal("a transition went through without its log entry")
		}
		now, err := s.Load(t.Context(), rec.Op.ID)
		if err != nil || now.Rev != rec.Rev || now.Op.State != rec.Op.State {
			t.Errorf("it is at revision %d, %s, %v", now.Rev, now.Op.State, err)
		}
	})
}
