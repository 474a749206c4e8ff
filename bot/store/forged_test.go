package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"twokey/bot/store/audit"
	"twokey/bot/store/keys"
	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

// forge changes a field of a stored operation, as whoever may write to Redis can.
func forge(t *testing.T, s *Store, id, field, from, to string) {
	t.Helper()
	key := keys.OfID(id).Op(id)
	was, err := s.db.HGet(t.Context(), key, field).Result()
	if err != nil {
		t.Fatal(err)
	}
	now := strings.Replace(was, from, to, 1)
	if now == was {
		t.Fatalf("%s of %s has no %q: %s", field, id, from, was)
	}
	if err := s.db.HSet(t.Context(), key, field, now).Err(); err != nil {
		t.Fatal(err)
	}
}

// stoppedOnly requires that an operation is stopped, and nothing of it believed.
func stoppedOnly(t *testing.T, s *Store, id string) {
	t.Helper()
	rec, err := s.Load(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if op := rec.Op; op.State != reinstall.Tampered || op.Approvals != nil || op.Backup != nil || op.BreakGlass != nil {
		t.Errorf("read as %+v", op)
	}
	live, err := s.Live(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, r := range live {
		found = found || r.Op.ID == id && r.Op.State == reinstall.Tampered
	}
	if !found {
		t.Errorf("%s is not among the live, so nobody is told of it", id)
	}
}

func TestARecordThatWasChangedInRedisIsStoppedAndOthersGoOn(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		machines := 0
		for name, change := range map[string]func(id string){
			"its state":         func(id string) { forge(t, s, id, "data", `"state":"proposed"`, `"state":"ready"`) },
			"its revision":      func(id string) { forge(t, s, id, "rev", "1", "7") },
			"its schema":        func(id string) { forge(t, s, id, "v", "6", "5") },
			"its seal":          func(id string) { forge(t, s, id, "seal", ".", "..") },
			"its data is gone":  func(id string) { s.db.HDel(t.Context(), keys.OfID(id).Op(id), "data") },
			"all of it is gone": func(id string) { s.db.Del(t.Context(), keys.OfID(id).Op(id)) },
			"it is of another type": func(id string) {
				s.db.Del(t.Context(), keys.OfID(id).Op(id))
				s.db.Set(t.Context(), keys.OfID(id).Op(id), "x", 0)
			},
		} {
			t.Run(name, func(t *testing.T) {
				machines += 2
				other, rec := create(t, s, ref(machines)), create(t, s, ref(machines+1))
				change(rec.Op.ID)
				stoppedOnly(t, s, rec.Op.ID)
				mustApply(t, s, click(other, "X-other", reinstall.Cancelled))
				settled := click(port.Record{Op: rec.Op, Rev: rec.Rev}, "X-settle", reinstall.Resolved)
				done, err := s.ReplaceTampered(t.Context(), settled)
				if err != nil {
					t.Fatal(err)
				}
				again, err := s.Load(t.Context(), rec.Op.ID)
				if err != nil || again.Op.State != reinstall.Resolved || again.Rev != done.Rev {
					t.Errorf("settled, it reads as %+v, %v", again, err)
				}
				if _, err := s.ReplaceTampered(t.Context(), settled); !isStale(err) {
					t.Errorf("settled twice: %v", err)
				}
				next, err := s.Create(t.Context(), proposal(s, rec.Op.Plan.Ref, "create another"+name))
				if err != nil {
					t.Fatalf("the machine is still locked: %v", err)
				}
				mustApply(t, s, click(next, "X-next", reinstall.Cancelled))
			})
		}
	})
}

func isStale(err error) bool {
	var stale *port.StaleError
	return errors.As(err, &stale)
}

func TestARecordOfAnotherOperationIsNotTaken(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		a, b := create(t, s, ref(1)), create(t, s, ref(2))
		theirs := s.db.HGetAll(t.Context(), keys.OfID(a.Op.ID).Op(a.Op.ID)).Val()
		if err := s.db.HSet(t.Context(), keys.OfID(b.Op.ID).Op(b.Op.ID), theirs).Err(); err != nil {
			t.Fatal(err)
		}
		stoppedOnly(t, s, b.Op.ID)
	})
}

func TestARequestThatWasChangedInRedisIsNotBelieved(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		c, _, err := s.Receive(t.Context(), port.Item{
			Dedupe: "D1", Verb: "approve", Op: s.NewID(ref(1)),
			User: "U0ANN",
		})
		if err != nil {
			t.Fatal(err)
		}
		p, _ := keys.OfItem(c.ID)
		was := s.db.Get(t.Context(), p.Item(c.ID)).Val()
		for name, text := range map[string]string{
			"another person": strings.Replace(was, "U0ANN", "U0BOB", 1),
			"no seal":        was[strings.Index(was, "\n")+1:],
			"nothing":        "",
		} {
			s.db.Set(t.Context(), p.Item(c.ID), text, 0)
			if it, err := s.Item(t.Context(), c.ID); !errors.Is(err, port.ErrForged) {
				t.Errorf("%s: %+v, %v", name, it, err)
			}
		}
		s.db.Set(t.Context(), p.Item(c.ID), was, 0)
		if it, err := s.Item(t.Context(), c.ID); err != nil || it.User != "U0ANN" {
			t.Errorf("as it was: %+v, %v", it, err)
		}
	})
}

