package people

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"testing"
	"time"

	"twokey/commands/port"
	inmemory "twokey/commands/port/memory"
	"twokey/commands/proposals"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

var errAway = errors.New("Slack is away")

// directory is a Slack that knows some people, one group and one channel, and fails
// at one of its questions: person, members or channel.
type directory struct {
	port.Chat
	fails string
}

func (d directory) answer(question string) error {
	if d.fails == question {
		return errAway
	}
	return nil
}

func (d directory) Person(_ context.Context, user string) (model.Person, error) {
	p := model.Person{ID: user, Guest: user == "U0GUS", Bot: user == "U0BOT", Deleted: user == "U0REX"}
	return p, d.answer("person")
}

func (d directory) PersonNow(ctx context.Context, user string) (model.Person, error) {
	return d.Person(ctx, user)
}

func (d directory) Members(context.Context, string) ([]string, error) {
	if err := d.answer("members"); err != nil {
		return nil, err
	}
	return []string{"U0CHO"}, nil
}

func (d directory) InChannel(context.Context, string) ([]string, error) {
	if err := d.answer("channel"); err != nil {
		return nil, err
	}
	return []string{"U0ANN", "U0IDA"}, nil
}

// asked is a Lookup with one proposal: Ann's, in a channel where Ida is too, for Bob
// and the group with Cho to approve. Dee has nothing to do with it.
func asked(t *testing.T, fails string) (l *Lookup, op reinstall.Operation) {
	t.Helper()
	at := time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)
	clock := func() time.Time { return at }
	policy := func() model.Policy {
		return model.Policy{
			Channels:  []string{"C0INFRA"},
			Proposers: model.People{Users: []string{"U0PIA"}, Groups: []string{"S0ONCALL"}},
			Approvers: model.People{Users: []string{"U0NEW"}},
		}
	}
	s := inmemory.New(clock).Open()
	op = proposalOf(reinstall.Proposed, func(op *reinstall.Operation) {
		op.Plan.Ref = model.Ref{Account: "main", Region: "ap-guangzhou", Instance: "ins-00000001"}
		op.ID = s.NewID(op.Plan.Ref)
		op.Plan.Terms.Approvers = model.People{Users: []string{"U0BOB"}, Groups: []string{"S0ONCALL"}}
	})
	made := port.Change{Op: op, Command: "make", By: "U0ANN", What: "proposed", WakeAfter: port.Never}
	if _, err := s.Create(t.Context(), made); err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	return New(Config{
		Store: s, Chat: directory{fails: fails}, Policy: policy, Now: clock,
		Proposals: proposals.NewLoader(s, policy, clock), Log: log,
		Count: func(string, ...string) {}, Faults: port.NewFaultLog(log, clock),
	}), op
}

// verdict is what the gate says, in a word.
func verdict(err error) string {
	switch {
	case err == nil:
		return "answered"
	case errors.Is(err, errUnasked):
		return "unasked"
	case port.AsRefusal(err) != nil:
		return "refused"
	}
	return err.Error()
}

const elsewhere = "C0OTHER"

