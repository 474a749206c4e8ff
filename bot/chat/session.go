package chat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"twokey/bot/chat/blockkit"
	"twokey/bot/chat/payload"
	"twokey/bot/chat/webapi"
)

// errReconnect ends a session so that a new one begins.
var errReconnect = errors.New("the connection is made again")

// runSession runs one client until ctx ends or the client has to be replaced (nil),
// or until Slack refuses the token (the error).
func (m *socketMode) runSession(ctx context.Context, dial *reconnects) error {
	run, stop := context.WithCancelCause(context.WithoutCancel(ctx))
	defer stop(nil)
	api := m.web.SocketAPI(m.appToken, dial)
	client := socketmode.New(api, socketmode.OptionReadLimit(maxFrame), socketmode.OptionDialer(m.dialer()))
	ended := make(chan error, 1)
	go func() { ended <- client.RunContext(run) }()

	s := session{mode: m, client: client, dial: dial, ctx: run, stop: stop, answered: make(chan struct{})}
	leaving := ctx.Done()
	for {
		select {
		case e := <-client.Events: // handed off at once (fault 2)
			s.handleEvent(e)
		case <-s.answered:
			s.answering--
		case <-leaving:
			leaving, s.ending = nil, true
			s.deadline = time.After(ackTime)
		case <-s.deadline:
			stop(nil)
		case err := <-ended:
			if !s.ending {
				s.noteConnectionEnd()
			}
			return s.endOf(ctx, err)
		}
		s.stopIfIdle()
	}
}

// A session is one client and what is under way on it. Its fields are only
// touched by the loop of runSession.
type session struct {
	mode        *socketMode
	client      *socketmode.Client
	dial        *reconnects
	ctx         context.Context
	stop        context.CancelCauseFunc
	answered    chan struct{}
	answering   int // envelopes that are being answered
	ending      bool
	flushing    bool
	awaitsHello bool // its connection has had no hello yet
	deadline    <-chan time.Time
}

// stopIfIdle ends a session that is to end once nothing is under way. Queued acks get a
// moment to leave, because a stop drops them (fault 9).
func (s *session) stopIfIdle() {
	if s.ending && s.answering == 0 && !s.flushing {
		s.flushing = true
		s.deadline = time.After(flushTime)
	}
}

// endOf is the error that the end of a client means: nil, or the refusal of the token.
func (s *session) endOf(ctx context.Context, err error) error {
	if bad := webapi.ConnectRefusal(context.Cause(s.ctx)); bad != nil {
		return bad
	}
	if bad := webapi.ConnectRefusal(err); bad != nil {
		return bad
	}
	if ctx.Err() == nil && !errors.Is(context.Cause(s.ctx), errReconnect) {
		s.mode.web.WarnRarely("Socket Mode: connection lost, reconnecting", err)
	}
	return nil
}

// handleEvent deals with one event of the client.
func (s *session) handleEvent(e socketmode.Event) {
	switch e.Type {
	case socketmode.EventTypeSlashCommand, socketmode.EventTypeInteractive, socketmode.EventTypeEventsAPI:
		if e.Request != nil {
			s.answerEnvelope(envelope{ID: e.Request.EnvelopeID, Type: e.Request.Type, Payload: e.Request.Payload})
		}
	case socketmode.EventTypeErrorBadMessage:
		// slack-go could not decode it, and would never acknowledge it.
		if bad, ok := e.Data.(*socketmode.ErrorBadMessage); ok {
			var env envelope
			if json.Unmarshal(bad.Message, &env) == nil && env.ID != "" {
				s.answerEnvelope(env)
				return
			}
		}
		s.mode.refusals.noteRefusal("socket", "malformed")
	case socketmode.EventTypeConnectionError:
		if failed, ok := e.Data.(*slack.ConnectionErrorEvent); ok {
			var refused slack.SlackErrorResponse
			if !errors.As(failed.ErrorObj, &refused) { // the token's state reports that
				s.mode.web.WarnRarely("Socket Mode cannot connect", failed.ErrorObj)
			}
			s.handleFailure(failed.ErrorObj)
		}
	case socketmode.EventTypeIncomingError:
		if in, ok := e.Data.(*slack.IncomingEventError); ok && notJSON(in.ErrorObj) {
			s.mode.refusals.noteRefusal("socket", "malformed")
		}
	case socketmode.EventTypeErrorWriteFailed:
		s.mode.web.WarnRarely("Socket Mode: write failed, reconnecting", nil)
		s.stop(errReconnect) // slack-go would go on with a connection that is dead (fault 4)
	case socketmode.EventTypeConnected:
		s.noteConnected()
	case socketmode.EventTypeHello:
		s.noteHello()
	}
}

