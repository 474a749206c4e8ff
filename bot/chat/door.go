package chat

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/slack-go/slack"
)

// An answer is what Slack is told within three seconds, over HTTP or as a
// Socket Mode ack.
type answer struct {
	kind   string // command, press, submit, suggest, event, other
	status int    // 0 is 200
	body   any    // JSON; nil: empty
	// reason is set where something was turned away, and counted.
	reason string
	// then goes on after the answer was sent.
	then func(context.Context)
}

func turnedAway(status int, reason string) answer { return answer{status: status, reason: reason} }

// A delivery is one thing that Slack sent.
type delivery struct {
	dedupe string // the same for the same deed, and only for that
	at     time.Time
}

// Handler serves POST /slack/commands and POST /slack/interactions. Without a
// signing secret there are no such endpoints.
func (c *Chat) Handler() http.Handler {
	mux := http.NewServeMux()
	if c.cfg.SigningSecret != "" {
		mux.HandleFunc("/slack/commands", c.door(c.commandByHTTP, formType))
		mux.HandleFunc("/slack/interactions", c.door(c.interactionByHTTP, formType, jsonType))
	}
	return mux
}

// What Slack sends people's deeds as, and events.
const (
	formType = "application/x-www-form-urlencoded"
	jsonType = "application/json"
)

// door lets through what Slack signed, and nothing else: method, content type,
// size, signature and its window, in this order (facts/slack.md section 1).
func (c *Chat) door(inside func(context.Context, *http.Request, delivery) answer, types ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		d := delivery{at: c.now()}
		began := time.Now()
		body, a := c.admit(w, r, types)
		if a == nil {
			d.dedupe = fingerprint(body)
			// An ack that Slack no longer waits for must not tear what it began.
			ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), ackTime)
			defer cancel()
			r.Body = io.NopCloser(bytes.NewReader(body))
			b := inside(ctx, r, d)
			a = &b
		}
		c.write(w, r.URL.Path, *a)
		c.metrics.Acked(cmp.Or(a.kind, "other"), time.Since(began))
		c.after(r.Context(), a.then)
	}
}

// admit reads the body, if it may be read and is Slack's; otherwise it returns
// the answer.
func (c *Chat) admit(w http.ResponseWriter, r *http.Request, types []string) ([]byte, *answer) {
	refuse := func(status int, reason string) ([]byte, *answer) {
		a := turnedAway(status, reason)
		return nil, &a
	}
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return refuse(http.StatusMethodNotAllowed, "method")
	}
	if !slices.Contains(types, contentType(r)) {
		return refuse(http.StatusUnsupportedMediaType, "content_type")
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return refuse(http.StatusRequestEntityTooLarge, "too_large")
	case err != nil:
		return refuse(http.StatusBadRequest, "unreadable")
	}
	if r.Header.Get("X-Slack-Signature") == "" && isSSLCheck(body) {
		return nil, &answer{kind: "ssl_check"}
	}
	if reason := c.verify(r.Header, body); reason != "" {
		return refuse(http.StatusUnauthorized, reason)
	}
	if isSSLCheck(body) {
		return nil, &answer{kind: "ssl_check"}
	}
	return body, nil
}

// contentType is a request's, without its parameters; empty where it is none.
func contentType(r *http.Request) string {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return ""
	}
	return kind
}

// isSSLCheck reports Slack's look at the certificate. It is answered, and
// nothing of it is processed; it is not known to be always signed.
func isSSLCheck(body []byte) bool {
	form, err := url.ParseQuery(string(body))
	return err == nil && form.Get("ssl_check") == "1"
}

