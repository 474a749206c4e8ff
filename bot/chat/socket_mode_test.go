package chat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"twokey/bot/chat/webapi"
	"twokey/bot/fakeslack"
	"twokey/commands/port"
	"twokey/commands/view"
)

// listening is a bench over Socket Mode alone. stop ends it and returns what
// Listen returned.
func listening(t *testing.T, change ...func(*fakeslack.Config, *Config)) (b *theBench, stop func() error) {
	t.Helper()
	b = bench(t, append([]func(*fakeslack.Config, *Config){func(f *fakeslack.Config, c *Config) {
		f.SocketMode, c.SigningSecret, c.AppToken = true, "", "xapp-practice"
	}}, change...)...)
	b.chat.firstRedial, b.chat.firstTokenRetry = time.Millisecond, time.Millisecond
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- b.chat.Listen(ctx) }()
	stop = sync.OnceValue(func() error { cancel(); return <-ended })
	t.Cleanup(func() { _ = stop() })
	b.sockets(connections)
	return b, stop
}

// sockets waits until so many connections are open.
func (b *theBench) sockets(n int) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), 20*time.Second)
	defer cancel()
	if err := b.slack.Wait(ctx, func() bool { return b.slack.Sockets() == n }); err != nil {
		b.t.Fatalf("%d connections: %v", b.slack.Sockets(), err)
	}
}