// handleFailure ends a session that cannot connect, for good or to be replaced. The waits
// of slack-go grow to five minutes; ours end when Slack is back.
func (s *session) handleFailure(err error) {
	var limited *slack.RateLimitedError
	if errors.As(err, &limited) {
		s.dial.limit.pause(limited.RetryAfter)
	}
	if webapi.ConnectRefusal(err) != nil {
		s.stop(err)
		return
	}
	s.stop(errReconnect)
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

// answerEnvelope answers one envelope on a goroutine of its own.
func (s *session) answerEnvelope(e envelope) {
	s.answering++
	m := s.mode
	d := delivery{dedupe: fingerprint(e.Payload), at: m.now()}
	m.work.start(func() {
		defer func() {
			select {
			case s.answered <- struct{}{}:
			case <-s.ctx.Done():
			}
		}()
		began := time.Now()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(s.ctx), ackTime)
		defer cancel()
		a := m.dispatcher.openEnvelope(ctx, e, d)
		m.countAck(a, began)
		if a.reason != "" {
			m.refusals.noteRefusal("socket", a.reason)
		}
		if a.status != http.StatusServiceUnavailable { // not taken: no ack, so that it is seen
			s.sendAck(e.ID, a.body, began.Add(ackBy))
		}
		m.work.continueAfter(ctx, a.then)
	})
}

// openEnvelope answers an envelope by the same path as HTTP does.
func (x *dispatcher) openEnvelope(ctx context.Context, e envelope, d delivery) answer {
	if len(e.Payload) > maxBody {
		return turnAway(http.StatusRequestEntityTooLarge, "too_large")
	}
	switch e.Type {
	case socketmode.RequestTypeSlashCommands:
		var cmd slack.SlashCommand
		if payload.IsAmbiguous(e.Payload) || json.Unmarshal(e.Payload, &cmd) != nil {
			return turnAway(http.StatusBadRequest, "malformed")
		}
		return x.handleCommand(ctx, cmd, d)
	case socketmode.RequestTypeInteractive:
		return x.handleInteraction(ctx, e.Payload, d)
	case socketmode.RequestTypeEventsAPI:
		return x.handleEvent(ctx, e.Payload)
	}
	return answer{kind: "other"}
}

// sendAck queues the ack, and gives up when Slack would no longer take it. While the
// connection is down the queue fills and would block for ever (fault 3).
func (s *session) sendAck(id string, body any, by time.Time) {
	ctx, cancel := context.WithDeadline(s.ctx, by)
	defer cancel()
	if err := s.client.AckCtx(ctx, id, s.shrink(body)); err != nil {
		s.mode.web.WarnRarely("Socket Mode: envelope not acknowledged", err)
	}
}

// shrink makes an answer small enough for an ack: fewer suggestions, or a message
// without its blocks.
func (s *session) shrink(body any) any {
	for body != nil {
		raw, err := json.Marshal(body)
		if err == nil && len(raw) < maxAck {
			return body
		}
		switch b := body.(type) {
		case blockkit.Suggestions:
			body = b.Fewer()
			continue
		case answerMessage:
			if b.Blocks != nil {
				body = answerMessage{ResponseType: b.ResponseType, Text: b.Text}
				continue
			}
		}
		s.mode.log.Error(
			"answer too large for Socket Mode, acknowledged without it",
			"err",
			fmt.Errorf("%d bytes: %w", len(raw), err),
		)
		return nil
	}
	return nil
}
