package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
	"pgregory.net/rapid"

	"twokey/bot/store/audit"
	"twokey/bot/store/keys"
	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

// verified are the sentences of a verification, and how many entries there are.
func verified(t testing.TB, s *Store, heads ...audit.Head) (broken []string, entries int) {
	t.Helper()
	var v audit.Verifier
	kept, err := s.SealedHeads(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	v.Unseal(s.seal, kept)
	v.Expect(heads...)
	revs, err := s.Revisions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Audit(t.Context(), func(e audit.Entry) error { v.Add(e); return nil }); err != nil {
		t.Fatal(err)
	}
	_, entries = v.Heads()
	return v.End(revs), entries
}

// history makes an operation with three transitions, a refusal and a freeze.
func history(t testing.TB, s *Store, n int) port.Record {
	t.Helper()
	rec := create(t, s, ref(n))
	rec = mustApply(t, s, click(rec, "approve", reinstall.Proposed))
	err := s.Note(t.Context(), port.Note{
		Key: rec.Op.ID + ".refused", Kind: port.NoteRefusal, Op: rec.Op.ID, By: "U0ONCALL", What: "approve",
		Detail: "Not approved: it is your own proposal.",
	}, port.Post{Kind: port.PostWhisper, Key: rec.Op.ID + ".w", Op: rec.Op.ID, User: "U0ONCALL"})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Freeze(t.Context(), model.Freeze{By: "U0AAA111", Why: "a release"}, port.Note{
		Key: rec.Op.ID + ".freeze", Kind: port.NoteDecision, By: "U0AAA111", What: "freeze", Detail: "a release",
	}); err != nil {
		t.Fatal(err)
	}
	end := click(rec, "ended", reinstall.Cancelled)
	end.What = reinstall.Cancel{}.Name()
	return mustApply(t, s, end)
}

// Promise 9: every transition, refusal and decision is in a chain, and the
// chains are whole.
func TestEveryTransitionRefusalAndDecisionIsInTheAudit(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		rec := history(t, s, 1)
		broken, n := verified(t, s)
		if len(broken) > 0 || n != 5 {
			t.Errorf("%d entries: %v", n, broken)
		}
		var told []string
		if err := s.Audit(t.Context(), func(e audit.Entry) error {
			b, err := e.Read()
			told = append(told, b.Kind+" "+b.What+" "+b.Op)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		id := rec.Op.ID
		same(t, "audit", told, []string{
			"transition proposed " + id, "transition click " + id, "refusal approve " + id, "transition cancel " + id,
			"decision freeze ",
		})
	})
}

// What was tampered with is found and named.
func TestWhatIsDoneToTheAuditIsFoundAndNamed(t *testing.T) {
	tampering := map[string]struct {
		do    func(t *testing.T, c redis.UniversalClient, key string, ms []redis.XMessage)
		names string
	}{
		"a changed body": {func(t *testing.T, c redis.UniversalClient, key string, ms []redis.XMessage) {
			ms[1].Values["body"] = strings.Replace(ms[1].Values["body"].(string), "U0AAA111", "U0ONCALL", 1)
			rewrite(t, c, key, ms)
		}, "entry 2 (transition \"click\""},
		"a changed body with its sum": {func(t *testing.T, c redis.UniversalClient, key string, ms []redis.XMessage) {
			body := strings.Replace(ms[1].Values["body"].(string), "U0AAA111", "U0ONCALL", 1)
			ms[1].Values["body"], ms[1].Values["sum"] = body, audit.SumOf([]byte(body))
			rewrite(t, c, key, ms)
		}, "entry 2 (transition \"click\""},
		"a changed time": {func(t *testing.T, c redis.UniversalClient, key string, ms []redis.XMessage) {
			ms[2].Values["at"] = "1"
			rewrite(t, c, key, ms)
		}, "entry 3"},
		"a missing entry": {func(t *testing.T, c redis.UniversalClient, key string, ms []redis.XMessage) {
			must(t, c.XDel(t.Context(), key, ms[1].ID).Err())
		}, "entry 2 is missing"},
		"the first entry missing": {func(t *testing.T, c redis.UniversalClient, key string, ms []redis.XMessage) {
			must(t, c.XDel(t.Context(), key, ms[0].ID).Err())
		}, "entry 1 is missing"},
		"the last entry missing": {func(t *testing.T, c redis.UniversalClient, key string, ms []redis.XMessage) {
			must(t, c.XDel(t.Context(), key, ms[len(ms)-1].ID).Err())
		}, "is at revision 3, and its audit ends with 2"},
		"two entries exchanged": {func(t *testing.T, c redis.UniversalClient, key string, ms []redis.XMessage) {
			ms[0].Values, ms[1].Values = ms[1].Values, ms[0].Values
			rewrite(t, c, key, ms)
		}, "does not follow"},
		"two chains exchanged": {func(t *testing.T, c redis.UniversalClient, key string, ms []redis.XMessage) {
			other := keys.Partition((int(keys.OfInstance(ref(2))) + 1) % keys.Partitions).Audit()
			must(t, c.Del(t.Context(), key).Err())
			for _, m := range ms {
				must(t, c.XAdd(t.Context(), &redis.XAddArgs{Stream: other, ID: m.ID, Values: m.Values}).Err())
			}
		}, "entry 1 (transition \"proposed\""},
		"everything gone": {func(t *testing.T, c redis.UniversalClient, key string, _ []redis.XMessage) {
			must(t, c.Del(t.Context(), key).Err())
		}, "its audit ends with 0"},
	}
	onEach(t, func(t *testing.T, o Options) {
		for name, k := range tampering {
			t.Run(name, func(t *testing.T) {
				s := open(t, o)
				must(t, s.db.FlushAll(t.Context()).Err())
				rec := history(t, s, 2)
				key := keys.OfID(rec.Op.ID).Audit()
				ms, err := s.db.XRange(t.Context(), key, "-", "+").Result()
				if err != nil || len(ms) != 4 {
					t.Fatalf("%d entries, %v", len(ms), err)
				}
				k.do(t, s.db, key, ms)
				broken, _ := verified(t, s)
				if len(broken) == 0 || !strings.Contains(strings.Join(broken, "\n"), k.names) {
					t.Errorf("it says %q, not %q", broken, k.names)
				}
			})
		}
	})
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// rewrite puts entries in the place of a chain.
func rewrite(t *testing.T, c redis.UniversalClient, key string, ms []redis.XMessage) {
	t.Helper()
	must(t, c.Del(t.Context(), key).Err())
	for _, m := range ms {
		must(t, c.XAdd(t.Context(), &redis.XAddArgs{Stream: key, ID: m.ID, Values: m.Values}).Err())
	}
}

// A whole chain that was written again fits itself, and not the head that
// somebody kept.
func TestHeadsKeptElsewhereShowWhatRedisCannot(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		rec := history(t, s, 3)
		var v audit.Verifier
		must(t, s.Audit(t.Context(), func(e audit.Entry) error { v.Add(e); return nil }))
		heads, _ := v.Heads()
		for i, h := range heads {
			again, err := audit.ParseHead(h.String())
			must(t, err)
			same(t, "head", again, heads[i])
		}
		p := keys.OfID(rec.Op.ID)
		must(t, s.db.Del(t.Context(), p.Audit(), p.Op(rec.Op.ID)).Err())
		if broken, _ := verified(t, s); len(broken) > 0 {
			t.Fatalf("without the heads it is whole: %v", broken)
		}
		broken, _ := verified(t, s, heads...)
		if !strings.Contains(strings.Join(broken, "\n"), "entries at its end are missing") {
			t.Errorf("the heads show %q", broken)
		}
	})
}

