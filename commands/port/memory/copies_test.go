package memory

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"twokey/bot/store/storetest"
	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// Whoever changes what it was given, or gave, changes nothing that others read.
func TestWhatTheStoreReturnsIsACopy(t *testing.T) {
	s := New(nil).Open()
	c := storetest.Proposal(s, storetest.Ref(1), "X1")
	c.Op.Plan.Tags = map[string]string{"team": "shop"}
	c.Posts = []port.Post{{Kind: port.PostLine, Key: "K1", Op: c.Op.ID, Text: view.Say("proposed")}}
	rec, err := s.Create(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	freeze := model.Freeze{By: "U0CHO", Why: "fire", When: time.Unix(0, 0)}
	if err := s.Freeze(t.Context(), freeze, port.Note{Key: "F1", Kind: port.NoteDecision}); err != nil {
		t.Fatal(err)
	}
	load := func() port.Record {
		rec, err := s.Load(t.Context(), c.Op.ID)
		if err != nil {
			t.Fatal(err)
		}
		return rec
	}
	rec.Op.Plan.Tags["team"], c.Posts[0].Text[0].Text = "given", "given"
	load().Op.Plan.Tags["team"] = "loaded"
	if got := load().Op.Plan.Tags["team"]; got != "shop" {
		t.Errorf("the record's tag is %q", got)
	}
	for range 2 {
		posts, err := s.Posts(t.Context(), outboxID, 10)
		if err != nil || len(posts) != 1 || posts[0].Text[0].Text != "proposed" {
			t.Fatalf("the outbox has %+v, %v", posts, err)
		}
		posts[0].Text[0].Text = "read"
		log, err := s.Log(t.Context(), c.Op.ID)
		if err != nil || len(log) != 1 || log[0].By != "U0ONCALL" {
			t.Fatalf("the log has %+v, %v", log, err)
		}
		log[0].By = "U0EVE"
		frozen, err := s.Frozen(t.Context())
		if err != nil || frozen.Why != "fire" {
			t.Fatalf("frozen: %+v, %v", frozen, err)
		}
		frozen.Why = "nothing"
	}
}

// Of many that change one record at once, from several processes, each revision is
// written by one.
func TestOfManyWritersAtOnceOneWritesEachRevision(t *testing.T) {
	const writers, revisions = 8, 20
	m := New(nil)
	first := m.Open()
	rec, err := first.Create(t.Context(), storetest.Proposal(first, storetest.Ref(1), "X1"))
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	won := map[int64]int{}
	var all sync.WaitGroup
	for n := range writers {
		all.Go(func() {
			s, now := m.Open(), rec
			for i := 0; now.Rev < revisions; i++ {
				next, err := s.Apply(t.Context(), storetest.Click(now, fmt.Sprint(n, " ", i), reinstall.Proposed))
				if stale := (*port.StaleError)(nil); errors.As(err, &stale) {
					now = stale.Now
					continue
				}
				if err != nil {
					t.Error(err)
					return
				}
				now = next
				mu.Lock()
				won[next.Rev]++
				mu.Unlock()
			}
		})
	}
	all.Wait()
	for rev := int64(2); rev <= revisions; rev++ {
		if won[rev] != 1 {
			t.Errorf("revision %d was written %d times", rev, won[rev])
		}
	}
	if log, err := first.Log(t.Context(), rec.Op.ID); err != nil || len(log) < revisions {
		t.Errorf("%d entries, %v", len(log), err)
	}
}

// A claim that is due goes to one of several processes, and what they read meanwhile
// is whole.
func TestOfManyProcessesOneTakesAClaim(t *testing.T) {
	const processes, operations = 6, 12
	m := New(nil)
	first := m.Open()
	for n := range operations {
		c := storetest.Proposal(first, storetest.Ref(n+1), fmt.Sprint("X", n))
		c.WakeAfter = 0
		if _, err := first.Create(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	var mu sync.Mutex
	taken := map[string]int{}
	var all sync.WaitGroup
	for range processes {
		all.Go(func() {
			s := m.Open()
			for range operations {
				cs, err := s.Claim(t.Context(), time.Hour, 1)
				if err != nil {
					t.Error(err)
				}
				for _, c := range cs {
					mu.Lock()
					taken[string(c.Kind)+c.ID]++
					mu.Unlock()
				}
				if live, err := s.Live(t.Context()); err != nil || len(live) != operations {
					t.Errorf("%d are live, %v", len(live), err)
				}
			}
		})
	}
	all.Wait()
	if len(taken) != operations {
		t.Errorf("%d of %d were taken", len(taken), operations)
	}
	for c, n := range taken {
		if n != 1 {
			t.Errorf("%s was taken %d times", c, n)
		}
	}
}