func TestOverSocketModeEverythingGoesTheSameWay(t *testing.T) {
	t.Parallel()
	b, stop := listening(t)
	b.front.command = reply("Looking.")
	r, err := b.slack.Command(t.Context(), "U0ANN", infra, "web-01")
	b.must(err)
	if r.Text != "Looking." || r.Warning != "" {
		t.Errorf("%+v", r)
	}
	b.openForm("U0BOB", aForm())
	b.front.suggest = func(port.Inbound, string, string) []view.Option {
		return []view.Option{{Value: "img-1", Label: "Ubuntu"}}
	}
	b.front.submit = func(context.Context, port.Inbound) port.Reply {
		return port.Reply{Errors: map[string]string{"name": "no"}}
	}
	got, err := b.slack.Submit(t.Context(), "U0BOB", map[string]string{
		"Backup": "image img-2", "Name": "web-10",
		"GiB": "120", "image": "img-1",
	})
	b.must(err)
	if got.Errors["name"] != "no" || got.Closed {
		t.Errorf("%+v", got)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func TestClicksSurviveDroppedAndRefreshedConnections(t *testing.T) {
	t.Parallel()
	b, _ := listening(t, func(f *fakeslack.Config, _ *Config) { f.AckTimeout = 500 * time.Millisecond })
	a := b.postCard(aCard())
	const clicks = 20
	for i := range clicks {
		switch i % 4 {
		case 1:
			b.slack.DropSockets()
		case 2:
			b.slack.Disconnect("refresh_requested")
		case 3:
			b.slack.Disconnect("warning")
		}
		for b.slack.Click(t.Context(), "U0BOB", infra, a.TS, "Approve") != nil {
			b.sockets(connections) // it was not acknowledged: a person presses again
		}
	}
	if n := len(b.front.asked()); n < clicks {
		t.Errorf("%d were acknowledged, %d reached the front", clicks, n)
	}
}

func TestASecondCopyOfAnEnvelopeHasTheSameFingerprint(t *testing.T) {
	t.Parallel()
	b, _ := listening(t)
	frame, err := json.Marshal(map[string]any{"type": "slash_commands", "envelope_id": "E-1", "payload": map[string]any{
		"user_id": "U0ANN", "team_id": "T0HOME", "channel_id": infra, "api_app_id": "A0TWOKEY", "text": "approve 7K3Q",
		"is_enterprise_install": "false",
	}})
	b.must(err)
	in := make(chan port.Inbound, connections)
	b.front.command = func(_ context.Context, x port.Inbound) port.Reply {
		in <- x
		return port.Reply{}
	}
	b.slack.SendFrame(frame) // on both connections
	one, two := <-in, <-in
	if one.Dedupe != two.Dedupe || one.Text != "approve 7K3Q" {
		t.Errorf("%+v\n%+v", one, two)
	}
}

func TestEnvelopesThatSlackGoCannotReadAreAcknowledgedAllTheSame(t *testing.T) {
	t.Parallel()
	b, _ := listening(t)
	a := b.postCard(aCard())
	p, err := b.slack.ClickPayload("U0BOB", infra, a.TS, 0, "Approve")
	b.must(err)
	p["message"].(map[string]any)["blocks"] = []any{map[string]any{"type": "section", "text": 7}}
	hub := newHub(t)
	hub.send(map[string]any{"type": "interactive", "envelope_id": "E-bad", "payload": p})
	hub.send(map[string]any{"type": "new_kind", "envelope_id": "E-new", "payload": 7})
	hub.send(map[string]any{"type": "interactive", "envelope_id": "E-text", "payload": "x"})
	hub.raw("{not json")
	hub.send(map[string]any{
		"type": "events_api", "envelope_id": "E-event",
		"payload": map[string]any{"type": "event_callback"},
	})
	c := hub.chat(b.front)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- c.Listen(ctx) }()
	got := map[string]bool{}
	for len(got) < 4 {
		select {
		case id := <-hub.acks:
			got[id] = true
		case <-time.After(10 * time.Second):
			t.Fatalf("acknowledged: %v", got)
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if in := b.front.asked(); len(in) == 0 || in[0].Verb != "approve" {
		t.Errorf("%+v", in)
	}
}

// hub is a minimal Socket Mode server that says what the double would not.
type hub struct {
	t      *testing.T
	url    string
	opened atomic.Int64
	open   func(w http.ResponseWriter) bool // answers apps.connections.open itself
	hello  func(*websocket.Conn)            // after a connection is made

	mu     sync.Mutex
	frames []string
	acks   chan string
}

func newHub(t *testing.T) *hub {
	h := &hub{t: t, acks: make(chan string, 100)}
	mux := http.NewServeMux()
	mux.HandleFunc("/api/apps.connections.open", func(w http.ResponseWriter, _ *http.Request) {
		h.opened.Add(1)
		if h.open != nil && h.open(w) {
			return
		}
		fmt.Fprintf(w, `{"ok":true,"url":"ws%s/link"}`, strings.TrimPrefix(h.url, "http"))
	})
	mux.HandleFunc("/link", h.serve)
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	h.url = srv.URL
	return h
}

func (h *hub) send(v any) {
	raw, err := json.Marshal(v)
	if err != nil {
		h.t.Fatal(err)
	}
	h.raw(string(raw))
}

func (h *hub) raw(frame string) { h.frames = append(h.frames, frame) }

// chat is one on this hub that knows already who it is.
func (h *hub) chat(d Front, change ...func(*Config)) *Chat {
	cfg := Config{Token: "xoxb-practice", AppToken: "xapp-practice", APIURL: h.url + "/api/", Front: d}
	for _, c := range change {
		c(&cfg)
	}
	c, err := New(cfg)
	if err != nil {
		h.t.Fatal(err)
	}
	c.who.Store(&Identity{TeamID: "T0HOME", BotUserID: "U0TWOKEY", AppID: "A0TWOKEY"})
	return c
}

func (h *hub) serve(w http.ResponseWriter, r *http.Request) {
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	conn, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	_ = conn.WriteMessage(websocket.TextMessage, []byte(`{"type":"hello"}`))
	if h.hello != nil {
		h.hello(conn)
	}
	h.mu.Lock()
	frames := h.frames
	h.frames = nil
	h.mu.Unlock()
	for _, f := range frames {
		_ = conn.WriteMessage(websocket.TextMessage, []byte(f))
	}
	for {
		var ack struct {
			ID string `json:"envelope_id"`
		}
		if conn.ReadJSON(&ack) != nil {
			return
		}
		h.acks <- ack.ID
	}
}

func TestAConnectionThatIsEndedAtOnceIsNotOpenedThousandsOfTimes(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.hello = func(c *websocket.Conn) {
		_ = c.WriteMessage(websocket.TextMessage, []byte(`{"type":"disconnect","reason":"refresh_requested"}`))
		_ = c.Close()
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	if err := h.chat(&frontDouble{}).Listen(ctx); err != nil {
		t.Error(err)
	}
	if n := h.opened.Load(); n < connections || n > dialBurst {
		t.Errorf("opened %d times in two seconds", n)
	}
}

func TestTheWaitBetweenConnectionsGrowsAndForgetsAfterOneThatHeld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &reconnects{now: time.Now, first: firstRedial}
		var sum time.Duration
		for range 12 {
			d := r.nextWait()
			sum += d
			<-time.After(d)
		}
		if sum < 45*time.Second || r.nextWait() < 7*time.Second {
			t.Errorf("waited only %s in all", sum)
		}
		<-time.After(3 * time.Minute)
		if d := r.nextWait(); d != 0 {
			t.Errorf("after a long time it still waits %s", d)
		}
	})
}

func TestErrorsThatNoTryChangesEndSocketMode(t *testing.T) {
	t.Parallel()
	for _, code := range []string{
		"invalid_auth", "token_expired", "missing_scope", "not_allowed_token_type",
		"token_revoked",
	} {
		t.Run(code, func(t *testing.T) {
			h := newHub(t)
			h.open = func(w http.ResponseWriter) bool {
				fmt.Fprintf(w, `{"ok":false,"error":%q}`, code)
				return true
			}
			err := h.chat(&frontDouble{}).Listen(t.Context())
			var p *webapi.Permanent
			if !errors.As(err, &p) || p.Code != code || !strings.Contains(err.Error(), "SLACK_APP_TOKEN") ||
				strings.Contains(err.Error(), "xapp-practice") {
				t.Errorf("%v", err)
			}
			if n := h.opened.Load(); n > connections {
				t.Errorf("tried %d times", n)
			}
		})
	}
	if err := bench(t).chat.Listen(t.Context()); err == nil || !strings.Contains(err.Error(), "SLACK_APP_TOKEN") {
		t.Errorf("without a token: %v", err)
	}
}

func TestWhatIsUnderWayAtTheEndIsStillAcknowledged(t *testing.T) {
	t.Parallel()
	b, stop := listening(t)
	arrived, leave := make(chan struct{}), make(chan struct{})
	b.front.command = func(context.Context, port.Inbound) port.Reply {
		close(arrived)
		<-leave
		return port.Reply{Text: view.Say("Noted.")}
	}
	answered := make(chan fakeslack.Reply, 1)
	go func() {
		r, _ := b.slack.Command(context.Background(), "U0ANN", infra, "approve 7K3Q")
		answered <- r
	}()
	<-arrived
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	close(leave)
	if r := <-answered; r.Text != "Noted." {
		t.Errorf("%+v", r)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

func TestAnAnswerThatIsTooLargeForAnAckIsMadeToFit(t *testing.T) {
	t.Parallel()
	b, _ := listening(t)
	b.openForm("U0BOB", aForm())
	b.front.suggest = func(port.Inbound, string, string) []view.Option {
		var os []view.Option
		for i := range 100 {
			os = append(os, view.Option{
				Value: fmt.Sprint(i, strings.Repeat("界", 100)), Label: strings.Repeat("界", 75),
				Note: strings.Repeat("界", 75),
			})
		}
		return os
	}
	got, err := b.slack.Suggest(t.Context(), "U0BOB", "image", "x")
	b.must(err)
	if len(got) < 10 || len(got) >= 100 {
		t.Errorf("%d options", len(got))
	}
	var spans []any
	for range 800 {
		spans = append(spans, view.Mono("界"), " ")
	}
	b.front.command = reply(spans...)
	r, err := b.slack.Command(t.Context(), "U0ANN", infra, "list")
	b.must(err)
	if r.Warning != "" || r.Message == nil {
		t.Errorf("%+v", r)
	}
}

func TestWhatIsNotTakenIsNotAcknowledged(t *testing.T) {
	t.Parallel()
	b, _ := listening(t, func(f *fakeslack.Config, c *Config) { f.AckTimeout, c.Front = 300*time.Millisecond, nil })
	r, err := b.slack.Command(t.Context(), "U0ANN", infra, "list")
	b.must(err)
	if r.Status != 0 || r.Warning == "" {
		t.Errorf("%+v", r)
	}
	if !slices.Contains([]int{1, 2}, b.seen.count("not_ready")) {
		t.Errorf("%v", b.seen.refused)
	}
}
