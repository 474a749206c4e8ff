package chat

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"twokey/bot/chat/chattest"
	"twokey/bot/fakeslack"
	"twokey/commands/parallel"
	"twokey/commands/port"
	"twokey/commands/view"
)

func TestMain(m *testing.M) { os.Exit(parallel.Run(m, parallel.Waiting)) }

const infra = "C0INFRA"

// theBench is a chat, the double that it talks to, and what came of both.
type theBench struct {
	t     *testing.T
	slack *fakeslack.Slack
	chat  *Chat
	bot   *httptest.Server
	front *frontDouble
	seen  *tally
	logs  *lockedBuffer
	cfg   Config // of the chat
}

// bench starts a double and a chat on it, each behind real HTTP.
func bench(t *testing.T, change ...func(*fakeslack.Config, *Config)) *theBench {
	t.Helper()
	fc := fakeslack.Config{RateScale: 1000}
	b := &theBench{t: t, front: &frontDouble{}, seen: newTally(), logs: &lockedBuffer{}}
	cc := Config{
		Token: "xoxb-practice", SigningSecret: "practice-signing-secret", RateScale: 1000, Front: b.front,
		Metrics: b.seen,
		Log:     slog.New(slog.NewTextHandler(b.logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, c := range change {
		c(&fc, &cc)
	}
	b.slack = fakeslack.New(fc)
	api := httptest.NewServer(b.slack)
	t.Cleanup(api.Close)
	b.slack.SetURL(api.URL)
	if cc.APIURL == "" {
		cc.APIURL = api.URL + "/api/"
	}
	b.cfg = cc
	var err error
	if b.chat, err = New(cc); err != nil {
		t.Fatal(err)
	}
	b.bot = httptest.NewServer(b.chat.Handler())
	t.Cleanup(b.bot.Close)
	b.slack.SetBot(b.bot.URL+"/slack/commands", b.bot.URL+"/slack/interactions")
	t.Cleanup(func() {
		if err := b.chat.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return b
}

// send makes a signed request to the bot and returns status and body.
func (b *theBench) send(path string, form url.Values, change ...func(*http.Request)) (int, string) {
	b.t.Helper()
	return b.do(b.slack.SignedRequest(b.bot.URL+path, []byte(form.Encode()), time.Now()), change...)
}

func (b *theBench) do(r *http.Request, change ...func(*http.Request)) (int, string) {
	b.t.Helper()
	for _, c := range change {
		c(r)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return resp.StatusCode, strings.TrimSpace(string(body))
}

// sendPayload signs and sends an interaction.
func (b *theBench) sendPayload(p map[string]any) (int, string) {
	b.t.Helper()
	raw, err := json.Marshal(p)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.send("/slack/interactions", url.Values{"payload": {string(raw)}})
}

// settle waits until what goes on after acks is done.
func (b *theBench) settle() {
	b.t.Helper()
	if err := b.chat.Close(context.Background()); err != nil {
		b.t.Fatal(err)
	}
}

// postCard posts a card and fails the test if that fails.
func (b *theBench) postCard(c view.Card) port.Address {
	b.t.Helper()
	a, err := b.chat.PostCard(b.t.Context(), c, c.ID+".card")
	if err != nil {
		b.t.Fatal(err)
	}
	return a
}

// whispers are the texts that only that person sees.
func (b *theBench) whispers(user string) []string {
	var out []string
	for _, m := range b.slack.Ephemerals(user) {
		out = append(out, b.slack.PlainText(m))
	}
	return out
}

// calls are the calls of a method so far.
func (b *theBench) calls(method string) []fakeslack.Call {
	var out []fakeslack.Call
	for _, c := range b.slack.Calls() {
		if c.Method == method {
			out = append(out, c)
		}
	}
	return out
}

func (b *theBench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func aCard() view.Card { return chattest.Card() }

// frontDouble answers as the test says and remembers what it was asked.
type frontDouble struct {
	command, press, submit func(context.Context, port.Inbound) port.Reply
	suggest                func(in port.Inbound, field, query string) []view.Option
	shortcut               func(context.Context, port.Inbound) port.Reply
	change                 func(context.Context, port.Inbound)

	mu sync.Mutex
	in []port.Inbound
}

func (d *frontDouble) answer(ctx context.Context, in port.Inbound,
	f func(context.Context, port.Inbound) port.Reply,
) port.Reply {
	d.mu.Lock()
	d.in = append(d.in, in)
	d.mu.Unlock()
	if f == nil {
		return port.Reply{}
	}
	return f(ctx, in)
}

func (d *frontDouble) Command(ctx context.Context, in port.Inbound) port.Reply {
	return d.answer(ctx, in, d.command)
}

func (d *frontDouble) Press(ctx context.Context, in port.Inbound) port.Reply {
	return d.answer(ctx, in, d.press)
}

func (d *frontDouble) Submit(ctx context.Context, in port.Inbound) port.Reply {
	return d.answer(ctx, in, d.submit)
}

func (d *frontDouble) Shortcut(ctx context.Context, in port.Inbound) port.Reply {
	return d.answer(ctx, in, d.shortcut)
}

func (d *frontDouble) Change(ctx context.Context, in port.Inbound) {
	d.answer(ctx, in, nil)
	if d.change != nil {
		d.change(ctx, in)
	}
}

func (d *frontDouble) Suggest(_ context.Context, in port.Inbound, field, query string) []view.Option {
	d.answer(context.Background(), in, nil)
	if d.suggest == nil {
		return nil
	}
	return d.suggest(in, field, query)
}

func (d *frontDouble) OpenHome(_ context.Context, user string) {
	d.answer(context.Background(), port.Inbound{Verb: "home", User: user}, nil)
}

func (d *frontDouble) AnswerHome(_ context.Context, user, trigger string, t view.Text) {
	in := port.Inbound{Verb: "home answer", User: user, Trigger: trigger, Text: t.String()}
	d.answer(context.Background(), in, nil)
}

// asked is what reached the front so far.
func (d *frontDouble) asked() []port.Inbound {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]port.Inbound(nil), d.in...)
}

// tally counts what a chat reports.
type tally struct {
	mu      sync.Mutex
	refused map[string]int
	more    chan struct{} // closed by the next refusal
	called  []string
}

func newTally() *tally { return &tally{refused: map[string]int{}, more: make(chan struct{})} }

func (t *tally) Refused(reason string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.refused[reason]++
	close(t.more)
	t.more = make(chan struct{})
}

// waitRefused waits until something was refused for the reason, and returns how often.
func (t *tally) waitRefused(ctx context.Context, reason string) int {
	for {
		t.mu.Lock()
		n, more := t.refused[reason], t.more
		t.mu.Unlock()
		if n > 0 {
			return n
		}
		select {
		case <-more:
		case <-ctx.Done():
			return 0
		}
	}
}

func (t *tally) Acked(string, time.Duration) {}

func (t *tally) Called(method, outcome string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.called = append(t.called, method+" "+outcome)
}

func (t *tally) count(reason string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.refused[reason]
}

type lockedBuffer struct {
	mu      sync.Mutex
	b       bytes.Buffer
	written chan struct{} // closed at the next write, if somebody waits for it
}

// Await returns nil once the log has words, or ctx's error if that ends first.
func (l *lockedBuffer) Await(ctx context.Context, words string) error {
	for {
		l.mu.Lock()
		has := strings.Contains(l.b.String(), words)
		if l.written == nil {
			l.written = make(chan struct{})
		}
		written := l.written
		l.mu.Unlock()
		if has {
			return nil
		}
		select {
		case <-written:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.written != nil {
		close(l.written)
		l.written = nil
	}
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
