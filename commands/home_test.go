package commands

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"twokey/commands/reinstall"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// proposalOf is an operation whose approvers are Bob and Cho.
func proposalOf(id string, state reinstall.State, change ...func(*oper)) oper {
	op := oper{
		ID: id, State: state, Channel: "C0INFRA", Proposer: "U0ANN", Print: "f00d", ProposedAt: noon, Expires: noon.Add(time.Hour),
		Plan: reinstall.Plan{Name: "web-" + id, Ref: reinstall.Ref{Account: "main", Region: "ap-guangzhou", Instance: "ins-1a2b3c4d"}},
	}
	op.Plan.Terms.Approvals, op.Plan.Terms.Backup = 1, true
	op.Plan.Terms.Approvers = reinstall.People{Users: []string{"U0BOB", "U0CHO"}}
	if state.Ended() {
		op.End = &reinstall.End{At: noon.Add(time.Hour), By: "U0BOB", Why: "the wrong machine, again"}
	}
	for _, c := range change {
		c(&op)
	}
	return op
}

// unasked is a Slack that nobody asks anything.
type unasked struct{ Chat }

func one(op oper) entryShown { return entryShown{Ops: []oper{op}} }

func TestTheListSaysWhatHomeShows(t *testing.T) {
	full := overviewShown{
		At: noon, Freeze: &Freeze{By: "U0BOB", Why: "network is on fire", When: noon}, Unsure: true,
		Turn:    []entryShown{{Ops: []oper{proposalOf("7K3Q", reinstall.Proposed)}, Owed: []string{"approval", "backup confirmation"}}},
		Mine:    []entryShown{one(proposalOf("8K3Q", reinstall.Held))},
		Running: []entryShown{one(proposalOf("9K3Q", reinstall.Ready)), one(proposalOf("AK3Q", reinstall.Ready))},
		Others:  []entryShown{one(proposalOf("BK3Q", reinstall.Unknown))},
		Last:    []entryShown{one(proposalOf("CK3Q", reinstall.Done)), one(proposalOf("DK3Q", reinstall.Rejected))},
	}
	for name, o := range map[string]overviewShown{"full": full, "empty": {At: noon}} {
		h := home(o)
		list := homeText(h).String()
		var want []string
		for _, a := range h.Alerts {
			want = append(want, a.String())
		}
		for _, s := range h.Sections {
			if s.Total == 0 {
				want = append(want, s.Empty)
				continue
			}
			want = append(want, s.Title)
			for _, r := range s.Rows {
				want = append(want, r.Text.String())
			}
		}
		at := 0
		for _, w := range want {
			i := strings.Index(list[at:], w)
			if w == "" || i < 0 {
				t.Errorf("%s: %q is not on the list, or in another order:\n%s", name, w, list)
				continue
			}
			at += i + len(w)
		}
	}
	if text := homeText(home(full)).String(); !strings.Contains(text, "Rejected, asked by @U0ANN") || !strings.Contains(text, "The wrong machine, again.") {
		t.Errorf("why it ended is missing:\n%s", text)
	}
}

func TestWhatIsTooMuchIsCutAndCounted(t *testing.T) {
	var o overviewShown
	for i := range 300 {
		r := one(proposalOf(fmt.Sprintf("%04d", i), reinstall.Proposed))
		o.Turn, o.Mine, o.Running, o.Others = append(o.Turn, r), append(o.Mine, r), append(o.Running, r), append(o.Others, r)
	}
	o.Unsure, o.Freeze = true, &Freeze{By: "U0BOB", Why: strings.Repeat("fire ", 50), When: noon}
	h := home(o)
	for _, s := range h.Sections[:4] {
		if len(s.Rows) != homeRows || s.More(len(s.Rows)) != "and 285 more" {
			t.Errorf("%s: %d rows, %s", s.Title, len(s.Rows), s.More(len(s.Rows)))
		}
	}
	list := homeText(h)
	size := 0
	for _, s := range list { // as chat counts
		size += max(utf8.RuneCountInString(s.Text), 0)
		if s.Kind == reinstall.User || s.Kind == reinstall.Time {
			size += 20
		}
	}
	if words := list.String(); size > 3000 || !strings.Contains(words, "more; /reinstall show ID and /reinstall history INSTANCE tell of each") || !strings.Contains(words, "Nothing has ended yet.") {
		t.Errorf("%d characters:\n%s", size, words)
	}
}

