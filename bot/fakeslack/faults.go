package fakeslack

import (
	"net/http"
	"strings"
	"time"

	"twokey/bot/fakeslack/switches"
)

// The ways in which Slack can misbehave.
type (
	// Switch is one way.
	Switch = switches.Switch
	// Force is a switch that is on, in words.
	Force = switches.Force
)

// ErrNoSwitch: there is no such switch, or it does not take that value.
var ErrNoSwitch = switches.ErrNoSwitch

// Switch sets a switch. name may be prefixed by a method and a colon, as in
// chat.postMessage:fatal_error, or response_url:error_500. value is a count,
// "on", "off" or a duration.
func (s *administration) Switch(name, value string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.faults.Turn(name, value); err != nil {
		return err
	}
	s.markChanged()
	return nil
}

// Switches returns every switch with its present value, then those that were
// set for single methods.
func (s *administration) Switches() []Switch {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faults.All()
}

// A fault is what is wrong with one call: kind is a switch, or none.
type fault struct {
	kind string
	slow time.Duration
}

// takeFault picks the fault for one call of the method. Names that start with
// @ are switches about requests to the bot.
func (s *workspace) takeFault(method string) fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := fault{slow: s.faults.Slow()}
	if name, ok := strings.CutPrefix(method, "@"); !ok {
		f.kind = s.faults.ForCall(method)
	} else if s.faults.Use(name) {
		f.kind = name
	}
	return f
}

// applyBefore applies what happens before the call is done; false: it was answered
// or will never be. A broken connection leaves by http.ErrAbortHandler.
func (s *webAPI) applyBefore(w http.ResponseWriter, r *http.Request, f fault, call *Call) bool {
	if f.slow > 0 {
		wait := time.NewTimer(f.slow)
		defer wait.Stop()
		select {
		case <-wait.C:
		case <-r.Context().Done():
		}
	}
	switch f.kind {
	case "down", "drop_before":
		s.recordCall(*call)
		panic(http.ErrAbortHandler)
	case "hang":
		s.recordCall(*call)
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	case "rate_limit", "rate_limit_bare", "rate_limit_odd":
		call.Status, call.Error = http.StatusTooManyRequests, "ratelimited"
		if f.kind == "rate_limit" {
			call.RetryAfter = 1
		}
		if f.kind == "rate_limit_odd" {
			w.Header().Set("Retry-After", "soon")
		}
		s.writeReply(w, *call, answer{"ok": false, "error": "ratelimited"})
	case "error_500":
		call.Status, call.Error = http.StatusInternalServerError, "error_500"
		s.writeReply(w, *call, answer{"ok": false, "error": "internal_error"})
	case "internal_error", "fatal_error", "invalid_blocks", "msg_blocks_too_long":
		call.Error = f.kind
		if call.Method == "response_url" { // its status says so
			call.Status = http.StatusBadRequest
		}
		s.writeReply(w, *call, answer{"ok": false, "error": f.kind})
	case "empty_ok":
		s.writeReply(w, *call, answer{})
	default:
		return true
	}
	return false
}

// applyAfter applies what happens once the call was done.
func (s *webAPI) applyAfter(r *http.Request, f fault, call *Call) {
	switch f.kind {
	case "drop_after":
		s.recordCall(*call)
		panic(http.ErrAbortHandler)
	case "hang_after":
		s.recordCall(*call)
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	}
}

// InForce returns every switch that is on, with a sentence that says what it
// does now.
func (s *workspace) InForce() []Force {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faults.InForce()
}
