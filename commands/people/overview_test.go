package people

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

// unasked is a Slack that nobody asks anything.
type unasked struct{ port.Chat }

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

// proposalOf is one of Ann's in a state, for Bob and Cho to approve.
func proposalOf(state reinstall.State, change ...func(*reinstall.Operation)) reinstall.Operation {
	op := reinstall.Operation{ID: "7K3Q", State: state, Channel: "C0INFRA", Proposer: "U0ANN", Fingerprint: "f00d"}
	op.Plan.Terms.Approvals, op.Plan.Terms.Backup = 1, true
	op.Plan.Terms.Approvers = model.People{Users: []string{"U0BOB", "U0CHO"}}
	for _, c := range change {
		c(&op)
	}
	return op
}

func TestAKeyIsOwedByWhoeverMayTurnItNow(t *testing.T) {
	approved := func(op *reinstall.Operation) {
		op.Approvals = []reinstall.Approval{{
			By: "U0BOB", At: noon, Fingerprint: "f00d",
			Mail: model.Person{Email: "bob@home.example"}.Mailbox(),
		}}
	}
	two := func(op *reinstall.Operation) { op.Plan.Terms.Approvals = 2 }
	backedUp := func(op *reinstall.Operation) { op.Backup = &reinstall.BackupKey{By: "U0ANN", Fingerprint: "f00d"} }
	seats := func(op *reinstall.Operation) {
		op.Plan.Terms.Quorum = []model.Seat{
			{Approvals: 1, People: model.People{Users: []string{"U0BOB", "U0DEE"}}},
			{Approvals: 1, People: model.People{Users: []string{"U0CHO"}}},
		}
		op.Plan.Terms.Approvals = 2
		op.Plan.Terms.Approvers.Users = []string{"U0BOB", "U0CHO", "U0DEE"}
	}
	bobSits := func(op *reinstall.Operation) { approved(op); op.Approvals[0].Seats = []int{0} }
	for name, c := range map[string]struct {
		who    model.Person
		change []func(*reinstall.Operation)
		state  reinstall.State
		want   []string
	}{
		"an approver": {
			model.Person{ID: "U0BOB"},
			nil, reinstall.Proposed,
			[]string{"approval", "backup confirmation"},
		},
		"the proposer": {
			model.Person{ID: "U0ANN"},
			nil, reinstall.Proposed,
			[]string{"backup confirmation"},
		},
		"somebody else": {model.Person{ID: "U0DEE"}, nil, reinstall.Proposed, nil},
		"an approver who is the proposer": {
			model.Person{ID: "U0BOB"},
			[]func(*reinstall.Operation){func(op *reinstall.Operation) { op.Proposer = "U0BOB" }},
			reinstall.Proposed,
			[]string{"backup confirmation"},
		},
		"who has approved": {
			model.Person{ID: "U0BOB"},
			[]func(*reinstall.Operation){approved, two},
			reinstall.Proposed,
			[]string{"backup confirmation"},
		},
		"the second approver": {
			model.Person{ID: "U0CHO"},
			[]func(*reinstall.Operation){approved, two},
			reinstall.Proposed,
			[]string{"approval", "backup confirmation"},
		},
		"an approver too many": {
			model.Person{ID: "U0CHO"},
			[]func(*reinstall.Operation){approved},
			reinstall.Proposed,
			[]string{"backup confirmation"},
		},
		"a second account of who has approved": {
			model.Person{ID: "U0CHO", Email: "bob+2@home.example"},
			[]func(*reinstall.Operation){approved, two, backedUp},
			reinstall.Proposed, nil,
		},
		"the backup is there": {
			model.Person{ID: "U0BOB"},
			[]func(*reinstall.Operation){backedUp},
			reinstall.Proposed,
			[]string{"approval"},
		},
		"the backup is being made": {
			model.Person{ID: "U0ANN"},
			[]func(*reinstall.Operation){func(op *reinstall.Operation) { op.Making = &reinstall.BackupImage{Stage: reinstall.ImageMaking} }},
			reinstall.Proposed, nil,
		},
		"one whose seat another has taken": {
			model.Person{ID: "U0DEE"},
			[]func(*reinstall.Operation){seats, bobSits, backedUp},
			reinstall.Proposed, nil,
		},
		"one whose seat is free": {
			model.Person{ID: "U0CHO"},
			[]func(*reinstall.Operation){seats, bobSits, backedUp},
			reinstall.Proposed,
			[]string{"approval"},
		},
		"an approver, while it is on hold":      {model.Person{ID: "U0BOB"}, nil, reinstall.Held, nil},
		"an approver, while the countdown runs": {model.Person{ID: "U0BOB"}, nil, reinstall.Ready, nil},
		"a second account of the proposer's": {
			model.Person{ID: "U0BOB", Email: "ann+b@home.example"},
			[]func(*reinstall.Operation){func(op *reinstall.Operation) { op.ProposerMail = model.Person{Email: "ann@home.example"}.Mailbox() }, backedUp},
			reinstall.Proposed, nil,
		},
		"an approval on another plan counts none": {
			model.Person{ID: "U0BOB"},
			[]func(*reinstall.Operation){approved, func(op *reinstall.Operation) { op.Fingerprint = "beef" }},
			reinstall.Proposed,
			[]string{"approval", "backup confirmation"},
		},
	} {
		got, err := (&Lookup{chat: unasked{}}).keysFor(context.Background(), c.who,
			Entry{Recs: []port.Record{{Op: proposalOf(c.state, c.change...)}}})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
	}
}

