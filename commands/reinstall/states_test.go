package reinstall_test

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"twokey/commands/reinstall"
)

var update = flag.Bool("update", false, "write the golden files again")

// statesLegend opens the table of states.
const statesLegend = `# What comes of each event in each state. A dash is a refusal; = changes no state.
# Events of several machines (stopped, recall, await turn) are shown for one behind the lead.
`

// subStatesLegend opens the table of what else a record says in a state.
const subStatesLegend = `
# The same for what a record says within a state. A dash is a refusal; = leaves it so; ends: it is
# so no longer. A name from this head is what it becomes. Any other word is the next state, with a
# plus if it is still so there.
`

func TestEveryStateMeetsEveryEventAsTheTableSays(t *testing.T) {
	var b strings.Builder
	b.WriteString(statesLegend)
	row := func(name string, cells []string) {
		b.WriteString(strings.TrimRight(fmt.Sprintf("%-23s", name)+columnsOf(cells), " ") + "\n")
	}
	var states []string
	for _, s := range reinstall.States {
		states = append(states, string(s))
	}
	row("state", states)
	names := events(proposal(t, 1))
	for i, e := range names {
		var cells []string
		for _, s := range reinstall.States {
			op := inState(t, s)
			if e.Name() == "break-glass" && s == reinstall.Proposed { // one approval of one is never given up
				op = glass(t, 2)
			}
			cells = append(cells, cellOf(op, i, func(reinstall.Operation) string { return "=" }, "="))
		}
		row(e.Name(), cells)
	}
	b.WriteString(subStatesLegend)
	var within []string
	states = nil
	subs := subStates(t)
	for _, s := range subs {
		states, within = append(states, string(s.of.State)), append(within, s.name)
	}
	row("state", states)
	row("within", within)
	for i, e := range names {
		var cells []string
		for _, s := range subs {
			cells = append(cells, cellOf(s.of, i, s.look, s.name))
		}
		row(e.Name(), cells)
	}
	golden(t, "testdata/states.txt", b.String())
}

func columnsOf(cells []string) string {
	var b strings.Builder
	for _, c := range cells {
		fmt.Fprintf(&b, " %-11s", c)
	}
	return b.String()
}

// cellOf is what the event of that number does to the operation. look shows what
// the record says within its state; was is what it said before.
func cellOf(op reinstall.Operation, event int, look func(reinstall.Operation) string, was string) string {
	e := events(op)[event]
	switch e.(type) {
	case reinstall.Stopped, reinstall.Recall, reinstall.AwaitClearance:
		op = behindLead(op)
		e = events(op)[event]
	}
	at := soon
	if e.Name() == "expire" {
		at = later
	}
	next, r := reinstall.Step(op, e, at)
	is := look(next)
	switch {
	case r != nil:
		return "-"
	case next.State != op.State && is == was && was != "=":
		return string(next.State) + "+"
	case next.State != op.State:
		return string(next.State)
	case is == was:
		return "="
	}
	return cmp.Or(is, "ends")
}

// behindLead is the operation as the second of two machines.
func behindLead(op reinstall.Operation) reinstall.Operation {
	if op.Single() {
		op.Batch = &reinstall.Batch{Item: "an item", Members: []string{"AAA0", op.ID}, Index: 1}
	}
	return op
}

// unshown is an operation whose countdown is announced and not shown; or, as in
// older records, neither, though its end is over.
func unshown(t failer, old bool) reinstall.Operation {
	t.Helper()
	op := inState(t, reinstall.Approved)
	op, r := reinstall.Step(op, reinstall.Recheck{Result: reading(op)}, now)
	if r != nil {
		t.Fatal(r)
	}
	if old {
		op.Announced, op.Starts = time.Time{}, now.Add(30*time.Second)
	}
	return op
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s is not what the rules say (-update writes it):\n%s", file, got)
	}
}