// No audit, no action: if the chain cannot be written, nothing is.
func TestWithoutItsAuditEntryNothingIsWritten(t *testing.T) {
	s := open(t, Options{URL: "redis://" + startRedis(t).addr})
	rec := create(t, s, ref(4))
	p := keys.OfID(rec.Op.ID)
	must(t, s.db.XDel(t.Context(), p.Audit(), "1-0").Err()) // the chain's end is cut off
	if _, err := s.Apply(t.Context(), click(rec, "approve", reinstall.Ready)); err == nil ||
		!strings.Contains(err.Error(), "the audit chain was cut") {
		t.Errorf("a transition without an audit entry, or without the reason: %v", err)
	}
	now, err := s.Load(t.Context(), rec.Op.ID)
	must(t, err)
	if now.Rev != 1 || now.Op.State != reinstall.Proposed || len(logged(t, s, rec.Op.ID)) != 1 {
		t.Errorf("it moved all the same: %d %s", now.Rev, now.Op.State)
	}
}

// A script that is sent again, since its answer was lost, appends once.
func TestWhatIsSentTwiceIsInTheAuditOnce(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		rec := create(t, s, ref(5))
		twice := func(do func() error) {
			t.Helper()
			for range 2 {
				must(t, do())
			}
		}
		c := click(rec, "approve", reinstall.Proposed)
		twice(func() error { _, err := s.Apply(t.Context(), c); return err })
		note := port.Note{Key: "k", Kind: port.NoteRefusal, By: "U0ONCALL", What: "propose"}
		twice(func() error {
			return s.Note(t.Context(), note, port.Post{Kind: port.PostWhisper, Key: "w", User: "U0ONCALL"})
		})
		twice(func() error { return s.Freeze(t.Context(), model.Freeze{Why: "x"}, note) })
		if broken, n := verified(t, s); n != 4 || len(broken) > 0 {
			t.Errorf("%d entries: %v", n, broken)
		}
	})
}

// Whatever happens, in whatever order, from however many replicas: the chains
// stay whole.
func TestTheChainsStayWholeUnderAnyHistory(t *testing.T) {
	o := Options{URL: "redis://" + startRedis(t).addr}
	stores := []*Store{open(t, o), open(t, o)}
	n := 100
	rapid.Check(t, func(t *rapid.T) {
		n++
		s := func() *Store { return rapid.SampledFrom(stores).Draw(t, "replica") }
		rec, err := s().Create(context.Background(), proposal(stores[0], ref(n), fmt.Sprint("create ", n)))
		for errors.Is(err, port.ErrExists) { // an id may be drawn twice
			rec, err = s().Create(context.Background(), proposal(stores[0], ref(n), fmt.Sprint("create ", n)))
		}
		if err != nil {
			t.Fatal(err)
		}
		for i := range rapid.IntRange(0, 6).Draw(t, "steps") {
			switch rapid.IntRange(0, 2).Draw(t, "step") {
			case 0:
				if rec, err = s().Apply(context.Background(), click(rec, fmt.Sprint("c", i),
					reinstall.Proposed)); err != nil {
					t.Fatal(err)
				}
			case 1:
				stale := rec
				stale.Rev += 5
				if _, err := s().Apply(context.Background(), click(stale, "stale", reinstall.Ready)); err == nil {
					t.Fatal("a stale change was taken")
				}
			case 2:
				key := fmt.Sprint(n, ".", i)
				if err := s().Note(context.Background(), port.Note{
					Key: key, Kind: port.NoteRefusal, Op: rec.Op.ID,
					What: "approve",
				}); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
	if broken, entries := verified(t, stores[0]); len(broken) > 0 || entries < 100 {
		t.Errorf("%d entries: %v", entries, broken)
	}
}
