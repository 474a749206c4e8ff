package budget_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"twokey/bot/store/storetest"
	"twokey/commands/engine/budget"
	"twokey/commands/port"
	"twokey/commands/port/memory"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

var now = time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)

// newQueue returns a queue with one place at a time, and the memory under it.
func newQueue() (*budget.Queue, port.Store) {
	s := memory.New(nil).Open()
	policy := func() model.Policy { return model.Policy{Limits: model.Limits{AtOnce: 1}} }
	return budget.New(s, policy, func() time.Time { return now }, slog.New(slog.DiscardHandler)), s
}

// newOperation stores an operation on the n-th machine in a state.
func newOperation(t *testing.T, s port.Store, n int, name string, state reinstall.State) reinstall.Operation {
	t.Helper()
	c := storetest.Proposal(s, storetest.Ref(n), "create "+name)
	c.Op.Plan.Name = name
	rec, err := s.Create(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if rec, err = s.Apply(t.Context(), storetest.Click(rec, "move "+name, state)); err != nil {
		t.Fatal(err)
	}
	return rec.Op
}

func take(t *testing.T, q *budget.Queue, op reinstall.Operation) reinstall.Waiting {
	t.Helper()
	w, err := q.Take(t.Context(), op)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestAFullBudgetKeepsThePositionUntilAPlaceIsFree(t *testing.T) {
	q, s := newQueue()
	first := newOperation(t, s, 1, "web-01", reinstall.Ready)
	second := newOperation(t, s, 2, "db-01", reinstall.Ready)
	if second.QueuedBefore(first) { // their keys are of the same time: the id decides
		first, second = second, first
	}
	if w := take(t, q, first); w.Why != "" {
		t.Fatalf("the first waits: %s", w.Why)
	}
	if w := take(t, q, second); w.Why == "" || !w.KeepsPosition {
		t.Fatalf("the second: %+v, want that it waits and keeps its position", w)
	}
	rec, err := s.Load(t.Context(), first.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Apply(t.Context(), storetest.Click(rec, "end", reinstall.Done)); err != nil {
		t.Fatal(err)
	}
	if w := take(t, q, second); w.Why != "" {
		t.Errorf("the second waits after the first ended: %s", w.Why)
	}
}

// The budget is not sealed: the records have the last word.
func TestABudgetThatWasEmptiedLetsNobodyIn(t *testing.T) {
	q, s := newQueue()
	newOperation(t, s, 1, "web-01", reinstall.Sent) // of which the budget knows nothing
	next := newOperation(t, s, 2, "db-01", reinstall.Ready)
	if w := take(t, q, next); w.Why == "" || w.KeepsPosition {
		t.Errorf("%+v, want that it waits and gave its place back", w)
	}
}

func TestTwoOfAKindGoOneAfterTheOther(t *testing.T) {
	q, s := newQueue()
	first := newOperation(t, s, 1, "web-01", reinstall.Ready)
	second := newOperation(t, s, 2, "web-02", reinstall.Ready)
	why := func(op reinstall.Operation) string {
		why, err := q.SiblingFirst(t.Context(), op)
		if err != nil {
			t.Fatal(err)
		}
		return why
	}
	if got := why(first); got != "" {
		t.Fatalf("the first waits: %s", got)
	}
	if got := why(second); !strings.Contains(got, first.ID) {
		t.Fatalf("the second: %q, want that it names %s", got, first.ID)
	}
	q.ReleaseKinds(t.Context(), first)
	if got := why(second); got != "" {
		t.Errorf("the second waits though the kind is free: %s", got)
	}
}
