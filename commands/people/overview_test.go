package people

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"twokey/commands/port"
	"twokey/commands/reinstall"
)

// unasked is a Slack that nobody asks anything.
type unasked struct{ port.Chat }

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

// proposalOf is one of Ann's in a state, for Bob and Cho to approve.
func proposalOf(state reinstall.State, change ...func(*reinstall.Operation)) reinstall.Operation {
	op := reinstall.Operation{ID: "7K3Q", State: state, Channel: "C0INFRA", Proposer: "U0ANN", Print: "f00d"}
	op.Plan.Terms.Approvals, op.Plan.Terms.Backup = 1, true
	op.Plan.Terms.Approvers = reinstall.People{Users: []string{"U0BOB", "U0CHO"}}
	for _, c := range change {
		c(&op)
	}
	return op
}

func TestAKeyIsOwedByWhoeverMayTurnItNow(t *testing.T) {
	approved := func(op *reinstall.Operation) {
		op.Approvals = []reinstall.Approval{{By: "U0BOB", At: noon, Print: "f00d", Mail: reinstall.Person{Email: "bob@home.example"}.Mailbox()}}
	}
	two := func(op *reinstall.Operation) { op.Plan.Terms.Approvals = 2 }
	backedUp := func(op *reinstall.Operation) { op.Backup = &reinstall.BackupKey{By: "U0ANN", Print: "f00d"} }
	seats := func(op *reinstall.Operation) {
		op.Plan.Terms.Quorum = []reinstall.Seat{
			{Approvals: 1, People: reinstall.People{Users: []string{"U0BOB", "U0DEE"}}}, {Approvals: 1, People: reinstall.People{Users: []string{"U0CHO"}}},
		}
		op.Plan.Terms.Approvals = 2
		op.Plan.Terms.Approvers.Users = []string{"U0BOB", "U0CHO", "U0DEE"}
	}
	bobSits := func(op *reinstall.Operation) { approved(op); op.Approvals[0].Seats = []int{0} }
	for name, c := range map[string]struct {
		who    reinstall.Person
		change []func(*reinstall.Operation)
		state  reinstall.State
		want   []string
	}{
		"an approver":                             {reinstall.Person{ID: "U0BOB"}, nil, reinstall.Proposed, []string{"approval", "backup confirmation"}},
		"the proposer":                            {reinstall.Person{ID: "U0ANN"}, nil, reinstall.Proposed, []string{"backup confirmation"}},
		"somebody else":                           {reinstall.Person{ID: "U0DEE"}, nil, reinstall.Proposed, nil},
		"an approver who is the proposer":         {reinstall.Person{ID: "U0BOB"}, []func(*reinstall.Operation){func(op *reinstall.Operation) { op.Proposer = "U0BOB" }}, reinstall.Proposed, []string{"backup confirmation"}},
		"who has approved":                        {reinstall.Person{ID: "U0BOB"}, []func(*reinstall.Operation){approved, two}, reinstall.Proposed, []string{"backup confirmation"}},
		"the second approver":                     {reinstall.Person{ID: "U0CHO"}, []func(*reinstall.Operation){approved, two}, reinstall.Proposed, []string{"approval", "backup confirmation"}},
		"an approver too many":                    {reinstall.Person{ID: "U0CHO"}, []func(*reinstall.Operation){approved}, reinstall.Proposed, []string{"backup confirmation"}},
		"a second account of who has approved":    {reinstall.Person{ID: "U0CHO", Email: "bob+2@home.example"}, []func(*reinstall.Operation){approved, two, backedUp}, reinstall.Proposed, nil},
		"the backup is there":                     {reinstall.Person{ID: "U0BOB"}, []func(*reinstall.Operation){backedUp}, reinstall.Proposed, []string{"approval"}},
		"the backup is being made":                {reinstall.Person{ID: "U0ANN"}, []func(*reinstall.Operation){func(op *reinstall.Operation) { op.Making = &reinstall.BackupImage{Stage: reinstall.ImageMaking} }}, reinstall.Proposed, nil},
		"one whose seat another has taken":        {reinstall.Person{ID: "U0DEE"}, []func(*reinstall.Operation){seats, bobSits, backedUp}, reinstall.Proposed, nil},
		"one whose seat is free":                  {reinstall.Person{ID: "U0CHO"}, []func(*reinstall.Operation){seats, bobSits, backedUp}, reinstall.Proposed, []string{"approval"}},
		"an approver, while it is on hold":        {reinstall.Person{ID: "U0BOB"}, nil, reinstall.Held, nil},
		"an approver, while the countdown runs":   {reinstall.Person{ID: "U0BOB"}, nil, reinstall.Ready, nil},
		"a second account of the proposer's":      {reinstall.Person{ID: "U0BOB", Email: "ann+b@home.example"}, []func(*reinstall.Operation){func(op *reinstall.Operation) { op.ProposerMail = reinstall.Person{Email: "ann@home.example"}.Mailbox() }, backedUp}, reinstall.Proposed, nil},
		"an approval on another plan counts none": {reinstall.Person{ID: "U0BOB"}, []func(*reinstall.Operation){approved, func(op *reinstall.Operation) { op.Print = "beef" }}, reinstall.Proposed, []string{"approval", "backup confirmation"}},
	} {
		got, err := (&Lookup{chat: unasked{}}).owed(context.Background(), c.who, Entry{Recs: []port.Record{{Op: proposalOf(c.state, c.change...)}}})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
	}
}
