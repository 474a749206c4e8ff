package store

import (
	"testing"
	"time"

	"twokey/bot/store/keys"
	"twokey/commands/port"
	"twokey/commands/reinstall"
)

// An outcome that nobody knows stays in the backlog until somebody settles it: also
// for a process that only just began.
func TestTheBacklogHasWhatNobodyHasSettled(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		create(t, s, ref(1))
		armed := click(create(t, s, ref(2)), "arm", reinstall.Armed)
		armed.Op.Arming = &reinstall.Arming{At: t0}
		mustApply(t, s, armed)
		for n, at := range []time.Time{t0.Add(time.Hour), t0.Add(time.Minute)} {
			c := click(create(t, s, ref(3+n)), "lost", reinstall.Unknown)
			c.Op.End = &reinstall.End{At: at, Why: "its answer was lost"}
			mustApply(t, s, c)
		}
		mustApply(t, s, click(create(t, s, ref(5)), "cancel", reinstall.Cancelled))

		began := open(t, o)
		b, err := began.Backlog(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		same(t, "operations", b.Operations, map[string]int{
			"proposed": 1, "approved": 0, "ready": 0, "held": 0, "armed": 1, "sent": 0, "unknown": 2, "tampered": 0,
		})
		since := map[string]time.Duration{}
		for state, at := range b.Since {
			since[state] = at.Sub(t0)
		}
		same(t, "since", since, map[string]time.Duration{"armed": 0, "unknown": time.Minute})

		for _, rec := range mustLive(t, s) {
			if rec.Op.State == reinstall.Unknown {
				mustApply(t, s, click(rec, "resolve", reinstall.Resolved))
			}
		}
		if b, err = began.Backlog(t.Context()); err != nil || b.Operations["unknown"] != 0 || len(b.Since) != 1 {
			t.Errorf("after it was settled: %+v %v", b, err)
		}
	})
}

func mustLive(t *testing.T, s *Store) []port.Record {
	t.Helper()
	recs, err := s.Live(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return recs
}

func TestTheBacklogHasTheOldestPost(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		if b, err := s.Backlog(t.Context()); err != nil || b.Posts != 0 || !b.OldestPost.IsZero() {
			t.Errorf("of nothing: %+v %v", b, err)
		}
		for _, key := range []string{"first", "second", "third"} {
			if err := s.Tell(t.Context(), "", port.Post{Kind: port.PostLine, Key: key}); err != nil {
				t.Fatal(err)
			}
		}
		p := keys.ByHash("first")
		ps, err := s.Posts(t.Context(), p.String(), 1)
		if err != nil || len(ps) != 1 {
			t.Fatalf("%v %v", ps, err)
		}
		b, err := s.Backlog(t.Context())
		if err != nil || b.Posts != 3 || !b.OldestPost.Equal(ps[0].At) {
			t.Errorf("%+v %v, want that of %s", b, err, ps[0].At)
		}
	})
}
