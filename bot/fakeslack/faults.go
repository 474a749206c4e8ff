package fakeslack

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Switch is one way in which Slack can misbehave.
type Switch struct {
	Name string `json:"name"`
	// Value is a count of calls left, a duration, or on; empty: off.
	Value string `json:"value"`
	Takes string `json:"takes"` // count, duration or on
	Help  string `json:"help"`
}

var switchTable = []Switch{
	{Name: "rate_limit", Takes: "count", Help: "the next N calls answer 429 with Retry-After: 1"},
	{Name: "rate_limit_bare", Takes: "count", Help: "the next N calls answer 429 without Retry-After"},
	{Name: "rate_limit_odd", Takes: "count", Help: "the next N calls answer 429 with Retry-After: soon"},
	{Name: "error_500", Takes: "count", Help: "the next N calls answer 500 and do nothing"},
	{Name: "internal_error", Takes: "count", Help: "the next N calls answer internal_error and do nothing"},
	{Name: "fatal_error", Takes: "count", Help: "the next N calls answer fatal_error and do nothing"},
	{Name: "fatal_after", Takes: "count", Help: "the next N calls are done, yet answer fatal_error"},
	{Name: "empty_ok", Takes: "count", Help: "the next N calls answer {} and do nothing"},
	{Name: "invalid_blocks", Takes: "count", Help: "the next N calls answer invalid_blocks and do nothing, whatever their blocks"},
	{Name: "msg_blocks_too_long", Takes: "count", Help: "the next N calls answer msg_blocks_too_long and do nothing"},
	{Name: "drop_before", Takes: "count", Help: "the next N connections break before anything is done"},
	{Name: "drop_after", Takes: "count", Help: "the next N calls are done, and the answer is lost"},
	{Name: "hang", Takes: "count", Help: "the next N calls do nothing and never answer"},
	{Name: "hang_after", Takes: "count", Help: "the next N calls are done and never answered"},
	{Name: "slow", Takes: "duration", Help: "every call takes this much longer"},
	{Name: "down", Takes: "on", Help: "every connection breaks: Slack is gone"},
	{Name: "threads_off", Takes: "on", Help: "replies in threads are refused, as in a channel that allows no threads"},
	{Name: "threads_locked", Takes: "on", Help: "replies in threads are refused: every thread is locked"},
	{Name: "threads_only", Takes: "on", Help: "messages outside threads are refused"},
	{Name: "read_only", Takes: "on", Help: "every new message is refused; edits go through"},
	{Name: "revoke_token", Takes: "on", Help: "the bot token answers token_revoked"},
	{Name: "bare_answers", Takes: "on", Help: "users.info, conversations.info, usergroups.list and auth.test leave out what Slack documents (unproven)"},
	{Name: "strict_blocks", Takes: "on", Help: "blocks.validate takes no divider (unproven)"},
	{Name: "no_validate", Takes: "on", Help: "there is no blocks.validate, as before 2026"},
	{Name: "no_scopes", Takes: "on", Help: "no answer tells the token's scopes (unproven)"},
	{Name: "deliver_twice", Takes: "count", Help: "the next N clicks and commands reach the bot twice, at once; on: all"},
	{Name: "lose_click", Takes: "count", Help: "the next N clicks and commands never reach the bot"},
}

// once are the faults of one call each, in the order in which they are tried.
var once = []string{
	"rate_limit", "rate_limit_bare", "rate_limit_odd", "error_500", "internal_error", "fatal_error", "fatal_after", "empty_ok",
	"invalid_blocks", "msg_blocks_too_long",
	"drop_before", "drop_after", "hang", "hang_after",
}

// faults are the switches that are on, by name; "METHOD:name" is for that
// method alone. -1 stands for on.
type faults struct {
	counts map[string]int
	slow   time.Duration
}

type fault struct {
	kind string
	slow time.Duration
}

// ErrNoSwitch: there is no such switch, or it does not take that value.
var ErrNoSwitch = errors.New("no such switch")

