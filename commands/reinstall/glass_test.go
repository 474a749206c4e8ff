package reinstall_test

import (
	"testing"

	"twokey/commands/reinstall"
)

// glass is a proposal that needs n approvals and whose policy allows a
// break-glass.
func glass(t failer, n int) reinstall.Operation {
	t.Helper()
	op := proposal(t, n)
	op.Plan.Terms.Asking.BreakGlass = true
	op.Print = op.Plan.Fingerprint()
	return op
}

func TestABreakGlassTakesOneApprovalLessAndNeverTheLastOne(t *testing.T) {
	for n := 2; n <= 5; n++ {
		op := glass(t, n)
		op = mustStep(t, op, reinstall.BreakGlass{By: person("U0ANN"), Why: "it is on fire", Print: op.Print}, now)
		if got := op.Keys().Needed; got != n-1 {
			t.Errorf("of %d: %d are needed", n, got)
		}
		if _, r := reinstall.Step(op, reinstall.BreakGlass{By: person("U0BOB"), Why: "it is on fire", Print: op.Print}, now); r == nil {
			t.Error("broken twice")
		}
	}
	one := glass(t, 1)
	if _, r := reinstall.Step(one, reinstall.BreakGlass{By: person("U0ANN"), Why: "it is on fire", Print: one.Print}, now); r == nil {
		t.Error("no approval at all was asked for")
	}
}

func TestABreakGlassOfTheLastMissingApprovalTurnsTheKey(t *testing.T) {
	op := glass(t, 2)
	op = mustStep(t, op, reinstall.Approve{By: person("U0BOB"), Print: op.Print}, now)
	op = mustStep(t, op, reinstall.ConfirmBackup{By: person("U0ANN"), Typed: "web-01", Evidence: op.Evidence[0], Print: op.Print}, now)
	op = mustStep(t, op, reinstall.BreakGlass{By: person("U0CHO"), Why: "it is on fire", Print: op.Print}, now)
	if op.State != reinstall.Approved {
		t.Errorf("it is %s", op.State)
	}
	if op = mustStep(t, op, reinstall.Recheck{Reading: reading(op)}, now); op.State != reinstall.Ready {
		t.Errorf("re-checked, it is %s", op.State)
	}
	op = mustStep(t, op, reinstall.CountdownShown{Of: op.Announced}, now)
	if r := op.Armable(lately(reading(op), soon), soon); r != nil {
		t.Error(r)
	}
}

func TestABreakGlassIsRefusedInASentence(t *testing.T) {
	op := glass(t, 2)
	stranger := reinstall.Standing{Person: reinstall.Person{ID: "U0DEE"}}
	guest := person("U0GUS")
	guest.Guest = true
	closed := op
	closed.Plan.Terms.Asking.BreakGlass = false
	for why, c := range map[string]struct {
		op    reinstall.Operation
		by    reinstall.Standing
		why   string
		print string
	}{
		"only the proposer or an approver takes an approval less": {op, stranger, "it is on fire", op.Print},
		"guests neither propose nor turn keys":                    {op, guest, "it is on fire", op.Print},
		"the policy does not allow it for this machine":           {closed, person("U0BOB"), "it is on fire", op.Print},
		"the plan changed after you read it":                      {op, person("U0BOB"), "it is on fire", "0ld"},
		"the reason is too short; everybody who is passed over reads it, so it takes 10 characters or more": {
			op, person("U0BOB"), "   on fire      ", op.Print,
		},
	} {
		if _, r := reinstall.Step(c.op, reinstall.BreakGlass{By: c.by, Why: c.why, Print: c.print}, now); r == nil || r.Why != why {
			t.Errorf("%s: %v", why, r)
		}
	}
}

func TestAChangedPlanNeedsAllItsApprovalsAgainAfterABreakGlass(t *testing.T) {
	op := glass(t, 2)
	op = mustStep(t, op, reinstall.BreakGlass{By: person("U0ANN"), Why: "it is on fire", Print: op.Print}, now)
	op = mustStep(t, op, reinstall.Approve{By: person("U0BOB"), Print: op.Print}, now)
	op = mustStep(t, op, reinstall.ConfirmBackup{By: person("U0ANN"), Typed: "web-01", Evidence: op.Evidence[0], Print: op.Print}, now)
	r := reading(op)
	r.Plan.Tags = map[string]string{"env": "prod"}
	op = mustStep(t, op, reinstall.Recheck{Reading: r}, now)
	if op.State != reinstall.Proposed || op.Keys().Needed != 2 || op.Broken() || op.Glass == nil {
		t.Errorf("%s, %d needed, glass %+v", op.State, op.Keys().Needed, op.Glass)
	}
	if _, refused := reinstall.Step(op, reinstall.BreakGlass{By: person("U0ANN"), Why: "it is on fire", Print: op.Print}, now); refused == nil {
		t.Error("a second time for one proposal")
	}
}
