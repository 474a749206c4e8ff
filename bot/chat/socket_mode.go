package chat

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/gorilla/websocket"
	"golang.org/x/sync/errgroup"

	"twokey/bot/chat/webapi"
)

// Socket Mode (section 7). slack-go's client is used with care: section 7.5 numbers
// its faults.

const (
	// connections are two, so that one is there while the other is renewed
	// (fault 5).
	connections = 2
	maxAck      = 19 << 10 // Slack drops acks of 20 KB without a word
	// maxFrame is more than maxBody, so that a payload that is too large is refused by
	// itself. It must not end the connection.
	maxFrame  = 4 * maxBody
	flushTime = 150 * time.Millisecond
	// ackBy is how long after an envelope's arrival its ack may still leave: Slack takes
	// none later, and has reported the time-out to the person.
	ackBy = 2900 * time.Millisecond
)

// socketMode takes what Slack sends over Socket Mode.
type socketMode struct {
	*intake
	web      *webapi.Client
	log      *slog.Logger
	appToken string
	hasHTTP  bool // Slack can reach the bot over HTTP too
	dial     func(ctx context.Context, network, addr string) (net.Conn, error)

	firstRedial     time.Duration // the shortest wait between connections
	firstTokenRetry time.Duration // the shortest wait after a refusal of the app token
	overload        overload
}

func newSocketMode(cfg Config, web *webapi.Client, in *intake) *socketMode {
	return &socketMode{
		intake: in, web: web, log: cfg.Log, appToken: cfg.AppToken, hasHTTP: cfg.SigningSecret != "", dial: cfg.Dial,
		firstRedial: firstRedial, firstTokenRetry: firstTokenRetry,
	}
}

// Listen takes what Slack sends over Socket Mode, until ctx ends. Then it still
// acknowledges what is under way, and returns nil. An app token that Slack refuses is
// tried again, ever more rarely, and AppTokenRefused reports it. Listen returns the
// refusal only if the token was never taken and Slack cannot reach the bot over HTTP
// either.
func (m *socketMode) Listen(ctx context.Context) error {
	if m.appToken == "" {
		return errors.New("SLACK_APP_TOKEN is not set: Socket Mode needs it")
	}
	g, ctx := errgroup.WithContext(ctx)
	limit := newDialLimit(m.web.Scale(), m.now, m.firstTokenRetry)
	limit.replicas = m.web.Replicas
	limit.report = m.web.NoteAppToken
	for range connections {
		g.Go(func() error {
			dial := &reconnects{http: m.web.HTTP(), now: m.now, first: m.firstRedial, limit: limit}
			for ctx.Err() == nil {
				if err := m.runSession(ctx, dial); err != nil && !m.hasHTTP && !m.web.AppTokenTaken() {
					return m.web.NameAppToken(err)
				}
			}
			return nil
		})
	}
	return g.Wait()
}

// dialer writes an ack in one frame, as slack-go's own does, and waits no 45 s
// for a handshake.
func (m *socketMode) dialer() *websocket.Dialer {
	return &websocket.Dialer{
		Proxy:            http.ProxyFromEnvironment,
		HandshakeTimeout: webapi.CallTimeout,
		WriteBufferSize:  32 << 10,
		NetDialContext:   m.dial,
	}
}
