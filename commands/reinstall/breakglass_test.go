package reinstall_test

import (
	"testing"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

// glass is a proposal that needs n approvals and whose policy allows a
// break-glass.
func glass(t failer, n int) reinstall.Operation {
	t.Helper()
	op := proposal(t, n)
	op.Plan.Terms.Asking.BreakGlass = true
	op.Fingerprint = op.Plan.Fingerprint()
	return op
}

func TestABreakGlassTakesOneApprovalLessAndNeverTheLastOne(t *testing.T) {
	for n := 2; n <= 5; n++ {
		op := glass(t, n)
		op = mustStep(t, op, reinstall.BreakGlass{
			By: person("U0ANN"), Why: "it is on fire",
			Fingerprint: op.Fingerprint,
		}, now)
		if got := op.Keys().Needed; got != n-1 {
			t.Errorf("of %d: %d are needed", n, got)
		}
		if _, r := reinstall.Step(op, reinstall.BreakGlass{
			By: person("U0BOB"), Why: "it is on fire",
			Fingerprint: op.Fingerprint,
		}, now); r == nil {
			t.Error("broken twice")
		}
	}
	one := glass(t, 1)
	if _, r := reinstall.Step(one, reinstall.BreakGlass{
		By: person("U0ANN"), Why: "it is on fire",
		Fingerprint: one.Fingerprint,
	}, now); r == nil {
		t.Error("no approval at all was asked for")
	}
}

func TestABreakGlassOfTheLastMissingApprovalTurnsTheKey(t *testing.T) {
	op := glass(t, 2)
	op = mustStep(t, op, reinstall.Approve{By: person("U0BOB"), Fingerprint: op.Fingerprint}, now)
	op = mustStep(t, op, reinstall.ConfirmBackup{
		By: person("U0ANN"), Typed: "web-01", Evidence: op.Evidence[0],
		Fingerprint: op.Fingerprint,
	}, now)
	op = mustStep(t, op, reinstall.BreakGlass{By: person("U0CHO"), Why: "it is on fire", Fingerprint: op.Fingerprint},
		now)
	if op.State != reinstall.Approved {
		t.Errorf("it is %s", op.State)
	}
	if op = mustStep(t, op, reinstall.Recheck{Result: reading(op)}, now); op.State != reinstall.Ready {
		t.Errorf("re-checked, it is %s", op.State)
	}
	op = mustStep(t, op, reinstall.CountdownShown{Of: op.Announced}, now)
	if r := op.Armable(lately(reading(op), soon), soon); r != nil {
		t.Error(r)
	}
}

func TestABreakGlassIsRefusedInASentence(t *testing.T) {
	op := glass(t, 2)
	stranger := reinstall.Actor{Person: model.Person{ID: "U0DEE"}}
	guest := person("U0GUS")
	guest.Guest = true
	closed := op
	closed.Plan.Terms.Asking.BreakGlass = false
	for why, c := range map[string]struct {
		op    reinstall.Operation
		by    reinstall.Actor
		why   string
		print string
	}{
		"only the proposer or an approver takes an approval less": {op, stranger, "it is on fire", op.Fingerprint},
		"guests cannot propose or approve":                        {op, guest, "it is on fire", op.Fingerprint},
		"the policy does not allow it for this machine": {
			closed, person("U0BOB"), "it is on fire",
			op.Fingerprint,
		},
		"the plan changed after you read it": {op, person("U0BOB"), "it is on fire", "0ld"},
		"the reason is too short; everybody who is passed over reads it, so it takes 10 characters or more": {
			op, person("U0BOB"), "   on fire      ", op.Fingerprint,
		},
	} {
		if _, r := reinstall.Step(c.op, reinstall.BreakGlass{By: c.by, Why: c.why, Fingerprint: c.print},
			now); r == nil || r.Why != why {
			t.Errorf("%s: %v", why, r)
		}
	}
}

func TestAChangedPlanNeedsAllItsApprovalsAgainAfterABreakGlass(t *testing.T) {
	op := glass(t, 2)
	op = mustStep(t, op, reinstall.BreakGlass{By: person("U0ANN"), Why: "it is on fire", Fingerprint: op.Fingerprint},
		now)
	op = mustStep(t, op, reinstall.Approve{By: person("U0BOB"), Fingerprint: op.Fingerprint}, now)
	op = mustStep(t, op, reinstall.ConfirmBackup{
		By: person("U0ANN"), Typed: "web-01", Evidence: op.Evidence[0],
		Fingerprint: op.Fingerprint,
	}, now)
	r := reading(op)
	r.Plan.Tags = map[string]string{"env": "prod"}
	op = mustStep(t, op, reinstall.Recheck{Result: r}, now)
	if op.State != reinstall.Proposed || op.Keys().Needed != 2 || op.BreakGlassCounts() || op.BreakGlass == nil {
		t.Errorf("%s, %d needed, glass %+v", op.State, op.Keys().Needed, op.BreakGlass)
	}
	if _, refused := reinstall.Step(op, reinstall.BreakGlass{
		By: person("U0ANN"), Why: "it is on fire",
		Fingerprint: op.Fingerprint,
	}, now); refused == nil {
		t.Error("a second time for one proposal")
	}
}