// What is live stands where it belongs to whoever looks; what may be hidden from
// them is left out, and said to be unsure if that could not be found out.
func TestAnOverviewSortsWhatSomebodySees(t *testing.T) {
	entry := func(id, channel string, state reinstall.State) Entry {
		op := proposalOf(state, func(op *reinstall.Operation) { op.ID, op.Channel = id, channel })
		return Entry{Recs: []port.Record{{Op: op}}}
	}
	p := LiveState{live: []Entry{
		entry("OPEN", "C0INFRA", reinstall.Proposed), entry("RUNS", "C0INFRA", reinstall.Sent),
		entry("HELD", "C0INFRA", reinstall.Held),
	}}
	for range lastTen + 2 {
		p.ended = append(p.ended, entry("ENDS", "C0INFRA", reinstall.Done).Recs...)
	}
	for name, c := range map[string]struct {
		user, fails                       string
		turn, mine, running, others, last string
		unsure                            bool
	}{
		"the proposer":        {"U0ANN", "", "OPEN", "OPEN RUNS HELD", "RUNS", "", "ten", false},
		"an approver":         {"U0BOB", "", "OPEN", "", "RUNS", "HELD", "ten", false},
		"one in the channel":  {"U0IDA", "", "", "", "RUNS", "OPEN HELD", "ten", false},
		"somebody else":       {"U0DEE", "", "", "", "", "", "none", false},
		"nobody can say":      {"U0DEE", "channel", "", "", "", "", "none", true},
		"an approver for all": {"U0BOB", "channel", "OPEN", "", "RUNS", "HELD", "ten", false},
	} {
		l, _ := asked(t, c.fails)
		o := l.OverviewFor(t.Context(), p, model.Person{ID: c.user})
		for what, both := range map[string][2]string{
			"turn": {ids(o.AwaitsKey), c.turn}, "mine": {ids(o.Mine), c.mine},
			"running": {ids(o.Running), c.running}, "others": {ids(o.Others), c.others},
		} {
			if both[0] != both[1] {
				t.Errorf("%s, %s: %q, not %q", name, what, both[0], both[1])
			}
		}
		if want := map[string]int{"ten": lastTen, "none": 0}[c.last]; len(o.Last) != want {
			t.Errorf("%s: %d that ended", name, len(o.Last))
		}
		if o.Unsure != c.unsure {
			t.Errorf("%s: unsure %v", name, o.Unsure)
		}
	}
}

func ids(es []Entry) string {
	var out []string
	for _, e := range es {
		out = append(out, e.First().ID)
	}
	return strings.Join(out, " ")
}

// Several machines of one proposal are one entry, in their order.
func TestMachinesOfOneProposalAreOneEntry(t *testing.T) {
	l, alone := asked(t, "")
	members := []string{"", ""}
	refs := make([]model.Ref, len(members))
	for i := range members {
		refs[i] = model.Ref{Account: "main", Region: "ap-guangzhou", Instance: "ins-0000000" + string(rune('2'+i))}
		members[i] = l.store.(port.Records).NewID(refs[i])
	}
	for i := range members {
		op := proposalOf(reinstall.Proposed, func(op *reinstall.Operation) {
			op.ID, op.Plan.Ref, op.ProposedAt = members[i], refs[i], noon.Add(time.Minute)
			op.Batch = &reinstall.Batch{Item: "x", Members: members, Index: i}
		})
		made := port.Change{Op: op, Command: "make " + op.ID, By: "U0ANN", What: "proposed", WakeAfter: port.Never}
		if _, err := l.store.(port.Records).Create(t.Context(), made); err != nil {
			t.Fatal(err)
		}
	}
	p, err := l.ReadLive(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if want := alone.ID + " " + members[0]; ids(p.live) != want {
		t.Fatalf("%q, not %q", ids(p.live), want)
	}
	for i, r := range p.live[1].Recs {
		if r.Op.ID != members[i] {
			t.Errorf("machine %d is %s", i, r.Op.ID)
		}
	}
}

func TestOnlyFullMembersMayLook(t *testing.T) {
	for _, c := range []struct {
		user, fails string
		may         bool
	}{
		{"U0DEE", "", true},
		{"U0GUS", "", false},
		{"U0BOT", "", false},
		{"U0REX", "", false},
		{"U0DEE", "person", false},
	} {
		l, _ := asked(t, c.fails)
		if _, no := l.CheckMayLook(t.Context(), c.user, "Nothing is shown here"); (no == nil) != c.may {
			t.Errorf("%s without %q: %v", c.user, c.fails, no)
		}
	}
}
