package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"twokey/bot/chat"
	"twokey/bot/fakeslack"
	"twokey/bot/store"
	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
	"twokey/commands/wiring"
)

// world is the bot's own outbox worker, its Slack side and its memory against
// the double of Slack, all on a clock that only moves while everybody waits.
// HTTP runs over pipes; Redis is outside, and is told the time.
type world struct {
	t       *report
	slack   *fakeslack.Slack
	store   *store.Store
	redis   *miniredis.Miniredis
	gone    atomic.Bool  // nobody answers at Slack's address
	dials   atomic.Int64 // how often somebody called there while it was gone
	logs    *bytes.Buffer
	chat    *chat.Chat
	stop    func()
	counted *counts
	made    int
}

// counts is what the desk counted.
type counts struct {
	mu sync.Mutex
	m  map[string]int
}

func (c *counts) add(what string, labels ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.m[strings.Join(append([]string{what}, labels...), " ")]++
}

func (c *counts) countOf(what string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.m[what]
}

// inWorld runs do in a world of its own. channels are made beside those of the
// sample workspace. With -short it skips worlds that play minutes at the pace
// that Slack's real limits allow: scale 1.
func inWorld(t *testing.T, scale float64, channels []string, do func(w *world)) {
	t.Helper()
	if testing.Short() && scale == 1 {
		t.Skip("-short does not play minutes at Slack's real limits: make test runs this")
	}
	for _, what := range findProblems(t, scale, channels, do) {
		t.Error(what)
	}
}

// findProblems runs do as inWorld does and returns what was not as it should be,
// for whoever goes on after a failure (rapid shrinks it).
func findProblems(t *testing.T, scale float64, channels []string, do func(w *world)) []string {
	t.Helper()
	return inBubble(t, 25*time.Millisecond, func(found *report, mini *miniredis.Miniredis) {
		w := &world{t: found, redis: mini, counted: &counts{m: map[string]int{}}, logs: &bytes.Buffer{}}
		people := fakeslack.SamplePeople()
		for _, c := range channels {
			people.Channels = append(
				people.Channels,
				fakeslack.Channel{ID: c, Name: strings.ToLower(c), Members: slices.Clone(people.Channels[0].Members)},
			)
		}
		w.slack = fakeslack.New(fakeslack.Config{People: people, RateScale: scale, URL: "http://slack.test"})
		transport, hangUp := w.overPipes()
		defer hangUp()
		defer transport.CloseIdleConnections()
		w.openBot(transport, scale)
		defer func() { _ = w.store.Close() }()
		w.startWorker()
		defer func() { w.stop() }() // whichever runs by then
		do(w)
	})
}

// openBot opens the bot's memory and its Slack side.
func (w *world) openBot(transport http.RoundTripper, scale float64) {
	w.t.Helper()
	var err error
	if w.store, err = store.Open(
		w.t.Context(), store.Options{URL: "redis://" + w.redis.Addr() + "?pool_size=500", Seal: practiceSeals(w.t)},
	); err != nil {
		w.t.T.Fatal(err)
	}
	w.chat, err = chat.New(chat.Config{
		Token: "xoxb-practice", SigningSecret: "x", APIURL: "http://slack.test/api/", RateScale: scale,
		Transport: transport,
	})
	if err != nil {
		w.t.T.Fatal(err)
	}
	if _, err := w.chat.Hello(w.t.Context()); err != nil {
		w.t.T.Fatal(err)
	}
}

// startWorker starts a worker; stop ends it as a deployment does.
func (w *world) startWorker() {
	d := newEngine(
		wiring.Config{
			Store: w.store, Chat: w.chat, Log: slog.New(slog.NewTextHandler(w.logs, nil)),
			Count: w.counted.add,
		},
	)
	ctx, cancel := context.WithCancel(w.t.Context())
	var run sync.WaitGroup
	run.Go(func() { _ = d.Run(ctx) })
	w.stop = func() { cancel(); run.Wait() }
}

// pipes is a listener whose connections never touch a network.
type pipes struct {
	conns chan net.Conn
	ended chan struct{}
	once  sync.Once
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.ended:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.ended) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "slack.test"} }

// overPipes serves Slack and returns the transport that reaches it.
func (w *world) overPipes() (*http.Transport, func()) {
	l := &pipes{conns: make(chan net.Conn), ended: make(chan struct{})}
	srv := &http.Server{Handler: w.slack, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, 0)}
	var serving sync.WaitGroup
	serving.Go(func() { _ = srv.Serve(l) })
	return &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn,
		error,
	) {
		if w.gone.Load() {
			w.dials.Add(1)
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
		}
		here, there := net.Pipe()
		select {
		case l.conns <- there:
			return here, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}}, func() { _ = srv.Close(); serving.Wait() }
}

