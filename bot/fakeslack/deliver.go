package fakeslack

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// A NotAcked error tells that the bot did not take a request as it should:
// within three seconds, with status 200.
type NotAcked struct {
	Kind   string // command, block_actions, view_submission, ..
	Status int    // 0: no answer at all
	Cause  error  // for no answer: context.DeadlineExceeded or a network error
}

func (e *NotAcked) Error() string {
	if e.Status != 0 {
		return fmt.Sprintf("the bot answered the %s with status %d", e.Kind, e.Status)
	}
	return fmt.Sprintf("the bot did not answer the %s: %v", e.Kind, e.Cause)
}

func (e *NotAcked) Unwrap() error { return e.Cause }

// TimedOut tells whether the bot took too long.
func (e *NotAcked) TimedOut() bool { return errors.Is(e.Cause, context.DeadlineExceeded) }

// errNotDelivered is the cause when the switch lose_click kept a request back.
var errNotDelivered = errors.New("lost on the way to the bot")

// An outgoing request: what goes to the bot, by HTTP or Socket Mode.
type outgoing struct {
	kind    string // as in NotAcked
	user    string
	command url.Values     // of a slash command
	payload map[string]any // of an interaction
	event   map[string]any // of an event
	retry   int            // how often the event was sent before
	why     string         // it is sent again
}

// body is what goes over HTTP, and its content type.
func (o outgoing) body() (contentType string, body []byte) {
	if o.event == nil {
		return "application/x-www-form-urlencoded", []byte(o.form().Encode())
	}
	return "application/json", wireJSON(o.event)
}

// form is the body as Slack sends it over HTTP.
func (o outgoing) form() url.Values {
	if o.command != nil {
		return o.command
	}
	return url.Values{"payload": {string(wireJSON(o.payload))}}
}

func (o outgoing) text() string { _, body := o.body(); return string(body) }

// deliver sends the request to the bot and returns the body of its answer.
// Every failure is a *NotAcked. s.mu must not be held: the bot calls back.
func (s *Slack) deliver(ctx context.Context, o outgoing) (body []byte, status int, err error) {
	if s.takeFault("@lose_click").kind != "" {
		s.recordRequest(Request{Kind: o.kind, User: o.user, At: s.cfg.Now(), Body: o.text(), Err: errNotDelivered.Error()})
		return nil, 0, &NotAcked{Kind: o.kind, Cause: errNotDelivered}
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

func (s *Slack) deliverOnce(ctx context.Context, o outgoing) ([]byte, int, error) {
	s.mu.Lock()
	target, overSocket := s.cfg.InteractionURL, s.cfg.SocketMode
	switch {
	case o.command != nil:
		target = s.cfg.CommandURL
	case o.event != nil && s.cfg.EventURL != "":
		target = s.cfg.EventURL
	}
	s.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, s.cfg.AckTimeout)
	defer cancel()
	if overSocket {
		return s.sendEnvelope(ctx, o)
	}
	return s.post(ctx, target, o)
}

// post sends the signed HTTP request and records it.
func (s *Slack) post(ctx context.Context, target string, o outgoing) ([]byte, int, error) {
	contentType, body := o.body()
	header := http.Header{"Content-Type": {contentType}}
	if o.retry > 0 {
		header.Set("X-Slack-Retry-Num", strconv.Itoa(o.retry))
		header.Set("X-Slack-Retry-Reason", o.why)
	}
	req := Request{Kind: o.kind, User: o.user, At: s.cfg.Now(), URL: target, Body: string(body)}
	started := time.Now()
	status, answer, err := s.roundTrip(ctx, target, body, header)
	req.Took, req.Status, req.Answer = time.Since(started), status, string(answer)
	switch {
	case err != nil:
		err = &NotAcked{Kind: o.kind, Cause: err}
	case status != http.StatusOK:
		err = &NotAcked{Kind: o.kind, Status: status}
	}
	if err != nil {
		req.Err = err.Error()
	}
	s.recordRequest(req)
	return answer, status, err
}

func (s *Slack) roundTrip(ctx context.Context, target string, body []byte, header http.Header) (int, []byte, error) {
	r := s.signed(target, body, s.cfg.Now()).WithContext(ctx)
	maps.Copy(r.Header, header)
	resp, err := s.client.Do(r)
	if err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return 0, nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return resp.StatusCode, answer, err
}

// Sign returns the X-Slack-Signature of a body sent at a Unix time.
func Sign(secret, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = mac.Write([]byte("v0:" + timestamp + ":"))
	_, _ = mac.Write(body)
	return "v0=" + hex.EncodeToString(mac.Sum(nil))
}

// SignedRequest makes a POST to the bot as Slack would sign it at the given
// moment. path is a whole URL, or a path on the host of the command URL. The
// content type is a form's; a test may change anything before sending it.
func (s *Slack) SignedRequest(path string, body []byte, when time.Time) *http.Request {
	target := path
	if !strings.Contains(path, "://") {
		s.mu.Lock()
		base, err := url.Parse(s.cfg.CommandURL)
		s.mu.Unlock()
		if err == nil {
			target = base.Scheme + "://" + base.Host + path
		}
	}
	return s.signed(target, body, when)
}

func (s *Slack) signed(target string, body []byte, when time.Time) *http.Request {
	req, err := http.NewRequest(http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		// Only a malformed URL from the configuration gets here: the request
		// then goes nowhere, and the person sees that it failed.
		req, _ = http.NewRequest(http.MethodPost, "http://invalid.invalid/", bytes.NewReader(body))
	}
	stamp := strconv.FormatInt(when.Unix(), 10)
	req.Header.Set("User-Agent", "Slackbot 1.0 (+https://api.slack.com/robots)")
	req.Header.Set("Accept", "application/json,*/*")
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("X-Slack-Request-Timestamp", stamp)
	req.Header.Set("X-Slack-Signature", Sign(s.cfg.SigningSecret, stamp, body))
	return req
}
