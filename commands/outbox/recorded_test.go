package outbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"testing"
	"time"

	"twokey/commands/port"
	"twokey/commands/port/memory"
	"twokey/commands/proposals"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// An answer is what Slack says to one call, in place of yes.
type answer struct {
	done bool // it did what it was asked all the same
	err  error
}

var errSlack = errors.New("Slack says no")

// faultAfter is a fault after which nothing was done; 0: nothing says when to try again.
func faultAfter(d time.Duration) error { return &port.UnavailableError{After: d, Cause: errSlack} }

func limitedFor(d time.Duration) error { return &port.RateLimitedError{After: d, Cause: errSlack} }

// refusedBy is a refusal of Slack's that lasts.
func refusedBy(r port.Reach) error { return &port.PermanentError{Reach: r, Cause: errSlack} }

// What a call can come to.
var (
	errUnknown = &port.OutcomeUnknownError{After: time.Second, Cause: errSlack}

	lost    = answer{done: true, err: errUnknown}
	dropped = answer{err: errUnknown}
	broken  = answer{err: faultAfter(time.Second)}
	limited = answer{err: limitedFor(7 * time.Second)}
	refused = answer{err: refusedBy(port.ReachChannel)}
	never   = answer{err: &port.PermanentError{Hopeless: true, Cause: errSlack}}
)

// recording is a Slack that keeps what it is shown, in order. Its calls are
// card, edit, line, edit line, find line, find card and whisper.
type recording struct {
	port.Chat
	answers map[string][]answer // to the next calls
	calls   []string
	lines   map[string][]string // timestamp of the card -> keys of its thread
	texts   map[string]string   // key of a line -> what it says now
	cards   map[string]view.Card
	byKey   map[string]port.Address
	private []string // whispers
	waits   func()   // while a call is under way
}

// call notes a call; done says that it has its effect.
func (r *recording) call(what, about string) (done bool, err error) {
	r.calls = append(r.calls, what+" "+about)
	if r.waits != nil {
		r.waits()
	}
	if next := r.answers[what]; len(next) > 0 {
		r.answers[what] = next[1:]
		return next[0].done, next[0].err
	}
	return true, nil
}

func (r *recording) count(what string) (n int) {
	for _, c := range r.calls {
		if len(c) > len(what) && c[:len(what)+1] == what+" " {
			n++
		}
	}
	return n
}

func (r *recording) PostCard(_ context.Context, c view.Card, key string) (port.Address, error) {
	done, err := r.call("card", c.ID)
	a := port.Address{Channel: c.Channel, TS: fmt.Sprintf("%d.0", len(r.calls))}
	if done {
		r.cards[a.TS], r.byKey[key] = c, a
	}
	return a, err
}

func (r *recording) UpdateCard(_ context.Context, a port.Address, c view.Card) error {
	done, err := r.call("edit", c.ID)
	if done {
		r.cards[a.TS] = c
	}
	return err
}

func (r *recording) FindCard(_ context.Context, _, key string, _ time.Time) (port.Address, bool, error) {
	_, err := r.call("find card", key)
	a, found := r.byKey[key]
	return a, found && err == nil, err
}

func (r *recording) PostLine(_ context.Context, a port.Address, t view.Text, key string) error {
	done, err := r.call("line", key)
	if done {
		r.lines[a.TS] = append(r.lines[a.TS], key)
		r.texts[key] = t.String()
	}
	return err
}

func (r *recording) PostLoud(ctx context.Context, a port.Address, t view.Text, key string) error {
	return r.PostLine(ctx, a, t, key)
}

func (r *recording) PostWithButtons(ctx context.Context, a port.Address, l view.LineWithButtons, key string) error {
	return r.PostLine(ctx, a, l.Text, key)
}

func (r *recording) EditLine(_ context.Context, a port.Address, l view.LineWithButtons, key string) (bool, error) {
	done, err := r.call("edit line", key)
	if err != nil && !done || !slices.Contains(r.lines[a.TS], key) {
		return false, err
	}
	if len(l.Text) > 0 {
		r.texts[key] = l.Text.String()
	}
	return err == nil, err
}

