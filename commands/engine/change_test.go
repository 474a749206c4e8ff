package engine

import (
	"testing"
	"time"

	"twokey/commands/reinstall"
)

// Closed hours, a sibling, a machine that is busy: whatever is about one machine
// alone keeps neither a turn nor a place, so that nobody else waits for it.
func TestWhatWaitsForItsOwnMachineAloneGivesItsPlaceBack(t *testing.T) {
	ready := reinstall.Operation{State: reinstall.Ready, Countdown: reinstall.Countdown{
		Announced: time.Unix(1, 0),
		Shown:     time.Unix(1, 0),
	}}
	with := func(w reinstall.Waiting) reinstall.Operation {
		next, r := reinstall.Step(ready, w, ready.ProposedAt)
		if r != nil {
			t.Fatal(r)
		}
		return next
	}
	for what, c := range map[string]struct {
		to     reinstall.Operation
		leaves bool
	}{
		"a full budget": {
			with(reinstall.Waiting{Why: "2 of at most 2 reinstalls are running", KeepsPosition: true}),
			false,
		},
		"closed hours": {with(reinstall.Waiting{Why: "reinstalls are not allowed now"}), true},
		"nothing":      {ready, false},
		"the call":     {reinstall.Operation{State: reinstall.Armed}, false},
		"its end":      {reinstall.Operation{State: reinstall.Done}, true},
		"a hold":       {reinstall.Operation{State: reinstall.Held}, true},
	} {
		if got := leavesBudget(ready, c.to); got != c.leaves {
			t.Errorf("%s: gives its place back: %v", what, got)
		}
		if c.to.InQueue() && c.leaves {
			t.Errorf("%s: keeps its turn without a place", what)
		}
	}
}
