package chat

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"

	"twokey/bot/fakeslack"
)

// others opens connections of the same app, as other replicas would.
func others(t *testing.T, b *theBench, n int) (leave func()) {
	t.Helper()
	api := slack.New("xoxb-practice", slack.OptionAppLevelToken("xapp-practice"),
		slack.OptionAPIURL(b.chat.web.BaseURL().String()))
	var conns []*websocket.Conn
	for range n {
		_, url, err := api.StartSocketModeContext(t.Context())
		b.must(err)
		c, _, err := websocket.DefaultDialer.DialContext(t.Context(), url, nil)
		b.must(err)
		conns = append(conns, c)
		go func() { // answers Slack's pings
			for {
				if _, _, err := c.ReadMessage(); err != nil {
					return
				}
			}
		}()
	}
	b.sockets(n)
	leave = func() {
		for _, c := range conns {
			_ = c.Close()
		}
	}
	t.Cleanup(leave)
	return leave
}

// Slack makes an eleventh connection and ends it at once, without a hello: the
// log says why, once, and when it is over.
func TestTooManyConnectionsAreSpokenOf(t *testing.T) {
	t.Parallel()
	seen := make(chan Notice, 100)
	b := bench(t, func(f *fakeslack.Config, c *Config) {
		f.SocketMode, c.SigningSecret, c.AppToken = true, "", "xapp-practice"
		c.Notice = func(n Notice) { seen <- n }
	})
	b.chat.firstRedial, b.chat.firstTokenRetry = time.Millisecond, time.Millisecond
	leave := others(t, b, 10)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	ended := make(chan error, 1)
	go func() { ended <- b.chat.Listen(ctx) }()
	defer func() { cancel(); <-ended }()
	select {
	case n := <-seen:
		if n != NoticeCrowded || !b.chat.Crowded() {
			t.Fatalf("noticed %q", n)
		}
	case <-ctx.Done():
		t.Fatalf("nobody was told; the log has\n%s", b.logs.String())
	}
	if n := strings.Count(b.logs.String(), "too_many_websockets"); n != 1 ||
		!strings.Contains(b.logs.String(), "at most 10 connections") {
		t.Errorf("told %d times:\n%s", n, b.logs.String())
	}
	leave()
	b.sockets(connections)
	if err := b.slack.Wait(ctx, func() bool { return !b.chat.Crowded() }); err != nil {
		t.Error("it is not over")
	}
	if !strings.Contains(b.logs.String(), "Slack takes its Socket Mode connections again") {
		t.Errorf("the end is not told:\n%s", b.logs.String())
	}
}
