package reinstall_test

import (
	"testing"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

const allThere = "all approvals are there already"

func TestAKeyBeyondTheQuorumIsRefusedInWords(t *testing.T) {
	for n := 1; n <= 3; n++ {
		op := proposal(t, n)
		for _, who := range []string{"U0BOB", "U0CHO", "U0DAN"}[:n] {
			op = mustStep(t, op, reinstall.Approve{By: person(who), Fingerprint: op.Fingerprint}, now)
		}
		if _, r := reinstall.Step(op, reinstall.Approve{By: person("U0EVE"), Fingerprint: op.Fingerprint}, now); r == nil || r.Why != allThere {
			t.Errorf("one more than %d: %v", n, r)
		}
	}
}

func TestABreakGlassLeavesItsPlaceEmpty(t *testing.T) {
	op := glass(t, 2)
	op.Plan.Terms.Quorum = []model.Seat{{People: model.People{Groups: []string{"S0WEB"}}, Approvals: 1}, {People: model.People{Groups: []string{"S0DBA"}}, Approvals: 1}}
	op.Fingerprint = op.Plan.Fingerprint()
	seated := func(who string, seat int) reinstall.Approve {
		s := person(who)
		s.Seats = []int{seat}
		return reinstall.Approve{By: s, Fingerprint: op.Fingerprint}
	}
	op = mustStep(t, op, reinstall.BreakGlass{By: person("U0ANN"), Why: "it is on fire", Fingerprint: op.Fingerprint}, now)
	op = mustStep(t, op, seated("U0BOB", 0), now)
	if _, r := reinstall.Step(op, seated("U0CHO", 1), now); r == nil || r.Why != allThere {
		t.Errorf("it is filled all the same: %v", r)
	}
}

func TestARecordWithMoreApprovalsThanAskedForCountsOnlyThose(t *testing.T) {
	op := mustStep(t, proposal(t, 1), reinstall.Approve{By: person("U0BOB"), Fingerprint: proposal(t, 1).Fingerprint}, now)
	op.Approvals = append(op.Approvals, reinstall.Approval{By: "U0CHO", At: now, Fingerprint: op.Fingerprint})
	if k := op.Keys(); len(k.By) != 1 || k.By[0] != "U0BOB" {
		t.Errorf("%d of %d", len(k.By), k.Needed)
	}
}