func (r *recording) FindLine(_ context.Context, a port.Address, key string) (bool, error) {
	if _, err := r.call("find line", key); err != nil {
		return false, err
	}
	for _, k := range r.lines[a.TS] {
		if k == key {
			return true, nil
		}
	}
	return false, nil
}

func (r *recording) Whisper(_ context.Context, w port.PrivateMessage) error {
	done, err := r.call("whisper", w.User)
	if done {
		r.private = append(r.private, w.User+": "+w.Text.String())
	}
	return err
}

// stand is an outbox between a memory and a recording Slack. Its clock goes only
// when a test lets time pass.
type stand struct {
	*testing.T
	at     time.Time
	memory *memory.Store
	store  *flaky
	chat   *recording
	outbox *Outbox
	counts map[string]int
	ended  []string // operations that the outbox ended
	faults []string // what it reported as a fault
	frozen bool     // the lease is over before anything is posted
}

// flaky is the memory, failing at the next calls of a name.
type flaky struct {
	*memory.Store
	fails map[string]int
}

// What flaky stands before, by name: a method that is renamed no longer compiles.
var _ interface {
	Posts(ctx context.Context, outbox string, most int) ([]port.Post, error)
	Posted(ctx context.Context, outbox string, ps ...port.Post) error
	Tell(ctx context.Context, op string, ps ...port.Post) error
	AwaitReplicas(ctx context.Context, c port.Claim, lease time.Duration) error
	SetCard(ctx context.Context, id string, a port.Address) error
} = Store(nil)

func (f *flaky) err(call string) error {
	if f.fails[call] > 0 {
		f.fails[call]--
		return fmt.Errorf("%s: the memory is away", call)
	}
	return nil
}

func (f *flaky) Posts(ctx context.Context, outbox string, most int) ([]port.Post, error) {
	if err := f.err("posts"); err != nil {
		return nil, err
	}
	return f.Store.Posts(ctx, outbox, most)
}

func (f *flaky) Posted(ctx context.Context, outbox string, ps ...port.Post) error {
	if err := f.err("posted"); err != nil {
		return err
	}
	return f.Store.Posted(ctx, outbox, ps...)
}

func (f *flaky) Tell(ctx context.Context, op string, ps ...port.Post) error {
	if err := f.err("tell"); err != nil {
		return err
	}
	return f.Store.Tell(ctx, op, ps...)
}

func (f *flaky) AwaitReplicas(ctx context.Context, c port.Claim, lease time.Duration) error {
	if err := f.err("await replicas"); err != nil {
		return err
	}
	return f.Store.AwaitReplicas(ctx, c, lease)
}

func (f *flaky) SetCard(ctx context.Context, id string, a port.Address) error {
	if err := f.err("set card"); err != nil {
		return err
	}
	return f.Store.SetCard(ctx, id, a)
}

func newStand(t *testing.T) *stand {
	t.Helper()
	// Ahead of the time of day, by which a call must leave before its lease ends.
	s := &stand{T: t, at: time.Now().Add(24 * time.Hour).Truncate(time.Second).UTC(), counts: map[string]int{}}
	s.memory = memory.New(s.now).Open()
	s.store = &flaky{Store: s.memory, fails: map[string]int{}}
	s.chat = &recording{
		answers: map[string][]answer{}, lines: map[string][]string{}, texts: map[string]string{},
		cards: map[string]view.Card{}, byKey: map[string]port.Address{},
	}
	s.restart()
	return s
}

func (s *stand) now() time.Time { return s.at }

// restart gives the outbox's process another one's empty memory.
func (s *stand) restart() {
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	policy := func() model.Policy { return model.Policy{} }
	s.outbox = New(Config{
		Store: s.store, Chat: s.chat, Engine: s, Proposals: proposals.NewLoader(s.memory, policy, s.now), Now: s.now,
		Log:    log,
		Count:  func(what string, labels ...string) { s.counts[fmt.Sprint(append([]string{what}, labels...))]++ },
		Faults: port.NewFaultLog(log, s.now),
	})
}

// Release implements Engine.
func (s *stand) Release(ctx context.Context, c port.Claim, in time.Duration) {
	if err := s.memory.Release(ctx, c, in); err != nil {
		s.Errorf("release: %v", err)
	}
}

