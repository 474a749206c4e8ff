package wiring

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"twokey/commands/port"
	"twokey/commands/port/memory"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// slack is one in which everybody is a full member, and which notes what it shows.
type slack struct {
	port.Chat
	mu    sync.Mutex
	shows []string
}

func (s *slack) note(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shows = append(s.shows, what)
}

func (s *slack) shown(what string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Contains(s.shows, what)
}

func (s *slack) Person(_ context.Context, user string) (model.Person, error) {
	return model.Person{ID: user}, nil
}

func (s *slack) PersonNow(ctx context.Context, user string) (model.Person, error) {
	return s.Person(ctx, user)
}

func (s *slack) Channel(_ context.Context, id string) (port.ChannelInfo, error) {
	return port.ChannelInfo{ID: id, Member: true}, nil
}

func (s *slack) Members(context.Context, string) ([]string, error) { return nil, nil }

func (s *slack) InChannel(context.Context, string) ([]string, error) { return []string{"U0ANN"}, nil }

func (s *slack) FindCard(context.Context, string, string, time.Time) (port.Address, bool, error) {
	return port.Address{}, false, nil
}

func (s *slack) FindLine(context.Context, port.Address, string) (bool, error) { return false, nil }

func (s *slack) PostCard(_ context.Context, c view.Card, _ string) (port.Address, error) {
	s.note("card: " + c.Status.Word)
	return port.Address{Channel: c.Channel, TS: "1.2"}, nil
}

func (s *slack) UpdateCard(_ context.Context, _ port.Address, c view.Card) error {
	s.note("card: " + c.Status.Word)
	return nil
}

func (s *slack) Over(view.Card) view.Card { return view.Card{} }

func (s *slack) PostLine(context.Context, port.Address, view.Text, string) error {
	s.note("line")
	return nil
}

func (s *slack) PostWithButtons(ctx context.Context, a port.Address, l view.LineWithButtons, key string) error {
	return s.PostLine(ctx, a, l.Text, key)
}

func (s *slack) EditLine(context.Context, port.Address, view.LineWithButtons, string) (bool, error) {
	return true, nil
}

func (s *slack) PostLoud(ctx context.Context, a port.Address, t view.Text, key string) error {
	return s.PostLine(ctx, a, t, key)
}

func (s *slack) Whisper(_ context.Context, w port.PrivateMessage) error {
	s.note("alone: " + w.User)
	return nil
}

// A press goes all the way: the front stores it, the engine decides on it, and the
// outbox shows what became of it; with one clock and one memory.
func TestAPressGoesThroughAllRooms(t *testing.T) {
	store, chat := memory.New(nil).Open(), &slack{}
	policy := model.Policy{Channels: []string{"C0INFRA"}, Approvals: 1, ExpiresAfter: time.Hour}
	twokey := New(Config{Store: store, Chat: chat, Policy: func() model.Policy { return policy }})
	ref, now := model.Ref{Account: "main", Region: "ap-guangzhou", Instance: "ins-00000001"}, time.Now()
	op := reinstall.Operation{
		ID: store.NewID(ref), State: reinstall.Proposed, Channel: "C0INFRA", Proposer: "U0ANN", Fingerprint: "f00df00d",
		ProposedAt: now, Expires: now.Add(time.Hour), Plan: model.Plan{Ref: ref, Name: "web-01"},
	}
	op.Plan.Terms.Approvals, op.Plan.Terms.ExpiresAfter = 1, time.Hour
	op.Plan.Terms.Approvers.Users = []string{"U0BOB"}
	made := port.Change{Op: op, Command: "make", By: "U0ANN", What: "propose", WakeAfter: port.Never}
	if _, err := store.Create(t.Context(), made); err != nil {
		t.Fatal(err)
	}
	for _, in := range []port.Inbound{
		{Dedupe: "d1", User: "U0ANN", Verb: model.VerbApprove}, // the proposer never counts
		{Dedupe: "d2", User: "U0ANN", Verb: model.VerbCancel},
		{Dedupe: "d2", User: "U0ANN", Verb: model.VerbCancel}, // the same delivery
	} {
		in.Channel, in.Op, in.Rev, in.At = "C0INFRA", op.ID, 1, now
		if r := twokey.Press(t.Context(), in); r.No {
			t.Fatalf("%s is refused at once: %s", in.Verb, r.Text)
		}
	}
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	ended := make(chan error)
	go func() { ended <- twokey.Run(ctx) }()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !chat.shown("card: Cancelled") || !chat.shown("alone: U0ANN") {
		select {
		case <-ctx.Done():
			t.Fatalf("in 20 s Slack shows %q", chat.shows)
		case <-tick.C:
		}
	}
	stop()
	<-ended
	rec, err := store.Load(t.Context(), op.ID)
	if err != nil {
		t.Fatal(err)
	}
	if rec.Op.State != reinstall.Cancelled || len(rec.Op.Approvals) != 0 {
		t.Errorf("it is %s, with %d approvals", rec.Op.State, len(rec.Op.Approvals))
	}
}

// What a Config leaves out has a default that works.
func TestAConfigHasDefaults(t *testing.T) {
	policy := func() model.Policy { return model.Policy{} }
	twokey := New(Config{Store: memory.New(nil).Open(), Chat: &slack{}, Policy: policy})
	if twokey.Handler == nil || twokey.Engine == nil || twokey.People == nil {
		t.Errorf("%+v", twokey)
	}
	if p, err := twokey.People.WhoIs(t.Context(), "U0ANN"); err != nil || p.ID != "U0ANN" {
		t.Errorf("%+v, %v", p, err)
	}
}
