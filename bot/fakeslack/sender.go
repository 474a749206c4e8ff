package fakeslack

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"twokey/bot/fakeslack/delivery"
)

// A Request is one request to the bot.
type Request = delivery.Request

// A NotAcked error says that the bot did not take a request as it should: within
// three seconds, with status 200.
type NotAcked = delivery.NotAcked

// errNotDelivered is the cause when the switch lose_click kept a request back.
var errNotDelivered = errors.New("lost on the way to the bot")

// A sender is Slack as far as it reaches the bot: by signed requests, or over the
// bot's Socket Mode connections.
type sender struct {
	*workspace
	poster  *delivery.Poster
	sockets *delivery.Sockets
}

// deliver sends the request to the bot and returns the body of its answer.
// Every failure is a *NotAcked. s.mu must not be held: the bot calls back.
func (s *sender) deliver(ctx context.Context, o delivery.Outgoing) (body []byte, status int, err error) {
	if s.takeFault("@lose_click").kind != "" {
		s.recordRequest(delivery.Undelivered(o, s.cfg.Now(), errNotDelivered))
		return nil, 0, &NotAcked{Kind: o.Kind, Cause: errNotDelivered}
	}
	if s.takeFault("@deliver_twice").kind == "" {
		return s.deliverOnce(ctx, o)
	}
	second := make(chan struct{})
	go func() { defer close(second); _, _, _ = s.deliverOnce(ctx, o) }()
	body, status, err = s.deliverOnce(ctx, o)
	<-second
	return body, status, err
}

func (s *sender) deliverOnce(ctx context.Context, o delivery.Outgoing) ([]byte, int, error) {
	s.mu.Lock()
	target, overSocket := s.cfg.InteractionURL, s.cfg.SocketMode
	switch {
	case o.Command != nil:
		target = s.cfg.CommandURL
	case o.Event != nil && s.cfg.EventURL != "":
		target = s.cfg.EventURL
	}
	s.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, s.cfg.AckTimeout)
	defer cancel()
	if !overSocket {
		return s.postSigned(ctx, target, o)
	}
	req, body, err := s.sockets.Send(ctx, o, s.cfg.Now())
	s.recordRequest(req)
	s.noteAnswer(err)
	return body, req.Status, err
}

// postSigned sends the request by HTTP and records it.
func (s *sender) postSigned(ctx context.Context, target string, o delivery.Outgoing) ([]byte, int, error) {
	req, body, err := s.poster.Post(ctx, target, o, s.cfg.Now())
	s.recordRequest(req)
	s.noteAnswer(err)
	return body, req.Status, err
}

// noteAnswer takes what was said about missed presses away once the bot answers.
func (s *sender) noteAnswer(err error) {
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forgetUnanswered()
}

// Sign returns the X-Slack-Signature of a body sent at a Unix time.
func Sign(secret, timestamp string, body []byte) string {
	return delivery.Sign(secret, timestamp, body)
}

// SignedRequest makes a POST to the bot as Slack would sign it at the given
// moment. path is a whole URL, or a path on the host of the command URL. The
// content type is a form's; a test may change anything before sending it.
func (s *sender) SignedRequest(path string, body []byte, when time.Time) *http.Request {
	target := path
	if !strings.Contains(path, "://") {
		s.mu.Lock()
		base, err := url.Parse(s.cfg.CommandURL)
		s.mu.Unlock()
		if err == nil {
			target = base.Scheme + "://" + base.Host + path
		}
	}
	return delivery.SignedRequest(s.cfg.SigningSecret, target, body, when)
}

// SetOtherSockets has so many connections of other programs of the same app count
// against the ten that Slack takes.
func (s *sender) SetOtherSockets(n int) {
	s.sockets.SetOthers(n)
	s.Refresh()
}

// Sockets returns how many Socket Mode connections are open.
func (s *sender) Sockets() int { return s.sockets.Count() }

// Acks returns how often an envelope was acknowledged, over any connection.
func (s *sender) Acks(envelope string) int { return s.sockets.Acks(envelope) }

// DisconnectOne is Disconnect for the connection that is open the longest.
func (s *sender) DisconnectOne(reason string) { s.sockets.DisconnectOne(reason) }

// Disconnect asks every Socket Mode connection to go: reason is "warning" (about
// ten seconds ahead), "refresh_requested" or "link_disabled". After the latter
// two the connection is closed.
func (s *sender) Disconnect(reason string) { s.sockets.Disconnect(reason) }

// DropSockets breaks every Socket Mode connection without a word.
func (s *sender) DropSockets() { s.sockets.CloseAll() }

// SendFrame writes a raw frame to every Socket Mode connection: for malformed,
// repeated or reordered envelopes.
func (s *sender) SendFrame(frame []byte) { s.sockets.SendFrame(frame) }