// What Slack cannot say counts as no, and is called so: nobody is refused for good
// by a question that failed.
func TestTheGateAnswersWhoeverMaySee(t *testing.T) {
	for _, c := range []struct {
		verb, user, channel, fails, want string
	}{
		{model.VerbHelp, "U0GUS", elsewhere, "person", "answered"},
		{model.VerbList, "U0DEE", elsewhere, "", "answered"},
		{model.VerbList, "U0GUS", "C0INFRA", "", "refused"},
		{model.VerbList, "U0BOT", "C0INFRA", "", "refused"},
		{model.VerbList, "U0REX", "C0INFRA", "", "refused"},
		{model.VerbList, "U0DEE", elsewhere, "person", "unasked"},
		{"dance", "U0ANN", "C0INFRA", "", "refused"},

		{model.VerbShow, "U0DEE", "C0INFRA", "channel", "answered"}, // before their eyes
		{model.VerbShow, "U0ANN", elsewhere, "members", "answered"}, // their own
		{model.VerbShow, "U0BOB", elsewhere, "channel", "answered"},
		{model.VerbShow, "U0CHO", elsewhere, "channel", "answered"},
		{model.VerbShow, "U0IDA", elsewhere, "members", "answered"},
		{model.VerbShow, "U0DEE", elsewhere, "", "refused"},
		{model.VerbShow, "U0DEE", "", "", "refused"},
		{model.VerbShow, "U0CHO", elsewhere, "members", "unasked"},
		{model.VerbShow, "U0DEE", elsewhere, "channel", "unasked"},
		{model.VerbShow, "U0GUS", "C0INFRA", "", "refused"},

		{model.VerbApprove, "U0NEW", elsewhere, "", "refused"}, // the plan names them not
		{model.VerbResolve, "U0NEW", elsewhere, "", "answered"},
		{model.VerbHold, "U0CHO", elsewhere, "members", "unasked"},
		{model.VerbHold, "U0DEE", elsewhere, "channel", "refused"},

		{model.VerbCheck, "U0DEE", "C0INFRA", "", "answered"},
		{model.VerbCheck, "U0NEW", elsewhere, "", "answered"},
		{model.VerbCheck, "U0PIA", elsewhere, "channel", "answered"},
		{model.VerbCheck, "U0CHO", elsewhere, "", "answered"},
		{model.VerbCheck, "U0IDA", elsewhere, "", "answered"},
		{model.VerbCheck, "U0DEE", elsewhere, "", "refused"},
		{model.VerbCheck, "U0DEE", elsewhere, "channel", "unasked"},
		{model.VerbCheck, "U0DEE", elsewhere, "members", "unasked"},
	} {
		l, op := asked(t, c.fails)
		err := l.Gate(t.Context(), asker{user: c.user, Verb: c.verb, op: op.ID, At: c.channel})
		if got := verdict(err); got != c.want {
			t.Errorf("%s by %s in %q, without %q: %s, not %s", c.verb, c.user, c.channel, c.fails, got, c.want)
		}
	}
}

// Whoever may not see a proposal reads what they would read if there were none.
func TestARefusalDoesNotShowWhetherThereIsAProposal(t *testing.T) {
	l, op := asked(t, "")
	gate := func(id string) *model.Refusal {
		a := asker{user: "U0DEE", Verb: model.VerbShow, op: id, At: elsewhere}
		return port.AsRefusal(l.Gate(t.Context(), a))
	}
	there, none := gate(op.ID), gate("0000")
	if there == nil || none == nil {
		t.Fatal("one of them is answered")
	}
	if want := NoSuchProposal(model.VerbShow, op.ID); there.Why != want.Why || there.Next != want.Next {
		t.Errorf("it is there: %v", there)
	}
	if want := NoSuchProposal(model.VerbShow, "0000"); none.Why != want.Why || none.Next != want.Next {
		t.Errorf("it is not there: %v", none)
	}
}

// A stop does not wait for Slack: what Slack cannot say is left to the stop itself.
func TestOnlyAStopPassesWithoutSlack(t *testing.T) {
	for verb, want := range map[string]string{
		model.VerbHold: "answered", model.VerbCancel: "answered", model.VerbReject: "answered",
		model.VerbApprove: "unasked", model.VerbResume: "unasked", model.VerbBackup: "unasked",
	} {
		l, op := asked(t, "person")
		it := port.Item{Verb: verb, User: "U0BOB", Op: op.ID, Channel: elsewhere}
		if got := verdict(l.CheckStored(t.Context(), it)); got != want {
			t.Errorf("%s: %s, not %s", verb, got, want)
		}
	}
	l, op := asked(t, "")
	err := l.CheckStored(t.Context(), port.Item{Verb: model.VerbHold, User: "U0GUS", Op: op.ID, Channel: "C0INFRA"})
	if _, at := errors.AsType[AtGate](err); !at {
		t.Errorf("a guest's stop: %v", err)
	}
}

func TestWhatTheGateSaysIsWorded(t *testing.T) {
	l, _ := asked(t, "")
	refusal := model.Refuse("Not shown", "it is not yours", "Ask Ann")
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"a refusal":              {refusal, "it is not yours"},
		"a refusal at the gate":  {AtGate{refusal}, "it is not yours"},
		"Slack could not say":    {errUnasked, notAsked(model.VerbShow).Why},
		"the memory could not":   {errors.New("EOF"), ""},
		"the memory refuses why": {&port.RefusedError{Why: "Redis is full", Next: "Give it room"}, "Redis is full"},
	} {
		r := l.GateRefusal(model.VerbShow, c.err)
		if r == nil || r.Why == "" || r.Next == "" {
			t.Fatalf("%s: %v", name, r)
		}
		if c.want != "" && r.Why != c.want {
			t.Errorf("%s: %q, not %q", name, r.Why, c.want)
		}
	}
}

