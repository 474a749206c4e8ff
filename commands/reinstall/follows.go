package reinstall

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed testdata/states.txt
var statesTable string

// transitions are the rows of the table: event -> state before -> states after. A
// test holds the table against the rules.
var transitions = sync.OnceValue(func() map[string]map[State][]State {
	out := map[string]map[State][]State{}
	var columns []string
	for line := range strings.Lines(statesTable) {
		if strings.HasPrefix(line, "#") || strings.TrimSpace(line) == "" {
			continue
		}
		name, cells := strings.TrimSpace(line[:min(len(line), eventWidth)]), strings.Fields(line[min(len(line), eventWidth):])
		if columns == nil {
			columns = cells
			continue
		}
		out[name] = map[State][]State{}
		for i, cell := range cells {
			before := State(strings.TrimSuffix(columns[i], "*"))
			if is, ok := stateCases[string(before)]; ok {
				before = is
			}
			switch cell {
			case "-":
			case "=":
				out[name][before] = append(out[name][before], before)
			default:
				out[name][before] = append(out[name][before], State(cell))
			}
		}
	}
	return out
})

// stateCases are columns that are no state of their own, but a case of one.
var stateCases = map[string]State{"unshown": Ready, "unsaid": Ready}

// eventWidth is how wide the table's first column is.
const eventWidth = 23

// moreOutcomes are where an event may lead besides what the table's example shows: it
// has one reading for each.
var moreOutcomes = map[string][]State{
	"approve":        {Approved},
	"confirm backup": {Approved},
	"break-glass":    {Approved},
	"re-check":       {Ready, Approved, Proposed, NotSent, Superseded, Expired},
	"image progress": {Proposed},
	"waits":          {Approved, Ready, Proposed},
}

// CanFollow reports whether an event can lead from one state to another, by the table
// of states.
func CanFollow(from State, event string, to State) bool {
	row, known := transitions()[event]
	if !known {
		return from == to // what is only noted changes no state
	}
	for _, s := range row[from] {
		if s == to {
			return true
		}
	}
	if len(row[from]) == 0 {
		return false
	}
	for _, s := range moreOutcomes[event] {
		if s == to {
			return true
		}
	}
	return false
}