// verify returns why a signature does not hold, "" if it does. Replays inside
// the window are seen by their dedupe, behind the desk.
func (c *Chat) verify(h http.Header, body []byte) string {
	if len(h.Values("X-Slack-Signature")) > 1 || len(h.Values("X-Slack-Request-Timestamp")) > 1 {
		return "signature"
	}
	v, err := slack.NewSecretsVerifier(h, c.cfg.SigningSecret)
	if err == nil {
		_, _ = v.Write(body)
		err = v.Ensure()
	}
	switch {
	case err == nil:
		return ""
	case errors.Is(err, slack.ErrMissingHeaders):
		return "unsigned"
	case errors.Is(err, slack.ErrExpiredTimestamp):
		return "expired"
	}
	return "signature"
}

// fingerprint tells one deed from every other. What Slack sends has the deed's
// own trigger_id in it: sent again, under whatever signature or envelope_id and
// over whatever connection, it is the same; a second click is another.
func fingerprint(body []byte) string {
	h := sha256.Sum256(body)
	return hex.EncodeToString(h[:])
}

// refusals are the short words for who was turned away; they tell nothing.
var refusals = map[int]string{
	http.StatusBadRequest:            "not understood",
	http.StatusUnauthorized:          "not signed by Slack, or too old",
	http.StatusForbidden:             "not of this app or workspace",
	http.StatusMethodNotAllowed:      "POST only",
	http.StatusRequestEntityTooLarge: "too large",
	http.StatusUnsupportedMediaType:  "of another content type than is expected",
	http.StatusServiceUnavailable:    "not ready yet",
}

// maxLines of the log a second tell of what was turned away, and a burst of
// them: whoever knocks without end must not fill the disk. The metric counts all.
const (
	maxLines  = 1
	lineBurst = 30
)

// refuse counts and logs what was turned away: never a header, a body, an
// address or a token.
func (c *Chat) refuse(path, reason string) {
	c.metrics.Refused(reason)
	if !c.lines.AllowN(c.now(), 1) {
		c.unlogged.Add(1)
		return
	}
	c.log.Warn("turned away at the door", "path", path, "reason", reason, "unlogged", c.unlogged.Swap(0))
}

// write sends the answer.
func (c *Chat) write(w http.ResponseWriter, path string, a answer) {
	if a.reason != "" {
		c.refuse(path, a.reason)
	}
	if a.status != 0 && a.status != http.StatusOK {
		http.Error(w, cmp.Or(refusals[a.status], "refused"), a.status)
		return
	}
	if a.body == nil {
		w.WriteHeader(http.StatusOK)
		return
	}
	body, err := encode(a.body)
	if err != nil {
		c.log.Error("could not write an answer", "kind", a.kind, "err", err)
		http.Error(w, "fault", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = w.Write(body)
}

// encode is JSON without < and > spelt out, which would swell an ack.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("encode an answer: %w", err)
	}
	return bytes.TrimSpace(b.Bytes()), nil
}

// after runs what goes on after an answer, with a time limit of its own; Close
// waits for it.
func (c *Chat) after(ctx context.Context, then func(context.Context)) {
	if then == nil {
		return
	}
	c.work.Go(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), apiTimeout)
		defer cancel()
		then(ctx)
	})
}

// foreign returns the answer to what is not of our app or workspace, nil if it
// is (section 9: pin api_app_id and team_id). why tells what is foreign, "" if
// nothing is.
func (c *Chat) foreign(ctx context.Context, why func(Identity) string) *answer {
	id, err := c.identity(ctx)
	if err != nil {
		c.log.Error("do not know yet who I am", "err", err)
		a := turnedAway(http.StatusServiceUnavailable, "not_ready")
		return &a
	}
	if reason := why(id); reason != "" {
		a := turnedAway(http.StatusForbidden, reason)
		return &a
	}
	if c.theDesk() == nil {
		a := turnedAway(http.StatusServiceUnavailable, "not_ready")
		return &a
	}
	return nil
}

// isNot reports whether an app is another than the bot's own.
func (id Identity) isNot(app string) bool { return id.AppID != "" && app != id.AppID }

// has reports whether a team or enterprise is the bot's own.
func (id Identity) has(team, enterprise string) bool {
	return team != "" && team == id.TeamID || id.EnterpriseID != "" && enterprise == id.EnterpriseID
}
