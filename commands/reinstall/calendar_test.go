package reinstall_test

import (
	"strings"
	"testing"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

func TestNothingIsArmedWhileTheCallsAreClosed(t *testing.T) {
	op := inState(t, reinstall.Ready)
	op.Plan.Terms.Calendar = model.Calendar{Closed: []model.Closure{{From: now, To: later, Why: "holidays"}}}
	rebind(&op, op.Plan.Fingerprint())
	r := reading(op)
	if _, refused := reinstall.Step(op, arm(r, soon), soon); refused == nil ||
		!strings.Contains(refused.Why, "holidays") {
		t.Errorf("%v", refused)
	}
	op.Plan.Terms.Calendar.Closed[0].To = soon
	rebind(&op, op.Plan.Fingerprint())
	r.Plan = op.Plan
	mustStep(t, op, arm(r, soon), soon)
}
