package chat

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"slices"
	"time"

	"twokey/bot/chat/webapi"
)

// httpEndpoint takes what Slack sends over HTTP.
type httpEndpoint struct {
	*intake
	secret string // that Slack signs with; empty: no endpoints
	log    *slog.Logger
}

// Handler serves POST /slack/commands and POST /slack/interactions. Without a
// signing secret there are no such endpoints.
func (e *httpEndpoint) Handler() http.Handler {
	mux := http.NewServeMux()
	if e.secret != "" {
		mux.HandleFunc("/slack/commands", e.handleSigned(e.dispatcher.handleCommandRequest, webapi.FormType))
		mux.HandleFunc(
			"/slack/interactions",
			e.handleSigned(e.dispatcher.handleInteractionRequest, webapi.FormType, webapi.JSONType),
		)
	}
	return mux
}

// handleSigned lets through what Slack signed, and nothing else. It checks method,
// content type, size and signature with its window, in this order (section 1).
func (e *httpEndpoint) handleSigned(
	handle func(context.Context, *http.Request, delivery) answer, types ...string,
) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		d := delivery{at: e.now()}
		began := time.Now()
		body, a := e.readSigned(w, r, types)
		if a == nil {
			d.dedupe = fingerprint(body)
			// An ack that Slack no longer waits for must not interrupt what it began.
			ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), ackTime)
			defer cancel()
			r.Body = io.NopCloser(bytes.NewReader(body))
			handled := handle(ctx, r, d)
			a = &handled
		}
		e.writeAnswer(w, r.URL.Path, *a)
		e.countAck(*a, began)
		e.work.continueAfter(r.Context(), a.then)
	}
}

// readSigned reads the body, if it may be read and is Slack's; otherwise it returns
// the answer.
func (e *httpEndpoint) readSigned(w http.ResponseWriter, r *http.Request, types []string) ([]byte, *answer) {
	refuse := func(status int, reason string) ([]byte, *answer) {
		a := turnAway(status, reason)
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
	if reason := checkSignature(r.Header, body, e.secret); reason != "" {
		return refuse(http.StatusUnauthorized, reason)
	}
	if isSSLCheck(body) {
		return nil, &answer{kind: "ssl_check"}
	}
	return body, nil
}

// contentType is a request's, without its parameters; empty if there is none.
func contentType(r *http.Request) string {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return ""
	}
	return kind
}

// refusalTexts are the bodies of refusals; they reveal nothing.
var refusalTexts = map[int]string{
	http.StatusBadRequest:            "not understood",
	http.StatusUnauthorized:          "not signed by Slack, or too old",
	http.StatusForbidden:             "not of this app or workspace",
	http.StatusMethodNotAllowed:      "POST only",
	http.StatusRequestEntityTooLarge: "too large",
	http.StatusUnsupportedMediaType:  "of another content type than is expected",
	http.StatusServiceUnavailable:    "not ready yet",
}

// writeAnswer sends the answer.
func (e *httpEndpoint) writeAnswer(w http.ResponseWriter, path string, a answer) {
	if a.reason != "" {
		e.refusals.noteRefusal(path, a.reason)
	}
	if a.status != 0 && a.status != http.StatusOK {
		http.Error(w, cmp.Or(refusalTexts[a.status], "refused"), a.status)
		return
	}
	if a.body == nil {
		w.WriteHeader(http.StatusOK)
		return
	}
	body, err := encodeAnswer(a.body)
	if err != nil {
		e.log.Error("answer not written", "kind", a.kind, "err", err)
		http.Error(w, "fault", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = w.Write(body)
}
