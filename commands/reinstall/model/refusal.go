package model

import (
	"strings"
)

// A Refusal is a "no" for people: what was refused, why, and what to do next.
// It is a value, not a fault: nothing is broken, nothing was started.
// All three parts are always set (promise 10).
type Refusal struct {
	What string `json:"what"` // "Not approved", no full stop
	Why  string `json:"why"`  // one sentence without its full stop
	Next string `json:"next"` // one sentence without its full stop
	// Words, where set, is Why with its people, groups and times as they are
	// shown: a screen draws it instead.
	Words Text `json:"words,omitempty"`
	// Unseen says that the cloud did not show what was asked for, which may be a
	// listing that is late.
	NotShown bool `json:"unseen,omitempty"`
}

// Refuse returns a refusal made of its three parts.
func Refuse(what, why, next string) *Refusal {
	return &Refusal{What: what, Why: why, Next: next}
}

// Error words the refusal as one line: "What: why. Next."
func (r *Refusal) Error() string {
	return r.What + ": " + EndSentence(r.Why) + " " + EndSentence(r.Next)
}

// EndSentence ends s with a full stop unless it already ends a sentence.
func EndSentence(s string) string {
	s = strings.TrimSpace(s)
	if s == "" || strings.HasSuffix(s, ".") || strings.HasSuffix(s, "?") || strings.HasSuffix(s, "!") {
		return s
	}
	return s + "."
}