func TestAFreezeThatIsTakenAwayOrPutBackCountsAsOne(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		ctx := context.Background()
		note := func(key string) port.Note {
			return port.Note{Key: key, Kind: port.NoteDecision, By: "U0ANN", What: "freeze"}
		}
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		lost := func(why string) {
			t.Helper()
			if f, err := s.Frozen(ctx); err != nil || f == nil || !f.Lost || f.Why != why {
				t.Errorf("%+v, %v; want it lost, for %q", f, err, why)
			}
		}
		must(s.Freeze(ctx, model.Freeze{By: "U0ANN", Why: "fire"}, note("K1")))
		first := s.db.Get(ctx, keys.Freeze).Val()
		must(s.db.Del(ctx, keys.Freeze).Err())
		lost(freezeGone)
		must(s.Unfreeze(ctx, note("K2"))) // a person ends it all the same
		ended := s.db.Get(ctx, keys.Freeze).Val()
		must(s.Freeze(ctx, model.Freeze{By: "U0ANN", Why: "fire again"}, note("K3")))
		must(s.db.Set(ctx, keys.Freeze, ended, redis.KeepTTL).Err())
		lost(freezeOlder)
		must(s.db.Set(ctx, keys.Freeze, strings.Replace(first, "fire", "ice!", 1), 0).Err())
		lost(freezeChanged)
		must(s.Unfreeze(ctx, note("K4")))
		if f, err := s.Frozen(ctx); f != nil || err != nil {
			t.Errorf("ended: %+v, %v", f, err)
		}
	})
}

// found is what verifying says.
func found(t *testing.T, s *Store) string {
	t.Helper()
	broken, _ := verified(t, s)
	return strings.Join(broken, "\n")
}

// rewriteChain writes a chain again, as anybody with access to Redis can: with links that
// fit, and bodies changed by change.
func rewriteChain(t *testing.T, s *Store, p keys.Partition, change func(body string) string) {
	t.Helper()
	ms := s.db.XRange(t.Context(), p.Audit(), "-", "+").Val()
	s.db.Del(t.Context(), p.Audit())
	link := p.Audit()
	for _, m := range ms {
		body := change(m.Values["body"].(string))
		if body == "" {
			continue
		}
		e, err := audit.DecodeEntry(p.String(), m)
		if err != nil {
			t.Fatal(err)
		}
		e.Sum = audit.SumOf([]byte(body))
		link = audit.LinkOf(link, e)
		s.db.XAdd(t.Context(), &redis.XAddArgs{
			Stream: p.Audit(), ID: m.ID,
			Values: []any{"at", m.Values["at"], "body", body, "sum", e.Sum, "link", link},
		})
	}
}

func TestAnAuditThatIsWrittenAnewIsFoundWithoutHeadsFromElsewhere(t *testing.T) {
	s := open(t, Options{URL: startRedis(t).url()})
	rec := history(t, s, 1)
	p := keys.OfInstance(ref(1))
	if err := s.KeepHeads(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := found(t, s); got != "" {
		t.Fatalf("as it was written: %s", got)
	}
	rewriteChain(t, s, p, func(body string) string { return strings.Replace(body, "U0AAA111", "U0BBB222", 1) })
	if got := found(t, s); !strings.Contains(got, "is not sealed") || !strings.Contains(got, "was rewritten") {
		t.Errorf("with another person: %s", got)
	}
	s.db.Del(t.Context(), p.Audit(), p.Op(rec.Op.ID), p.Log(rec.Op.ID))
	if got := found(t, s); !strings.Contains(got, "entries at its end are missing") {
		t.Errorf("taken away with its operation: %s", got)
	}
	if err := s.db.Set(t.Context(), keys.Heads, "x", 0).Err(); err != nil {
		t.Fatal(err)
	}
	if got := found(t, s); !strings.Contains(got, "sealed ends of the chains were changed") {
		t.Errorf("with its ends: %s", got)
	}
}

func TestAnArmingWithoutItsKeysIsFoundWithWhatIsMissing(t *testing.T) {
	s := open(t, Options{URL: startRedis(t).url()})
	op := reinstall.Operation{ID: s.NewID(ref(1)), Proposer: "U0ANN", Fingerprint: "5ca1ab1e00"}
	op.Plan.Ref = ref(1)
	op.Plan.Terms = model.Terms{Approvals: 1, Backup: true}
	at := func(rev int64, what, by string, to reinstall.State) port.Change {
		op.State = to
		return port.Change{Op: op, Rev: rev, Command: fmt.Sprint("C", rev), By: by, What: what, WakeAfter: -1}
	}
	rec, err := s.Create(t.Context(), at(0, "propose", "U0ANN", reinstall.Proposed))
	if err != nil {
		t.Fatal(err)
	}
	op.Approvals = []reinstall.Approval{{By: "U0BOB", Fingerprint: op.Fingerprint}}
	op.Backup = &reinstall.BackupKey{By: "U0ANN", Fingerprint: op.Fingerprint, Evidence: model.Evidence{ID: "snap-1"}}
	for _, c := range []port.Change{
		at(rec.Rev, "remind", "twokey", reinstall.Proposed), at(2, "arm", "twokey", reinstall.Armed),
	} {
		mustApply(t, s, c)
	}
	got := found(t, s)
	for _, want := range []string{
		`goes from proposed to armed by "arm", which no rule allows`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("not said: %q in\n%s", want, got)
		}
	}
}
