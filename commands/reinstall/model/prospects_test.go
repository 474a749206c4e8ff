package model_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"twokey/commands/reinstall/model"
)

func prospect(id, mail string, seats ...int) model.Prospect {
	return model.Prospect{Person: model.Person{ID: id, Email: mail}, Seats: seats}
}

func TestAccountsOfOnePersonGiveOneApprovalAndTheProposersNone(t *testing.T) {
	ann := model.Person{ID: "U0ANN", Email: "ann@home.example"}
	out := model.Prospect{Person: model.Person{ID: "U0EVE", Email: "e@x", Outside: true}}
	terms := model.Terms{Approvals: 3}
	can, none := terms.PossibleApprovals(ann, []model.Prospect{
		prospect("U0ANN", "ann@home.example"), prospect("U0ANN2", "Ann+pager@home.example"),
		prospect("U0CHO", "cho@home.example"),
		prospect("U0CHO2", "cho+2@home.example"), out,
		{Person: model.Person{ID: "U0OFF"}, Unread: true},
		prospect("U0NOMAIL", ""),
	})
	var who []string
	for _, x := range none {
		who = append(who, x.ID)
	}
	if want := []string{"U0ANN2", "U0CHO2", "U0EVE", "U0NOMAIL"}; can != 2 || !slices.Equal(who, want) {
		t.Errorf("%d can, not %v", can, none)
	}
}

// A row that rapid found: the proposer's own account is deactivated, and their
// second one is still there.
func TestASecondAccountOfADeactivatedProposerGivesNoApproval(t *testing.T) {
	terms := model.Terms{Quorum: []model.Seat{{Approvals: 1}, {Approvals: 1}}}
	terms.Approvals = model.ApprovalsOfSeats(terms.Quorum)
	gone := prospect("U0", "a@x", 0)
	gone.Deleted = true
	can, none := terms.PossibleApprovals(model.Person{ID: "U0", Email: "a@x"},
		[]model.Prospect{gone, prospect("U1", "a@x", 0)})
	if can != 0 {
		t.Errorf("%d can, not %v", can, none)
	}
}

// Whatever accounts there are: if as many different people approve as can, their
// approvals are those that the rules count.
func TestAsManyCanApproveAsTheRulesWouldCount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		terms := model.Terms{Quorum: []model.Seat{{Approvals: 1}, {Approvals: rapid.IntRange(1, 2).Draw(t, "second")}}}
		terms.Approvals = model.ApprovalsOfSeats(terms.Quorum)
		proposer := model.Person{ID: "U0", Email: "a@x"}
		var ps []model.Prospect
		for i := range rapid.IntRange(0, 6).Draw(t, "people") {
			p := prospect("U"+string(rune('0'+i)), rapid.SampledFrom([]string{
				"a@x", "a+1@x", "b@x", "b+1@x", "c@x",
				"",
			}).Draw(t, "mail"),
				rapid.SampledFrom([][]int{{0}, {1}, {0, 1}}).Draw(t, "seats")...)
			p.Guest, p.Deleted = rapid.Bool().Draw(t, "guest"), rapid.IntRange(0, 3).Draw(t, "deleted") == 0
			ps = append(ps, p)
		}
		can, none := terms.PossibleApprovals(proposer, ps)
		if best := mostCounted(terms, proposer, ps, nil); can != best {
			t.Fatalf("%d can, and the rules count %d of %+v (none: %+v)", can, best, ps, none)
		}
	})
}

// mostCounted tries every set of people, one account each, and is how many
// places they fill at most.
func mostCounted(t model.Terms, proposer model.Person, ps []model.Prospect, in []model.Prospect) int {
	if len(ps) == 0 {
		may := map[string][]int{}
		for _, p := range in {
			may[p.ID] = p.Seats
		}
		return t.MostFilled(may)
	}
	p, rest := ps[0], ps[1:]
	best := mostCounted(t, proposer, rest, in)
	same := slices.ContainsFunc(in, func(o model.Prospect) bool { return o.Mailbox() == p.Mailbox() })
	if p.ID != proposer.ID && !p.Guest && !p.Deleted && p.Mailbox() != "" && p.Mailbox() != proposer.Mailbox() &&
		!same {
		best = max(best, mostCounted(t, proposer, rest, append(slices.Clone(in), p)))
	}
	return best
}
