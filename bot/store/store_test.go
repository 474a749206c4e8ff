package store

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"twokey/bot/store/keys"
	"twokey/bot/store/storetest"
	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

var t0 = time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)

// The suite's makers.
var ref, click = storetest.Ref, storetest.Click

func proposal(s *Store, r model.Ref, command string) port.Change {
	return storetest.Proposal(s, r, command)
}

// create makes an operation that is never due by itself.
func create(t testing.TB, s *Store, r model.Ref) port.Record {
	t.Helper()
	rec, err := s.Create(t.Context(), proposal(s, r, "create "+r.Instance))
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

// countingDown makes an operation that may have a place in the budget.
func countingDown(t testing.TB, s *Store, r model.Ref) port.Record {
	t.Helper()
	return mustApply(t, s, click(create(t, s, r), "ready "+r.Instance, reinstall.Ready))
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
func other(r model.Ref) model.Ref {
	for i := 2; ; i++ {
		if keys.OfInstance(ref(i)) != keys.OfInstance(r) {
			return ref(i)
		}
	}
}

// What an earlier version wrote, or what is left of it, is a freeze: only that
// nothing is there is none.
func TestAFreezeOfAnEarlierVersionIsOne(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		for written, want := range map[string]model.Freeze{
			`{"by":"U0AAA111","why":"fire","when":"2026-11-01T00:00:00Z"}`: {
				By: "U0AAA111", Why: "fire",
				When: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC),
			},
			`{"by":"U0AAA111","why":""}`: {By: "U0AAA111"},
			`{}`:                         {By: "twokey", Why: freezeChanged, Lost: true},
			"half a rec":                 {By: "twokey", Why: freezeChanged, Lost: true},
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

// Promise 9: if the log entry cannot be written, nothing of the transition is.
func TestNoAuditNoAction(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		rec := create(t, s, ref(1))
		log := keys.OfInstance(ref(1)).Log(rec.Op.ID)
		// An entry from the future: the next one cannot be appended.
		if err := s.db.XAdd(t.Context(), &redis.XAddArgs{
			Stream: log, ID: "99-0",
			Values: []string{"at", "0"},
		}).Err(); err != nil {
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
