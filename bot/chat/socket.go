package chat

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
	"golang.org/x/sync/errgroup"

	"twokey/bot/chat/blockkit"
)

// Socket Mode (facts/slack.md section 7). slack-go's client is used with care:
// its faults, seen by running it, are numbered there.

const (
	mConnect = "apps.connections.open"
	// connections are two, so that one is there while the other is renewed
	// (fault 5).
	connections = 2
	maxAck      = 19 << 10 // Slack drops acks of 20 KB without a word
	// maxFrame is more than is taken, so that a frame of more than maxBody is
	// refused by itself: it must not end the connection.
	maxFrame  = 4 * maxBody
	flushTime = 150 * time.Millisecond
	// ackBy is how long after an envelope came its ack may still leave: what
	// comes later Slack no longer takes, and the person was told so.
	ackBy = 2900 * time.Millisecond
)

// fatal are answers that a second try hardly changes; slack-go tries some of
// them for ever (fault 6).
var fatal = map[string]bool{
	"invalid_auth": true, "not_authed": true, "account_inactive": true, "token_revoked": true, "token_expired": true,
	missingScope: true, "not_allowed_token_type": true, "user_removed_from_team": true, "team_access_not_granted": true,
}

// Listen takes what Slack sends over Socket Mode, until ctx ends: then what is
// under way is still acknowledged, and Listen returns nil. An app token that
// Slack refuses is tried again, ever more rarely, and AppTokenRefused tells of
// it. Only where it was never taken, and Slack cannot reach the bot over HTTP
// either, Listen returns the refusal.
func (c *Chat) Listen(ctx context.Context) error {
	if c.cfg.AppToken == "" {
		return errors.New("SLACK_APP_TOKEN is not set: Socket Mode needs it")
	}
	g, ctx := errgroup.WithContext(ctx)
	limit := newDialLimit(c.pace.scale, c.now, c.again)
	limit.share = c.pace.shares
	limit.heard = func(err error) { c.heard(&c.app, c.named(mConnect, err)) }
	for range connections {
		g.Go(func() error {
			dial := &reconnects{http: c.http, now: c.now, first: c.redial, limit: limit}
			for ctx.Err() == nil {
				if err := c.session(ctx, dial); err != nil && c.cfg.SigningSecret == "" && !c.app.hasWorked() {
					return c.named(mConnect, err)
				}
			}
			return nil
		})
	}
	return g.Wait()
}

// errAnew ends a session so that a new one is begun.
var errAnew = errors.New("the connection is made anew")

// session runs one client until ctx ends or it has to be made anew (nil), or
// Slack refuses the token (the error).
func (c *Chat) session(ctx context.Context, dial *reconnects) error {
	run, stop := context.WithCancelCause(context.WithoutCancel(ctx))
	defer stop(nil)
	api := slack.New(c.cfg.Token, slack.OptionAppLevelToken(c.cfg.AppToken), slack.OptionHTTPClient(dial), slack.OptionAPIURL(c.base.String()))
	client := socketmode.New(api, socketmode.OptionReadLimit(maxFrame), socketmode.OptionDialer(c.dialer()))
	ended := make(chan error, 1)
	go func() { ended <- client.RunContext(run) }()

	s := session{chat: c, client: client, dial: dial, run: run, stop: stop, answered: make(chan struct{})}
	leaving := ctx.Done()
	for {
		select {
		case e := <-client.Events: // handed off at once (fault 2)
			s.event(e)
		case <-s.answered:
			s.open--
		case <-leaving:
			leaving, s.leaving = nil, true
			s.patience = time.After(ackTime)
		case <-s.patience:
			stop(nil)
		case err := <-ended:
			if !s.leaving {
				s.over()
			}
			return s.verdict(ctx, err)
		}
		s.flush()
	}
}

// dialer writes an ack in one frame, as slack-go's own does, and waits no 45 s
// for a handshake.
func (c *Chat) dialer() *websocket.Dialer {
	return &websocket.Dialer{Proxy: http.ProxyFromEnvironment, HandshakeTimeout: apiTimeout, WriteBufferSize: 32 << 10, NetDialContext: c.cfg.Dial}
}

// A session is one client and what is under way on it. Its fields are only
// touched by the loop of Chat.session.
type session struct {
	chat     *Chat
	client   *socketmode.Client
	dial     *reconnects
	run      context.Context
	stop     context.CancelCauseFunc
	answered chan struct{}
	open     int // envelopes that are being answered
	leaving  bool
	flushing bool
	waits    bool // its connection has had no hello yet
	patience <-chan time.Time
}

// flush ends a session that is to end once nothing is under way: acks that are
// queued are given a moment to leave, as a stop drops them (fault 9).
func (s *session) flush() {
	if s.leaving && s.open == 0 && !s.flushing {
		s.flushing = true
		s.patience = time.After(flushTime)
	}
}

// verdict is what the end of a client means.
func (s *session) verdict(ctx context.Context, err error) error {
	if bad := fatalCode(context.Cause(s.run)); bad != nil {
		return bad
	}
	if bad := fatalCode(err); bad != nil {
		return bad
	}
	if ctx.Err() == nil && !errors.Is(context.Cause(s.run), errAnew) {
		s.chat.warn("Socket Mode is connected anew", err)
	}
	return nil
}

