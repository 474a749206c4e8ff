package screen

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

var Noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// ProposalOf is an operation whose approvers are Bob and Cho.
func ProposalOf(id string, state reinstall.State, change ...func(*oper)) oper {
	op := oper{
		ID: id, State: state, Channel: "C0INFRA", Proposer: "U0ANN", Fingerprint: "f00d", ProposedAt: Noon,
		Expires: Noon.Add(time.Hour),
		Plan: model.Plan{Name: "web-" + id, Ref: model.Ref{
			Account: "main", Region: "ap-guangzhou",
			Instance: "ins-1a2b3c4d",
		}},
	}
	op.Plan.Terms.Approvals, op.Plan.Terms.Backup = 1, true
	op.Plan.Terms.Approvers = model.People{Users: []string{"U0BOB", "U0CHO"}}
	if state.Ended() {
		op.End = &reinstall.End{At: Noon.Add(time.Hour), By: "U0BOB", Why: "the wrong machine, again"}
	}
	for _, c := range change {
		c(&op)
	}
	return op
}

func one(op oper) EntryShown { return EntryShown{Ops: []oper{op}} }

func TestTheListSaysWhatHomeShows(t *testing.T) {
	full := OverviewShown{
		At: Noon, Freeze: &model.Freeze{By: "U0BOB", Why: "network is on fire", When: Noon}, Unsure: true,
		AwaitsApproval: []EntryShown{{Ops: []oper{ProposalOf("7K3Q", reinstall.Proposed)}, Approval: true, Backup: true}},
		AwaitsBackup:   []EntryShown{{Ops: []oper{ProposalOf("EK3Q", reinstall.Proposed)}, Backup: true}},
		Mine:           []EntryShown{one(ProposalOf("8K3Q", reinstall.Held))},
		Running:        []EntryShown{one(ProposalOf("9K3Q", reinstall.Ready)), one(ProposalOf("AK3Q", reinstall.Ready))},
		Others:         []EntryShown{one(ProposalOf("BK3Q", reinstall.Unknown))},
		Last:           []EntryShown{one(ProposalOf("CK3Q", reinstall.Done)), one(ProposalOf("DK3Q", reinstall.Rejected))},
	}
	for name, o := range map[string]OverviewShown{"full": full, "empty": {At: Noon}} {
		h := Home(o)
		list := HomeText(h).String()
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
	if text := HomeText(Home(full)).String(); !strings.Contains(text, "Rejected, asked by @U0ANN") ||
		!strings.Contains(text, "The wrong machine, again.") {
		t.Errorf("why it ended is missing:\n%s", text)
	}
}

func TestWhatIsTooMuchIsCutAndCounted(t *testing.T) {
	var o OverviewShown
	for i := range 300 {
		r := one(ProposalOf(fmt.Sprintf("%04d", i), reinstall.Proposed))
		o.AwaitsApproval, o.Mine, o.Running, o.Others = append(o.AwaitsApproval, r), append(o.Mine, r), append(o.Running, r),
			append(o.Others, r)
	}
	o.Unsure, o.Freeze = true, &model.Freeze{By: "U0BOB", Why: strings.Repeat("fire ", 50), When: Noon}
	h := Home(o)
	for _, s := range h.Sections[:4] {
		if len(s.Rows) != HomeRows || s.More(len(s.Rows)) != "and 285 more" {
			t.Errorf("%s: %d rows, %s", s.Title, len(s.Rows), s.More(len(s.Rows)))
		}
	}
	list := HomeText(h)
	size := 0
	for _, s := range list { // as chat counts
		size += max(utf8.RuneCountInString(s.Text), 0)
		if s.Kind == view.User || s.Kind == view.Time {
			size += 20
		}
	}
	if words := list.String(); size > 3000 ||
		!strings.Contains(words, "more; /reinstall show ID and /reinstall history INSTANCE tell of each") ||
		!strings.Contains(words, "Nothing has ended yet.") {
		t.Errorf("%d characters:\n%s", size, words)
	}
}

func TestSeveralMachinesOfOneProposalAreOneRow(t *testing.T) {
	all := []string{"7K3Q", "8K3Q", "9K3Q"}
	var e EntryShown
	for i, id := range all[1:] { // the first is done
		e.Ops = append(e.Ops, ProposalOf(id, reinstall.Proposed,
			func(op *oper) { op.Batch = &reinstall.Batch{Members: all, Index: i + 1} }))
	}
	got := liveRow(e).String()
	if want := "7K3Q 2 of 3 machines: web-8K3Q, web-9K3Q: Waiting for keys, asked by @U0ANN"; !strings.HasPrefix(got,
		want) {
		t.Errorf("%s", got)
	}
}

// Home asks what the card asks, word for word, and says first what the card says first.
func TestApproveOnHomeIsTheCardsButton(t *testing.T) {
	drifted := func(op *oper) {
		op.Recalled = &reinstall.Recalled{At: night, Changes: []model.Change{
			{Name: "tags", Old: "a", New: "b"}, {Name: "image", Old: "c", New: "d"},
		}}
	}
	for name, ops := range map[string][]oper{
		"one":     {webOp(reinstall.Proposed)},
		"in use":  {webOp(reinstall.Proposed, seen)},
		"drifted": {webOp(reinstall.Proposed, drifted)},
		"several": together(webOp(reinstall.Proposed), webOp(reinstall.Proposed, backedUp), webOp(reinstall.Done)),
	} {
		e := EntryShown{Ops: ops, Approval: true, Link: "https://slack.test/1", Ask: ops, Rev: 12}
		row := Home(OverviewShown{At: night, AwaitsApproval: []EntryShown{e}}).Sections[0].Rows[0]
		card, _ := buttonsFor(ops, night)
		want := card[slices.IndexFunc(card, func(b view.Button) bool { return b.Verb == model.VerbApprove })]
		if diff := cmp.Diff(want, row.Approve); diff != "" {
			t.Errorf("%s: -card +home\n%s", name, diff)
		}
		if row.ID != ops[0].ID || row.Rev != 12 {
			t.Errorf("%s: it is bound to %s at %d", name, row.ID, row.Rev)
		}
		var said []string
		for _, l := range row.Lines {
			said = append(said, l.String())
		}
		all := strings.Join(said, "\n")
		for _, w := range []string{"U0ANN", "Lost: all of ", "Then: ", " of use"} {
			if !strings.Contains(all, w) {
				t.Errorf("%s: the row lacks %q:\n%s", name, w, all)
			}
		}
		if name == "drifted" && !strings.Contains(all, "Changed: tags a became b. The card shows all 2.") {
			t.Errorf("%s: the row does not say what changed:\n%s", name, all)
		}
	}
}

// Without all that somebody decides on there is no button.
func TestHomeOffersNoBlindApproval(t *testing.T) {
	ops := many(2, reinstall.Proposed)
	apart := many(2, reinstall.Proposed)
	apart[1].Batch.Round = 1
	for name, e := range map[string]EntryShown{
		"no link to the card":         {Ops: ops, Ask: ops, Approval: true},
		"not all machines were read":  {Ops: ops, Approval: true, Link: "https://slack.test/1"},
		"the machines' rounds differ": {Ops: apart, Ask: apart, Approval: true, Link: "https://slack.test/1"},
		"another approval was quicker": {
			Ops: ops, Ask: many(2, reinstall.Proposed, approvedBy("U0CHO")), Approval: true, Link: "https://slack.test/1",
		},
		"none of them waits any longer": {
			Ops: ops, Ask: many(2, reinstall.Approved), Approval: true, Link: "https://slack.test/1",
		},
	} {
		row := Home(OverviewShown{At: night, AwaitsApproval: []EntryShown{e}}).Sections[0].Rows[0]
		if row.Approve.Label != "" {
			t.Errorf("%s: %+v", name, row.Approve)
		}
	}
}
