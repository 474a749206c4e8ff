package proposals

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

var (
	noon   = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)
	errOff = errors.New("the memory is away")
)

// shelf is a memory of a few records that notes what it is asked, and fails at one
// of its questions.
type shelf struct {
	Store
	recs    map[string]port.Record
	history map[string][]port.Record // of an instance
	ended   []port.Record
	freeze  *model.Freeze
	fails   string
	asked   []string
}

func (s *shelf) answer(question string) error {
	s.asked = append(s.asked, question)
	if s.fails == question {
		return errOff
	}
	return nil
}

func (s *shelf) Load(_ context.Context, id string) (port.Record, error) {
	if err := s.answer("load " + id); err != nil {
		return port.Record{}, err
	}
	rec, ok := s.recs[id]
	if !ok {
		return port.Record{}, port.ErrNotFound
	}
	return rec, nil
}

func (s *shelf) History(_ context.Context, ref model.Ref, _ int) ([]port.Record, error) {
	return s.history[ref.Instance], s.answer("history " + ref.Instance)
}

func (s *shelf) Ended(context.Context, int) ([]port.Record, error) {
	return s.ended, s.answer("ended")
}

func (s *shelf) Frozen(context.Context) (*model.Freeze, error) {
	return s.freeze, s.answer("frozen")
}

func loaderOn(s *shelf) *Loader {
	accounts := []model.Account{{Name: "main", Currency: "CNY"}, {Name: "abroad", Currency: "USD"}}
	policy := model.Policy{Accounts: accounts}
	return NewLoader(s, func() model.Policy { return policy }, func() time.Time { return noon })
}

// recordOf is a proposal for one machine, in a state, whose call left ten minutes
// ago, if it left.
func recordOf(id string, state reinstall.State) port.Record {
	op := reinstall.Operation{
		ID: id, State: state, Channel: "C0INFRA", Proposer: "U0ANN", Fingerprint: "f00d",
		ProposedAt: noon.Add(-time.Hour), Expires: noon.Add(time.Hour),
	}
	op.Plan.Ref, op.Plan.Name = model.Ref{Account: "main", Region: "ap-guangzhou", Instance: "ins-" + id}, "web-"+id
	op.Plan.Family, op.Plan.Terms.Approvals = model.Linux, 1
	if state == reinstall.Armed || state == reinstall.Sent || state == reinstall.Done {
		op.Arming = &reinstall.Arming{At: noon.Add(-10 * time.Minute)}
	}
	if state.Ended() {
		op.End = &reinstall.End{At: noon}
	}
	return port.Record{Op: op, Rev: 3}
}

// tookOf is an ended proposal whose reset took that long.
func tookOf(id string, long time.Duration) port.Record {
	rec := recordOf(id, reinstall.Done)
	rec.Op.Arming.At = rec.Op.End.At.Add(-long)
	return rec
}

// together makes one proposal of records.
func together(s *shelf, recs ...port.Record) {
	var ids []string
	for _, r := range recs {
		ids = append(ids, r.Op.ID)
	}
	s.recs = map[string]port.Record{}
	for i, r := range recs {
		if r.Op.State != reinstall.Tampered { // of which nothing is known
			r.Op.Batch = &reinstall.Batch{Members: ids, Index: i, Round: 2}
		}
		s.recs[r.Op.ID] = r
	}
}

// A freeze stands on what may still go out, and nobody asks for it for what has ended.
func TestAFreezeStandsOnOpenCardsAlone(t *testing.T) {
	for state, open := range map[reinstall.State]bool{
		reinstall.Proposed: true, reinstall.Ready: true, reinstall.Held: true,
		reinstall.Done: false, reinstall.Rejected: false, reinstall.Expired: false,
	} {
		s := &shelf{freeze: &model.Freeze{By: "U0LEA", Why: "the audit runs", When: noon}}
		card, err := loaderOn(s).Draw(t.Context(), recordOf("7K3Q", state))
		if err != nil {
			t.Fatalf("%s: %v", state, err)
		}
		shown := slices.ContainsFunc(card.Lines, func(f view.Text) bool {
			return strings.Contains(f.String(), "the audit runs")
		})
		if shown != open {
			t.Errorf("%s: the freeze is shown: %v", state, shown)
		}
		if asked := slices.Contains(s.asked, "frozen"); asked != open {
			t.Errorf("%s: the freeze was asked for: %v", state, asked)
		}
	}
}

// A card that leaves something out would lie: what cannot be read draws no card.
func TestWhatCannotBeReadDrawsNoCard(t *testing.T) {
	running, open := recordOf("7K3Q", reinstall.Sent), recordOf("7K3Q", reinstall.Proposed)
	for fails, rec := range map[string]port.Record{"frozen": open, "history ins-7K3Q": running, "ended": running} {
		s := &shelf{fails: fails}
		if card, err := loaderOn(s).Draw(t.Context(), rec); !errors.Is(err, errOff) || card.ID != "" {
			t.Errorf("without %q: card %q, error %v", fails, card.ID, err)
		}
	}
}