func TestAKeyIsOwedByWhoeverMayTurnItNow(t *testing.T) {
	approved := func(op *oper) {
		op.Approvals = []reinstall.Approval{{By: "U0BOB", At: noon, Print: "f00d", Mail: reinstall.Person{Email: "bob@home.example"}.Mailbox()}}
	}
	two := func(op *oper) { op.Plan.Terms.Approvals = 2 }
	backedUp := func(op *oper) { op.Backup = &reinstall.BackupKey{By: "U0ANN", Print: "f00d"} }
	seats := func(op *oper) {
		op.Plan.Terms.Quorum = []reinstall.Seat{
			{Approvals: 1, People: reinstall.People{Users: []string{"U0BOB", "U0DEE"}}}, {Approvals: 1, People: reinstall.People{Users: []string{"U0CHO"}}},
		}
		op.Plan.Terms.Approvals = 2
		op.Plan.Terms.Approvers.Users = []string{"U0BOB", "U0CHO", "U0DEE"}
	}
	bobSits := func(op *oper) { approved(op); op.Approvals[0].Seats = []int{0} }
	for name, c := range map[string]struct {
		who    reinstall.Person
		change []func(*oper)
		state  reinstall.State
		want   []string
	}{
		"an approver":                             {reinstall.Person{ID: "U0BOB"}, nil, reinstall.Proposed, []string{"approval", "backup confirmation"}},
		"the proposer":                            {reinstall.Person{ID: "U0ANN"}, nil, reinstall.Proposed, []string{"backup confirmation"}},
		"somebody else":                           {reinstall.Person{ID: "U0DEE"}, nil, reinstall.Proposed, nil},
		"an approver who is the proposer":         {reinstall.Person{ID: "U0BOB"}, []func(*oper){func(op *oper) { op.Proposer = "U0BOB" }}, reinstall.Proposed, []string{"backup confirmation"}},
		"who has approved":                        {reinstall.Person{ID: "U0BOB"}, []func(*oper){approved, two}, reinstall.Proposed, []string{"backup confirmation"}},
		"the second approver":                     {reinstall.Person{ID: "U0CHO"}, []func(*oper){approved, two}, reinstall.Proposed, []string{"approval", "backup confirmation"}},
		"an approver too many":                    {reinstall.Person{ID: "U0CHO"}, []func(*oper){approved}, reinstall.Proposed, []string{"backup confirmation"}},
		"a second account of who has approved":    {reinstall.Person{ID: "U0CHO", Email: "bob+2@home.example"}, []func(*oper){approved, two, backedUp}, reinstall.Proposed, nil},
		"the backup is there":                     {reinstall.Person{ID: "U0BOB"}, []func(*oper){backedUp}, reinstall.Proposed, []string{"approval"}},
		"the backup is being made":                {reinstall.Person{ID: "U0ANN"}, []func(*oper){func(op *oper) { op.Making = &reinstall.BackupImage{Stage: reinstall.ImageMaking} }}, reinstall.Proposed, nil},
		"one whose seat another has taken":        {reinstall.Person{ID: "U0DEE"}, []func(*oper){seats, bobSits, backedUp}, reinstall.Proposed, nil},
		"one whose seat is free":                  {reinstall.Person{ID: "U0CHO"}, []func(*oper){seats, bobSits, backedUp}, reinstall.Proposed, []string{"approval"}},
		"an approver, while it is on hold":        {reinstall.Person{ID: "U0BOB"}, nil, reinstall.Held, nil},
		"an approver, while the countdown runs":   {reinstall.Person{ID: "U0BOB"}, nil, reinstall.Ready, nil},
		"a second account of the proposer's":      {reinstall.Person{ID: "U0BOB", Email: "ann+b@home.example"}, []func(*oper){func(op *oper) { op.ProposerMail = reinstall.Person{Email: "ann@home.example"}.Mailbox() }, backedUp}, reinstall.Proposed, nil},
		"an approval on another plan counts none": {reinstall.Person{ID: "U0BOB"}, []func(*oper){approved, func(op *oper) { op.Print = "beef" }}, reinstall.Proposed, []string{"approval", "backup confirmation"}},
	} {
		got, err := (&Desk{chat: unasked{}}).owed(context.Background(), c.who, entry{recs: []Record{{Op: proposalOf("7K3Q", c.state, c.change...)}}})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
	}
}

func TestSeveralMachinesOfOneProposalAreOneRow(t *testing.T) {
	all := []string{"7K3Q", "8K3Q", "9K3Q"}
	var e entryShown
	for i, id := range all[1:] { // the first is done
		e.Ops = append(e.Ops, proposalOf(id, reinstall.Proposed, func(op *oper) { op.Batch = &reinstall.Batch{Members: all, Index: i + 1} }))
	}
	got := liveRow(e).String()
	if want := "7K3Q 2 of 3 machines: web-8K3Q, web-9K3Q: Waiting for keys, asked by @U0ANN"; !strings.HasPrefix(got, want) {
		t.Errorf("%s", got)
	}
}