// propose makes proposals that are never due, one in each of the channels in
// turn.
func (w *world) propose(n int, channels ...string) []port.Record {
	w.t.Helper()
	var out []port.Record
	for range n {
		ref := model.Ref{Account: "main", Region: "ap-guangzhou", Instance: fmt.Sprintf("ins-%08d", w.made)}
		op := reinstall.Operation{
			ID: w.store.NewID(ref), State: reinstall.Proposed, Channel: channels[w.made%len(channels)],
			Proposer: "U0ANN",
			Plan: model.Plan{
				Ref: ref, Name: fmt.Sprintf("web-%d", w.made),
			}, Fingerprint: "f00d", ProposedAt: time.Now(), Expires: time.Now().Add(9 * time.Hour),
		}
		rec, err := w.store.Create(w.t.Context(), port.Change{
			Op: op, Command: "create " + op.ID, By: "U0ANN", What: "proposed", WakeAfter: -1, Posts: postsOf(op.ID, 1),
		})
		if err != nil {
			w.t.Fatal(err)
		}
		w.made++
		out = append(out, rec)
	}
	return out
}

// makeTransition makes the next transition of an operation, with its line.
func (w *world) makeTransition(id string) {
	w.t.Helper()
	rec, err := w.store.Load(w.t.Context(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.store.Apply(w.t.Context(), port.Change{
		Op: rec.Op, Rev: rec.Rev, Command: fmt.Sprintf("move %s %d", id, rec.Rev), By: "U0ANN", What: "moved",
		WakeAfter: -1,
		Posts:     postsOf(id, rec.Rev+1),
	}); err != nil {
		w.t.Fatal(err)
	}
}

// postsOf are a transition's posts, as the desk writes them.
func postsOf(id string, rev int64) []port.Post {
	return []port.Post{
		{Kind: port.PostCard, Key: fmt.Sprintf("%s.%d.card", id, rev), Op: id, Rev: rev},
		{Kind: port.PostLine, Key: fmt.Sprintf("%s.%d.0", id, rev), Op: id, Rev: rev, Text: view.Say(lineOf(rev))},
	}
}

func lineOf(rev int64) string { return fmt.Sprintf("line %d.", rev) }

// countLeft counts what stands in the outboxes.
func (w *world) countLeft() int {
	n := 0
	for p := range store.Partitions {
		ps, err := w.store.Posts(w.t.Context(), fmt.Sprint(p), 1<<20)
		if err != nil {
			w.t.Fatal(err)
		}
		n += len(ps)
	}
	return n
}

// waitUntilEmpty waits until the outboxes are empty and returns how long that took. It
// fails the test after limit.
func (w *world) waitUntilEmpty(limit time.Duration) time.Duration {
	w.t.Helper()
	began := time.Now()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for w.countLeft() > 0 {
		if time.Since(began) > limit {
			w.t.Fatalf("%d entries are left after %s\n%s", w.countLeft(), limit, tailOf(w.logs.String()))
		}
		<-tick.C
	}
	return time.Since(began)
}

func tailOf(s string) string { return s[max(0, len(s)-3000):] }

// letPass lets time go by.
func (w *world) letPass(d time.Duration) { <-time.After(d) }

// mustAllBeTold checks every thread: each line once, in order, below one card
// at the newest revision.
func (w *world) mustAllBeTold(recs []port.Record) {
	w.t.Helper()
	cards := map[string]int{}
	for _, c := range slices.Compact(slices.Sorted(slices.Values(channelsOf(recs)))) {
		for _, m := range w.slack.Messages(c) {
			if m.Metadata != nil {
				key, _ := m.Metadata.EventPayload["key"].(string)
				cards[key]++
			}
		}
	}
	for _, r := range recs {
		rec, err := w.store.Load(w.t.Context(), r.Op.ID)
		if err != nil {
			w.t.Fatal(err)
		}
		if n := cards[rec.Op.ID+".card"]; n != 1 {
			w.t.Errorf("%s has %d cards", rec.Op.ID, n)
		}
		w.mustBeInOrder(rec)
	}
}

func channelsOf(recs []port.Record) []string {
	var out []string
	for _, r := range recs {
		out = append(out, r.Op.Channel)
	}
	return out
}

func (w *world) mustBeInOrder(rec port.Record) {
	w.t.Helper()
	thread := w.slack.Thread(rec.Card.Channel, rec.Card.TS)
	if len(thread) == 0 {
		w.t.Errorf("%s has no thread", rec.Op.ID)
		return
	}
	var got, want []string
	for _, m := range thread[1:] {
		key, _ := m.Metadata.EventPayload["key"].(string)
		got = append(got, key)
	}
	for rev := range rec.Rev {
		want = append(want, fmt.Sprintf("%s.%d.0", rec.Op.ID, rev+1))
	}
	if !slices.Equal(got, want) {
		w.t.Errorf("%s: the thread holds %v, want %v", rec.Op.ID, got, want)
	}
	if shown := fmt.Sprintf("%s.%d.", rec.Op.ID, rec.Rev); !strings.Contains(fmt.Sprint(thread[0].Blocks), shown) {
		w.t.Errorf("%s: the card does not show %s", rec.Op.ID, shown)
	}
}

// countCalls counts the calls of a method that ended so.
func (w *world) countCalls(method string, is func(fakeslack.Call) bool) int {
	n := 0
	for _, c := range w.slack.Calls() {
		if c.Method == method && is(c) {
			n++
		}
	}
	return n
}