// fatalCode returns the error for people if err is one that no try changes.
func fatalCode(err error) error {
	var e slack.SlackErrorResponse
	if err == nil || !errors.As(err, &e) || !fatal[e.Err] {
		return nil
	}
	return &Permanent{Method: mConnect, Code: e.Err, Sentence: sentenceOf(mConnect, e), Cause: err}
}

// event deals with one event of the client.
func (s *session) event(e socketmode.Event) {
	switch e.Type {
	case socketmode.EventTypeSlashCommand, socketmode.EventTypeInteractive, socketmode.EventTypeEventsAPI:
		if e.Request != nil {
			s.envelope(envelope{ID: e.Request.EnvelopeID, Type: e.Request.Type, Payload: e.Request.Payload})
		}
	case socketmode.EventTypeErrorBadMessage:
		// slack-go could not decode it, and would never acknowledge it.
		if bad, ok := e.Data.(*socketmode.ErrorBadMessage); ok {
			var env envelope
			if json.Unmarshal(bad.Message, &env) == nil && env.ID != "" {
				s.envelope(env)
				return
			}
		}
		s.chat.refuse("socket", "malformed")
	case socketmode.EventTypeConnectionError:
		if failed, ok := e.Data.(*slack.ConnectionErrorEvent); ok {
			var refused slack.SlackErrorResponse
			if !errors.As(failed.ErrorObj, &refused) { // that is told of the token
				s.chat.warn("Socket Mode cannot connect", failed.ErrorObj)
			}
			s.failed(failed.ErrorObj)
		}
	case socketmode.EventTypeIncomingError:
		if in, ok := e.Data.(*slack.IncomingEventError); ok && notJSON(in.ErrorObj) {
			s.chat.refuse("socket", "malformed")
		}
	case socketmode.EventTypeErrorWriteFailed:
		s.chat.warn("could not write over Socket Mode", nil)
		s.stop(errAnew) // slack-go would go on with a connection that is dead (fault 4)
	case socketmode.EventTypeConnected:
		s.connected()
	case socketmode.EventTypeHello:
		s.hello()
	}
}

// failed ends a session that cannot connect, for good or to be made anew: the
// waits of slack-go grow to five minutes, ours end when Slack is back.
func (s *session) failed(err error) {
	var limited *slack.RateLimitedError
	if errors.As(err, &limited) {
		s.dial.limit.rest(limited.RetryAfter)
	}
	if fatalCode(err) != nil {
		s.stop(err)
		return
	}
	s.stop(errAnew)
}

// notJSON reports a frame that says nothing; the connection lives on.
func notJSON(err error) bool {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	return errors.As(err, &syntax) || errors.As(err, &kind)
}

// envelope is one frame that wants an ack.
type envelope struct {
	ID      string          `json:"envelope_id"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload"`
}

// envelope answers one on a goroutine of its own.
func (s *session) envelope(e envelope) {
	s.open++
	c := s.chat
	d := delivery{dedupe: fingerprint(e.Payload), at: c.now()}
	c.work.Go(func() {
		defer func() {
			select {
			case s.answered <- struct{}{}:
			case <-s.run.Done():
			}
		}()
		began := time.Now()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(s.run), ackTime)
		defer cancel()
		a := c.open(ctx, e, d)
		c.metrics.Acked(cmp.Or(a.kind, "other"), time.Since(began))
		if a.reason != "" {
			c.refuse("socket", a.reason)
		}
		if a.status != http.StatusServiceUnavailable { // not taken: no ack, so that it is seen
			s.ack(e.ID, a.body, began.Add(ackBy))
		}
		c.after(ctx, a.then)
	})
}

// open answers an envelope by the same path as HTTP does.
func (c *Chat) open(ctx context.Context, e envelope, d delivery) answer {
	if len(e.Payload) > maxBody {
		return turnedAway(http.StatusRequestEntityTooLarge, "too_large")
	}
	switch e.Type {
	case socketmode.RequestTypeSlashCommands:
		var cmd slack.SlashCommand
		if ambiguous(e.Payload) || json.Unmarshal(e.Payload, &cmd) != nil {
			return turnedAway(http.StatusBadRequest, "malformed")
		}
		return c.command(ctx, cmd, d)
	case socketmode.RequestTypeInteractive:
		return c.interaction(ctx, e.Payload, d)
	case socketmode.RequestTypeEventsAPI:
		return c.event(ctx, e.Payload)
	}
	return answer{kind: "other"}
}

// ack queues the ack, waiting only until Slack would no longer take it: while
// the connection is down the queue fills and would hold us for ever (fault 3).
func (s *session) ack(id string, body any, by time.Time) {
	ctx, cancel := context.WithDeadline(s.run, by)
	defer cancel()
	if err := s.client.AckCtx(ctx, id, s.fit(body)); err != nil {
		s.chat.warn("could not acknowledge over Socket Mode", err)
	}
}

// fit makes an answer small enough for an ack: fewer suggestions, or a message
// without its blocks.
func (s *session) fit(body any) any {
	for body != nil {
		raw, err := json.Marshal(body)
		if err == nil && len(raw) < maxAck {
			return body
		}
		switch b := body.(type) {
		case blockkit.Suggestions:
			body = b.Fewer()
			continue
		case message:
			if b.Blocks != nil {
				body = message{ResponseType: b.ResponseType, Text: b.Text}
				continue
			}
		}
		s.chat.log.Error("an answer is too large for Socket Mode", "err", fmt.Errorf("%d bytes: %w", len(raw), err))
		return nil
	}
	return nil
}
