package fakeslack

import (
	"io"
	"net/http"
	"slices"
	"time"

	"twokey/bot/fakeslack/callargs"
	"twokey/bot/fakeslack/messages"
)

const (
	responseUses = 5
	responseLife = 30 * time.Minute
)

// A responseURL lets the app answer one person, five times in half an hour: in the
// channel, unless the answer names a thread.
type responseURL struct {
	user, channel string
	original      *record // the message whose button was pressed; nil for commands
	at            time.Time
	uses          int
}

// newResponseURL gives one out. Callers hold s.mu.
func (s *workspace) newResponseURL(user, channel string, original *record) string {
	id := newID("") + newID("")
	s.responses[id] = &responseURL{user: user, channel: channel, original: original, at: s.cfg.Now()}
	return s.cfg.URL + "/response/" + id
}

// serveResponseURL answers as hooks.slack.com does: "ok", or an error's name
// as text.
func (s *webAPI) serveResponseURL(w http.ResponseWriter, r *http.Request) {
	call := Call{Method: "response_url", At: s.cfg.Now(), Args: args{}}
	fault := s.takeFault("response_url")
	call.Fault = fault.kind
	body, err := io.ReadAll(io.LimitReader(r.Body, callargs.MaxBody))
	call.Args["body"] = string(body)
	if !s.applyBefore(w, r, fault, &call) {
		return
	}
	status, word := http.StatusBadRequest, "invalid_payload"
	if err == nil {
		status, word = s.useResponseURL(r.PathValue("id"), body)
	}
	call.Status, call.Answer = status, []byte(word)
	if status != http.StatusOK {
		call.Error = word
	}
	s.applyAfter(r, fault, &call)
	s.recordCall(call)
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, word)
}

// useResponseURL does what the body asks.
func (s *webAPI) useResponseURL(id string, body []byte) (int, string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.responses[id]
	if u == nil {
		return http.StatusNotFound, "no_service"
	}
	if u.uses >= responseUses || s.cfg.Now().Sub(u.at) > responseLife {
		return http.StatusNotFound, "used_url"
	}
	m, err := messages.ReadResponse(body)
	if err != nil {
		return http.StatusBadRequest, err.Error()
	}
	u.uses++
	switch {
	case m.Remove && u.original != nil:
		s.discardMessage(u.original)
	case m.Replace && u.original != nil:
		u.original.revise()
		u.original.Text, u.original.Blocks, u.original.EditedTS = m.Text, m.Blocks, s.nextTS()
		s.markChanged()
	case m.Text == "" && m.Blocks == nil:
		return http.StatusBadRequest, "no_text"
	default:
		s.showResponse(m, u.user, u.channel, m.ThreadTS)
	}
	return http.StatusOK, "ok"
}

// discardMessage removes an ordinary or ephemeral message. Callers hold s.mu.
func (s *workspace) discardMessage(r *record) {
	if r.EphemeralTo == "" {
		s.removeMessage(s.channels[r.Channel], r)
		return
	}
	delete(s.byTS, r.TS)
	s.ephemeral = slices.DeleteFunc(s.ephemeral, func(x *record) bool { return x == r })
	s.markChanged()
}
