package reinstall

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

//go:embed testdata/states.txt
var statesTable string

// transitions are the rows of both tables: event -> state before -> states after.
// What is so within a state counts as that state. A test holds the tables
// against the rules.
var transitions = sync.OnceValue(func() map[string]map[State][]State {
	out := map[string]map[State][]State{}
	var columns []string
	for line := range strings.Lines(statesTable) {
		if strings.HasPrefix(line, "#") || strings.TrimSpace(line) == "" {
			continue
		}
		name, cells := strings.TrimSpace(line[:eventWidth]), strings.Fields(line[eventWidth:])
		switch name {
		case "state":
			columns = cells
			continue
		case "within":
			continue
		}
		if out[name] == nil {
			out[name] = map[State][]State{}
		}
		for i, cell := range cells {
			if cell == "-" {
				continue
			}
			before := State(columns[i])
			out[name][before] = append(out[name][before], stateAfter(before, cell))
		}
	}
	return out
})

// stateAfter reads a cell: a state, with a plus or without. Any other word is of
// what is so within the state, which stays.
func stateAfter(before State, cell string) State {
	if after := State(strings.TrimSuffix(cell, "+")); slices.Contains(States, after) {
		return after
	}
	return before
}

// eventWidth is how wide the tables' first column is.
const eventWidth = 23

// moreOutcomes are where an event may lead besides what the tables' example shows:
// they have one reading for each.
var moreOutcomes = map[string][]State{
	"approve":        {Approved},
	"confirm backup": {Approved},
	"break-glass":    {Approved},
	"re-check":       {Ready, Approved, Proposed, NotSent, Superseded, Expired},
	"await turn":     {Approved, Proposed, NotSent},
	"waits":          {Approved, Ready, Proposed},
}

// onlyNoted are events that change no state: those of a backup image, which the rules
// take in any, and a password that was shown, also once a person set the outcome.
var onlyNoted = []string{
	"looked before the image", "image started", "image progress", "image made", "image failed",
	"password shown",
}

// CanFollow reports whether an event can lead from one state to another, by the
// tables of states. An event that they do not have changes no state.
func CanFollow(from State, event string, to State) bool {
	row, known := transitions()[event]
	if !known || slices.Contains(onlyNoted, event) {
		return from == to
	}
	after := row[from]
	return slices.Contains(after, to) || len(after) > 0 && slices.Contains(moreOutcomes[event], to)
}