// Fault implements Engine.
func (s *stand) Fault(ctx context.Context, c port.Claim, doing string, _ error) {
	s.faults = append(s.faults, doing)
	s.Release(ctx, c, port.RetryIn)
}

// HeldUntil implements Engine.
func (s *stand) HeldUntil(port.Claim) time.Time {
	if s.frozen {
		return s.at
	}
	return s.at.Add(port.Lease)
}

// Wake implements Engine.
func (s *stand) Wake() {}

// Change implements Engine.
func (s *stand) Change(_ context.Context, id, _, _ string, _ port.Decision) error {
	s.ended = append(s.ended, id)
	return nil
}

// propose makes a proposal that has lines to tell, and tells its card first.
func (s *stand) propose(machine string, lines ...string) port.Record {
	s.Helper()
	ref := model.Ref{Account: "main", Region: "ap-guangzhou", Instance: "ins-" + machine}
	op := reinstall.Operation{
		ID: s.memory.NewID(ref), State: reinstall.Proposed, Channel: "C0INFRA", Proposer: "U0ANN", Fingerprint: "f00d",
		ProposedAt: s.at, Expires: s.at.Add(24 * time.Hour), Plan: model.Plan{Ref: ref, Name: "web-" + machine},
	}
	posts := append([]port.Post{cardOf(op.ID, 1)}, linesFor(op.ID, lines...)...)
	rec, err := s.memory.Create(s.Context(), port.Change{
		Op: op, Command: "propose " + machine, By: "U0ANN", What: "proposed", WakeAfter: port.Never, Posts: posts,
	})
	if err != nil {
		s.Fatal(err)
	}
	return rec
}

func cardOf(op string, rev int64) port.Post {
	return port.Post{Kind: port.PostCard, Key: fmt.Sprintf("%s.%d.card", op, rev), Op: op, Rev: rev}
}

func linesFor(op string, keys ...string) (out []port.Post) {
	for _, k := range keys {
		out = append(out, port.Post{Kind: port.PostLine, Key: op + "." + k, Op: op, Text: view.Say(k)})
	}
	return out
}

// goes makes the next transition of an operation.
func (s *stand) goes(id string, posts ...port.Post) {
	s.Helper()
	rec, err := s.memory.Load(s.Context(), id)
	if err != nil {
		s.Fatal(err)
	}
	_, err = s.memory.Apply(s.Context(), port.Change{
		Op: rec.Op, Rev: rec.Rev, Command: fmt.Sprintf("%s to %d", id, rec.Rev+1), By: "U0BOB", What: "click",
		WakeAfter: port.Never, Posts: posts,
	})
	if err != nil {
		s.Fatal(err)
	}
}

// pass delivers once, if anything is due.
func (s *stand) pass() bool {
	s.Helper()
	cs, err := s.memory.Claim(s.Context(), port.Lease, 10)
	if err != nil {
		s.Fatal(err)
	}
	for _, c := range cs {
		s.outbox.Deliver(s.Context(), c)
	}
	return len(cs) > 0
}

// settle lets time pass, second by second, until nothing is left.
func (s *stand) settle(most time.Duration) {
	s.Helper()
	for end := s.at.Add(most); s.at.Before(end); s.at = s.at.Add(250 * time.Millisecond) {
		s.pass()
		if len(s.left()) == 0 {
			return
		}
	}
	for _, p := range s.left() {
		s.Errorf("after %s it is left: %s %s", most, p.Kind, p.Key)
	}
}

// left are the entries of the outbox.
func (s *stand) left() []port.Post {
	s.Helper()
	ps, err := s.memory.Posts(s.Context(), "0", 1000)
	if err != nil {
		s.Fatal(err)
	}
	return ps
}

// thread are the keys of the lines under an operation's card, without its id.
func (s *stand) thread(id string) (keys []string) {
	s.Helper()
	rec, err := s.memory.Load(s.Context(), id)
	if err != nil {
		s.Fatal(err)
	}
	for _, k := range s.chat.lines[rec.Card.TS] {
		keys = append(keys, k[len(id)+1:])
	}
	return keys
}