// What runs is compared with the machine's own resets, else with those of others;
// these are read once, however many machines run.
func TestWhatRunsIsComparedWithTheNearestResets(t *testing.T) {
	two := []port.Record{recordOf("7K3Q", reinstall.Sent), recordOf("7K3R", reinstall.Sent)}
	own := map[string][]port.Record{"ins-7K3Q": {tookOf("AAAA", 11*time.Minute)}}
	loads := []string{"load 7K3Q", "load 7K3R", "history ins-7K3Q"}
	for name, c := range map[string]struct {
		recs    []port.Record
		history map[string][]port.Record
		says    string
		asked   []string
	}{
		"a proposal":        {[]port.Record{recordOf("7K3Q", reinstall.Proposed)}, own, "", []string{"frozen"}},
		"its own reset":     {two[:1], own, "usually 11 min", []string{"history ins-7K3Q"}},
		"another machine's": {two[:1], nil, "usually 14 min with this image", []string{"history ins-7K3Q", "ended"}},
		"several, each new": {two, nil, "usually 14 min with this image", append(loads[:3:3], "ended", "history ins-7K3R")},
		"several, one knows": {two, own, "usually 11 min", append(loads[:3:3], "history ins-7K3R",
			"ended")},
	} {
		s := &shelf{history: c.history, ended: []port.Record{tookOf("BBBB", 14*time.Minute)}}
		of := c.recs[0]
		if len(c.recs) > 1 {
			together(s, c.recs...)
			of = s.recs[of.Op.ID]
		}
		card, err := loaderOn(s).Draw(t.Context(), of)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var lines []string
		for _, l := range card.Lines {
			if !strings.Contains(l.String(), "▱") {
				continue
			}
			lines = append(lines, l.String())
		}
		if said := strings.Join(lines, "\n"); !strings.Contains(said, c.says) || (said == "") != (c.says == "") {
			t.Errorf("%s: %q does not say %q", name, said, c.says)
		}
		if !slices.Equal(s.asked, c.asked) {
			t.Errorf("%s: asked %q, not %q", name, s.asked, c.asked)
		}
	}
}

func TestAllMachinesOfAProposalAreReadInTheirOrder(t *testing.T) {
	s := &shelf{}
	changed := recordOf("7K3R", reinstall.Tampered)
	together(s, recordOf("7K3Q", reinstall.Proposed), changed, recordOf("7K3S", reinstall.Proposed))
	recs, err := loaderOn(s).All(t.Context(), s.recs["7K3S"])
	if err != nil {
		t.Fatal(err)
	}
	for i, id := range []string{"7K3Q", "7K3R", "7K3S"} {
		op := recs[i].Op
		if op.ID != id || op.LeadID() != "7K3Q" || op.Batch.Index != i || op.Round() != 2 {
			t.Errorf("machine %d is %s of %s, at %+v", i, op.ID, op.LeadID(), op.Batch)
		}
	}
	if s.recs["7K3R"].Op.Batch != nil {
		t.Error("what the others know was written into the record")
	}
}

func TestAProposalThatIsNotWholeIsNotRead(t *testing.T) {
	s := &shelf{}
	together(s, recordOf("7K3Q", reinstall.Proposed), recordOf("7K3R", reinstall.Proposed))
	of := s.recs["7K3Q"]
	delete(s.recs, "7K3R")
	recs, err := loaderOn(s).All(t.Context(), of)
	if recs != nil || !port.IsNotFound(err) || !strings.Contains(err.Error(), "7K3R") {
		t.Errorf("%d records, error %v", len(recs), err)
	}
}

func TestOneMachineIsItsOwnProposal(t *testing.T) {
	s, rec := &shelf{}, recordOf("7K3Q", reinstall.Proposed)
	recs, err := loaderOn(s).All(t.Context(), rec)
	if err != nil || len(recs) != 1 || recs[0].Op.ID != "7K3Q" {
		t.Errorf("%d records, error %v", len(recs), err)
	}
	lead, err := loaderOn(s).LeadOf(t.Context(), rec)
	if err != nil || lead.Op.ID != "7K3Q" || len(s.asked) > 0 {
		t.Errorf("%s leads, error %v, asked %q", lead.Op.ID, err, s.asked)
	}
}

func TestTheFirstMachineLeads(t *testing.T) {
	s := &shelf{}
	together(s, recordOf("7K3Q", reinstall.Proposed), recordOf("7K3R", reinstall.Proposed))
	for id, rec := range s.recs {
		if lead, err := loaderOn(s).LeadOf(t.Context(), rec); err != nil || lead.Op.ID != "7K3Q" {
			t.Errorf("%s is led by %s, error %v", id, lead.Op.ID, err)
		}
	}
}

// A click on a button that the card shows no longer is answered so. A stop is not:
// whoever wants to stop what is open may do so.
func TestAButtonIsGoneWhenTheCardShowsItNoLonger(t *testing.T) {
	for _, c := range []struct {
		verb  string
		state reinstall.State
		fails string
		gone  bool
	}{
		{model.VerbApprove, reinstall.Proposed, "", false},
		{model.VerbApprove, reinstall.Ready, "", true},
		{model.VerbApprove, reinstall.Rejected, "", true},
		{model.VerbHold, reinstall.Ready, "", false},
		{model.VerbHold, reinstall.Held, "", true},
		{model.VerbResume, reinstall.Held, "", false},
		{model.VerbReject, reinstall.Ready, "", false},
		{model.VerbCancel, reinstall.Sent, "", true},
		{model.VerbReject, reinstall.Done, "", true},
		{model.VerbCancel, reinstall.Sent, "history ins-7K3Q", false}, // nobody knows: the rules decide
	} {
		s := &shelf{fails: c.fails}
		if gone := loaderOn(s).ButtonGone(t.Context(), c.verb, recordOf("7K3Q", c.state)); gone != c.gone {
			t.Errorf("%s on %s is gone: %v", c.verb, c.state, gone)
		}
	}
}

func TestAnAccountHasItsCurrency(t *testing.T) {
	l := loaderOn(&shelf{})
	for account, want := range map[string]string{"main": "CNY", "abroad": "USD", "of yesterday": ""} {
		if got := l.currencyOf(account); got != want {
			t.Errorf("%s: %q, not %q", account, got, want)
		}
	}
}
