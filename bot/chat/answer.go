package chat

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// An answer is what Slack gets within three seconds, over HTTP or as a Socket Mode
// ack.
type answer struct {
	kind   string // command, press, submit, suggest, event, other
	status int    // 0 is 200
	body   any    // JSON; nil: empty
	// reason says why something was turned away; it is counted. Empty: it was not.
	reason string
	// then goes on after the answer was sent.
	then func(context.Context)
}

func turnAway(status int, reason string) answer { return answer{status: status, reason: reason} }

// A delivery is one thing that Slack sent.
type delivery struct {
	dedupe string // the same for the same action of a person, and only for that
	at     time.Time
}

// fingerprint distinguishes one action from every other. What Slack sends holds the
// action's own trigger_id. Sent again, it is the same, whatever its signature,
// envelope_id or connection; a second click differs.
func fingerprint(body []byte) string {
	h := sha256.Sum256(body)
	return hex.EncodeToString(h[:])
}

// encodeAnswer is JSON without escapes for < and >, which would swell an ack.
func encodeAnswer(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("encode an answer: %w", err)
	}
	return bytes.TrimSpace(b.Bytes()), nil
}

// intake is what HTTP and Socket Mode share: both hand what Slack sends to the
// dispatcher, and go on after the answer.
type intake struct {
	dispatcher *dispatcher
	refusals   *refusalLog
	metrics    Metrics
	work       *background
	now        func() time.Time
}

// countAck counts an answer that was begun at a moment.
func (i *intake) countAck(a answer, began time.Time) {
	i.metrics.Acked(cmp.Or(a.kind, "other"), time.Since(began))
}
