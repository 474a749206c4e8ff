package reinstall_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

// The audit is read by the tables: a step that they do not allow looks like a
// forged one.
func TestEveryStepOfAnOperationIsOneOfTheTables(t *testing.T) {
	begins := subStates(t)
	rapid.Check(t, func(t *rapid.T) {
		op := rapid.SampledFrom(begins).Draw(t, "begins").of
		if rapid.Bool().Draw(t, "one of several") {
			op = behindLead(op)
		}
		at := soon
		for range rapid.IntRange(10, 60).Draw(t, "events") {
			at = at.Add(time.Duration(rapid.IntRange(0, 10).Draw(t, "minutes")) * time.Minute)
			e := anyEvent(t, op, at)
			next, r := reinstall.Step(op, e, at)
			if r != nil {
				continue
			}
			if !reinstall.CanFollow(op.State, e.Name(), next.State) {
				t.Fatalf("%s leads from %s to %s, and no table has that", e.Name(), op.State, next.State)
			}
			op = next
		}
	})
}

// anyEvent is any event as the table has it, or a reading that differs.
func anyEvent(t *rapid.T, op reinstall.Operation, at time.Time) reinstall.Event {
	e := rapid.SampledFrom(events(op)).Draw(t, "event")
	r := lately(reading(op), at)
	switch rapid.IntRange(0, 5).Draw(t, "the reading") {
	case 0:
		r.Plan.Tags = map[string]string{"env": "prod"}
	case 1:
		r.Findings = []model.Finding{{Code: "busy", Severity: model.Blocks, Why: "x", Next: "y"}}
	case 2:
		r.Latest = aReset("req-9")
	case 3:
		r.Actors = nil
	}
	switch e := e.(type) {
	case reinstall.Recheck:
		return reinstall.Recheck{Result: r}
	case reinstall.AwaitClearance:
		return reinstall.AwaitClearance{Result: r, Why: e.Why}
	case reinstall.Arm:
		return reinstall.Arm{Recheck: r, At: at, Key: e.Key}
	}
	return e
}

func TestStepsThatNoRuleHasAreInNoTable(t *testing.T) {
	for _, c := range []struct {
		from  reinstall.State
		event string
		to    reinstall.State
	}{
		{reinstall.Proposed, "arm", reinstall.Armed},
		{reinstall.Approved, "arm", reinstall.Armed},
		{reinstall.Held, "arm", reinstall.Armed},
		{reinstall.Proposed, "re-check", reinstall.Ready},
		{reinstall.Held, "re-check", reinstall.Ready},
		{reinstall.Armed, "cancel", reinstall.Cancelled},
		{reinstall.Armed, "recall", reinstall.Proposed},
		{reinstall.Sent, "recall", reinstall.Proposed},
		{reinstall.Sent, "hold", reinstall.Held},
		{reinstall.Armed, "stopped", reinstall.NotSent},
		{reinstall.Unknown, "done", reinstall.Done},
		{reinstall.Done, "arm", reinstall.Armed},
		{reinstall.Proposed, "no such event", reinstall.Armed},
	} {
		if reinstall.CanFollow(c.from, c.event, c.to) {
			t.Errorf("%s leads from %s to %s", c.event, c.from, c.to)
		}
	}
}

// A new event belongs into the tables.
func TestTheTablesHaveEveryEvent(t *testing.T) {
	var have []string
	for _, e := range events(proposal(t, 1)) {
		have = append(have, strings.TrimPrefix(fmt.Sprintf("%T", e), "reinstall."))
	}
	for _, name := range eventsDeclared(t) {
		if !slices.Contains(have, name) {
			t.Errorf("%s is in no table: add one to events", name)
		}
	}
}

// eventsDeclared are the types of the package that are events.
func eventsDeclared(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Name.Name == "applyTo" {
				out = append(out, fmt.Sprint(fn.Recv.List[0].Type))
			}
		}
	}
	if len(out) == 0 {
		t.Fatal("no event was found")
	}
	return out
}

// What is so within a state is never mistaken for a state.
func TestNoSubStateIsCalledAsAState(t *testing.T) {
	for _, s := range subStates(t) {
		if slices.Contains(reinstall.States, reinstall.State(s.name)) || s.look(s.of) != s.name {
			t.Errorf("%s: it is %q", s.name, s.look(s.of))
		}
	}
}