// Switch sets a switch. name may be prefixed by a method and a colon, as in
// chat.postMessage:fatal_error, or response_url:error_500. value is a count,
// "on", "off" or a duration.
func (s *administration) Switch(name, value string) error {
	_, bare, prefixed := strings.Cut(name, ":")
	if !prefixed {
		bare = name
	}
	i := slices.IndexFunc(switchTable, func(x Switch) bool { return x.Name == bare })
	if i < 0 || prefixed && !slices.Contains(once, bare) {
		return fmt.Errorf("%w: %q", ErrNoSwitch, name)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.faults.set(name, value, switchTable[i].Takes); err != nil {
		return err
	}
	s.markChanged()
	return nil
}

func (f *faults) set(name, value, takes string) error {
	if f.counts == nil {
		f.counts = map[string]int{}
	}
	off := value == "off" || value == "" || value == "0"
	switch {
	case off && takes == "duration":
		f.slow = 0
	case off:
		delete(f.counts, name)
	case takes == "duration":
		d, err := time.ParseDuration(value)
		if err != nil || d < 0 {
			return fmt.Errorf("%w: %s takes a duration, not %q", ErrNoSwitch, name, value)
		}
		f.slow = d
	case value == "on":
		f.counts[name] = -1
	default:
		n, err := strconv.Atoi(value)
		if err != nil || n < 0 || takes == "on" {
			return fmt.Errorf("%w: %s takes %s, not %q", ErrNoSwitch, name, takes, value)
		}
		f.counts[name] = n
	}
	return nil
}

// Switches returns every switch with its present value, then those that were
// set for single methods.
func (s *administration) Switches() []Switch {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.allSwitches()
}

func (s *workspace) allSwitches() []Switch {
	out := slices.Clone(switchTable)
	for i := range out {
		out[i].Value = s.faults.value(out[i].Name)
	}
	for _, name := range sortedKeys(s.faults.counts) {
		if strings.Contains(name, ":") {
			out = append(out, Switch{Name: name, Value: s.faults.value(name), Takes: "count"})
		}
	}
	return out
}

func (f *faults) value(name string) string {
	if name == "slow" && f.slow > 0 {
		return f.slow.String()
	}
	switch n := f.counts[name]; {
	case n < 0:
		return "on"
	case n > 0:
		return strconv.Itoa(n)
	}
	return ""
}

func (f *faults) revoked() bool { return f.counts["revoke_token"] != 0 }

// use takes one off a switch and tells whether it was on.
func (f *faults) use(name string) bool {
	n := f.counts[name]
	if n > 0 {
		if f.counts[name]--; n == 1 {
			delete(f.counts, name)
		}
	}
	return n != 0
}

// takeFault picks the fault for one call of the method. Names that start with
// @ are switches about requests to the bot.
func (s *workspace) takeFault(method string) fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := fault{slow: s.faults.slow}
	if name, ok := strings.CutPrefix(method, "@"); ok {
		if s.faults.use(name) {
			f.kind = name
		}
		return f
	}
	if s.faults.counts["down"] != 0 {
		f.kind = "down"
		return f
	}
	for _, name := range once {
		if s.faults.use(method+":"+name) || s.faults.use(name) {
			f.kind = name
			return f
		}
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
		if call.Method == "response_url" { // it tells by its status
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

// A Force is a switch that is on, as the page tells it.
type Force struct {
	Name string `json:"name"`
	Text string `json:"text"` // one sentence
}

// InForce returns every switch that is on, with a sentence that says what it
// does now.
func (s *workspace) InForce() []Force {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.inForce()
}

func (s *workspace) inForce() []Force {
	out := []Force{}
	for _, x := range s.allSwitches() {
		if x.Value != "" {
			out = append(out, Force{Name: x.Name, Text: x.sentence()})
		}
	}
	return out
}

// sentence is the switch's help with its value in it.
func (x Switch) sentence() string {
	method, bare, prefixed := strings.Cut(x.Name, ":")
	if !prefixed {
		bare = x.Name
	}
	i := slices.IndexFunc(switchTable, func(k Switch) bool { return k.Name == bare })
	help, left := strings.Replace(switchTable[i].Help, "the next N ", "the next ", 1), ""
	switch x.Takes {
	case "duration":
		help = strings.Replace(help, "this much", x.Value, 1)
	case "count":
		left = " (" + x.Value + " left)"
		if x.Value == "on" {
			left = " (until it is ended)"
		}
	}
	if prefixed {
		for _, what := range []string{"calls", "connections"} {
			help = strings.Replace(help, what, what+" of "+method, 1)
		}
	}
	return "Slack: " + help + left + "."
}
