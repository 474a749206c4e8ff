package delivery

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"time"
)

// A NotAcked error says that the app did not take a request as it should: within
// three seconds, with status 200.
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

// TimedOut reports whether the app took too long.
func (e *NotAcked) TimedOut() bool { return errors.Is(e.Cause, context.DeadlineExceeded) }

// An Outgoing is what goes to the app, by HTTP or Socket Mode: one of a command, a
// payload or an event.
type Outgoing struct {
	Kind    string // as in NotAcked
	User    string
	Command url.Values     // of a slash command
	Payload map[string]any // of an interaction
	Event   map[string]any // of an event
	Retry   int            // how often the event was sent before
	Why     string         // the reason for sending it again
}

// httpBody is what goes over HTTP, and its content type.
func (o Outgoing) httpBody() (contentType string, body []byte) {
	if o.Event == nil {
		return "application/x-www-form-urlencoded", []byte(o.asForm().Encode())
	}
	return "application/json", WireJSON(o.Event)
}

// asForm is the body as Slack sends it over HTTP.
func (o Outgoing) asForm() url.Values {
	if o.Command != nil {
		return o.Command
	}
	return url.Values{"payload": {string(WireJSON(o.Payload))}}
}

func (o Outgoing) bodyText() string { _, body := o.httpBody(); return string(body) }

// envelope is what goes over Socket Mode.
func (o Outgoing) envelope(id string) map[string]any {
	kind, payload := "interactive", any(o.Payload)
	if o.Command != nil {
		fields := map[string]any{}
		for k := range o.Command {
			fields[k] = o.Command.Get(k)
		}
		kind, payload = "slash_commands", fields
	}
	if o.Event != nil {
		kind, payload = "events_api", o.Event
	}
	frame := map[string]any{
		"type": kind, "envelope_id": id, "accepts_response_payload": o.Event == nil,
		"payload": json.RawMessage(WireJSON(payload)),
	}
	if o.Event != nil {
		frame["retry_attempt"], frame["retry_reason"] = o.Retry, o.Why
	}
	return frame
}

// A Request is one request to the app, and what came of it.
type Request struct {
	Kind     string // command, block_actions, view_submission, ..
	User     string
	At       time.Time
	URL      string // empty over Socket Mode
	Envelope string // envelope_id over Socket Mode
	Body     string
	Status   int
	Answer   string
	Err      string
	Took     time.Duration
}

// Undelivered is the record of a request that never left.
func Undelivered(o Outgoing, at time.Time, cause error) Request {
	return Request{Kind: o.Kind, User: o.User, At: at, Body: o.bodyText(), Err: cause.Error()}
}