// What an answer only mentions is left out where it could not be found out.
func TestWhatIsOnlyMentionedIsShownToWhoeverSeesItForSure(t *testing.T) {
	for _, c := range []struct {
		user, channel, fails string
		reads                bool
		unsure               bool
		sees                 bool
	}{
		{"U0ANN", elsewhere, "channel", true, false, true},
		{"U0IDA", elsewhere, "", true, false, true},
		{"U0BOB", elsewhere, "channel", true, false, true},
		{"U0CHO", elsewhere, "", true, false, true},
		{"U0CHO", elsewhere, "members", false, true, false},
		{"U0DEE", elsewhere, "", false, false, false},
		{"U0DEE", elsewhere, "channel", false, true, false},
		{"U0DEE", "C0INFRA", "channel", false, true, true},
	} {
		l, op := asked(t, c.fails)
		reads, err := l.MayRead(t.Context(), c.user, op)
		if reads != c.reads || (err != nil) != c.unsure {
			t.Errorf("%s without %q may read: %v, %v", c.user, c.fails, reads, err)
		}
		if sees := l.MaySee(t.Context(), port.Item{User: c.user, Channel: c.channel}, op); sees != c.sees {
			t.Errorf("%s in %s without %q sees: %v", c.user, c.channel, c.fails, sees)
		}
	}
}

// Any yes counts; a question that failed matters only if nobody said yes.
func TestWhoMayProposeAndApproveIsReadFromThePolicy(t *testing.T) {
	for _, c := range []struct {
		user, fails        string
		proposer, approver bool
		unread, fault      bool // of the proposers and of the approvers
	}{
		{"U0PIA", "members", true, false, false, true},
		{"U0CHO", "", true, true, false, false},
		{"U0CHO", "members", false, false, true, true},
		{"U0BOB", "members", false, true, true, false},
		{"U0DEE", "", false, false, false, false},
	} {
		l, op := asked(t, c.fails)
		p, err := l.ProposerActor(t.Context(), c.user)
		if p.Proposer != c.proposer || (err != nil) != c.unread {
			t.Errorf("%s without %q proposes: %v, %v", c.user, c.fails, p.Proposer, err)
		}
		s, unread, err := l.ActorOf(t.Context(), c.user, op.Approvers())
		if err != nil || s.Approver != c.approver || (unread != nil) != c.fault {
			t.Errorf("%s without %q approves: %v, unread %v, %v", c.user, c.fails, s.Approver, unread, err)
		}
	}
	l, op := asked(t, "person")
	if s, _, err := l.ActorOf(t.Context(), "U0BOB", op.Approvers()); err == nil || s.Approver {
		t.Errorf("who cannot be named has a standing: %+v, %v", s, err)
	}
}

func TestSeatsAreThoseOfTheirPeople(t *testing.T) {
	quorum := func(op *reinstall.Operation) {
		op.Plan.Terms.Quorum = []model.Seat{
			{Approvals: 1, People: model.People{Users: []string{"U0BOB"}}},
			{Approvals: 1, People: model.People{Groups: []string{"S0ONCALL"}}},
			{Approvals: 1, People: model.People{Users: []string{"U0CHO", "U0BOB"}}},
		}
	}
	for _, c := range []struct {
		user, fails string
		want        []int
		unsure      bool
	}{
		{"U0BOB", "", []int{0, 2}, false},
		{"U0CHO", "", []int{1, 2}, false},
		{"U0DEE", "", nil, false},
		{"U0CHO", "members", []int{2}, true},
		{"U0DEE", "members", nil, true},
	} {
		l, _ := asked(t, c.fails)
		got, err := l.Seats(t.Context(), c.user, proposalOf(reinstall.Proposed, quorum))
		if !slices.Equal(got, c.want) || (err != nil) != c.unsure {
			t.Errorf("%s without %q: %v, %v", c.user, c.fails, got, err)
		}
	}
}
