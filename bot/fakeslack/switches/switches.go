// Package switches is how Slack misbehaves when it is asked to: a table of switches,
// and which of them are on.
package switches

import (
	"errors"
	"fmt"
	"maps"
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

var table = []Switch{
	{Name: "rate_limit", Takes: "count", Help: "the next N calls answer 429 with Retry-After: 1"},
	{Name: "rate_limit_bare", Takes: "count", Help: "the next N calls answer 429 without Retry-After"},
	{Name: "rate_limit_odd", Takes: "count", Help: "the next N calls answer 429 with Retry-After: soon"},
	{Name: "error_500", Takes: "count", Help: "the next N calls answer 500 and do nothing"},
	{Name: "internal_error", Takes: "count", Help: "the next N calls answer internal_error and do nothing"},
	{Name: "fatal_error", Takes: "count", Help: "the next N calls answer fatal_error and do nothing"},
	{Name: "fatal_after", Takes: "count", Help: "the next N calls are done, yet answer fatal_error"},
	{Name: "empty_ok", Takes: "count", Help: "the next N calls answer {} and do nothing"},
	{
		Name: "invalid_blocks", Takes: "count",
		Help: "the next N calls answer invalid_blocks and do nothing, whatever their blocks",
	},
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
	{
		Name: "bare_answers", Takes: "on",
		Help: "users.info, conversations.info, usergroups.list and auth.test leave out what Slack documents (unproven)",
	},
	{Name: "strict_blocks", Takes: "on", Help: "blocks.validate takes no overflow menu (unproven)"},
	{Name: "no_validate", Takes: "on", Help: "there is no blocks.validate, as before 2026"},
	{Name: "no_scopes", Takes: "on", Help: "no answer tells the token's scopes (unproven)"},
	{
		Name: "deliver_twice", Takes: "count",
		Help: "the next N clicks and commands reach the bot twice, at once; on: all",
	},
	{Name: "lose_click", Takes: "count", Help: "the next N clicks and commands never reach the bot"},
}

// forCalls are the faults of one call each, in the order in which they are tried.
var forCalls = []string{
	"rate_limit", "rate_limit_bare", "rate_limit_odd", "error_500", "internal_error", "fatal_error", "fatal_after",
	"empty_ok",
	"invalid_blocks", "msg_blocks_too_long",
	"drop_before", "drop_after", "hang", "hang_after",
}

// A Set holds the switches that are on. "METHOD:name" is for that method alone. A
// Set is not for use by several goroutines at once.
type Set struct {
	counts map[string]int // -1 stands for on
	slow   time.Duration
}

// ErrNoSwitch: there is no such switch, or it does not take that value.
var ErrNoSwitch = errors.New("no such switch")

// Turn sets a switch. name may be prefixed by a method and a colon, as in
// chat.postMessage:fatal_error, or response_url:error_500. value is a count,
// "on", "off" or a duration. The error is ErrNoSwitch.
func (f *Set) Turn(name, value string) error {
	_, bare, prefixed := strings.Cut(name, ":")
	if !prefixed {
		bare = name
	}
	i := slices.IndexFunc(table, func(x Switch) bool { return x.Name == bare })
	if i < 0 || prefixed && !slices.Contains(forCalls, bare) {
		return fmt.Errorf("%w: %q", ErrNoSwitch, name)
	}
	return f.setValue(name, value, table[i].Takes)
}

func (f *Set) setValue(name, value, takes string) error {
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

// All returns every switch with its present value, then those that were set for
// single methods.
func (f *Set) All() []Switch {
	out := slices.Clone(table)
	for i := range out {
		out[i].Value = f.valueOf(out[i].Name)
	}
	for _, name := range slices.Sorted(maps.Keys(f.counts)) {
		if strings.Contains(name, ":") {
			out = append(out, Switch{Name: name, Value: f.valueOf(name), Takes: "count"})
		}
	}
	return out
}

func (f *Set) valueOf(name string) string {
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

// On reports whether a switch is on.
func (f *Set) On(name string) bool { return f.counts[name] != 0 }

// Slow is how much longer each call takes.
func (f *Set) Slow() time.Duration { return f.slow }

// Use takes one off a switch and reports whether it was on.
func (f *Set) Use(name string) bool {
	n := f.counts[name]
	if n > 0 {
		if f.counts[name]--; n == 1 {
			delete(f.counts, name)
		}
	}
	return n != 0
}

// ForCall picks the switch for one call of the method, if any is on.
func (f *Set) ForCall(method string) string {
	if f.On("down") {
		return "down"
	}
	for _, name := range forCalls {
		if f.Use(method+":"+name) || f.Use(name) {
			return name
		}
	}
	return ""
}

// A Force is a switch that is on, as people read it.
type Force struct {
	Name string `json:"name"`
	Text string `json:"text"` // one sentence
}

// InForce returns every switch that is on, with a sentence that says what it does now.
func (f *Set) InForce() []Force {
	out := []Force{}
	for _, x := range f.All() {
		if x.Value != "" {
			out = append(out, Force{Name: x.Name, Text: x.inWords()})
		}
	}
	return out
}

// inWords is the switch's help with its value in it.
func (x Switch) inWords() string {
	method, bare, prefixed := strings.Cut(x.Name, ":")
	if !prefixed {
		bare = x.Name
	}
	i := slices.IndexFunc(table, func(k Switch) bool { return k.Name == bare })
	help, left := strings.Replace(table[i].Help, "the next N ", "the next ", 1), ""
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
