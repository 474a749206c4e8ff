package model

import (
	"cmp"
	"strings"
	"time"
)

// JoinAnd joins words as a sentence does: "a, b and c".
func JoinAnd[S ~string](words []S) string { return joinBefore(words, " and ") }

// JoinOr is "a, b or c".
func JoinOr[S ~string](words []S) string { return joinBefore(words, " or ") }

func joinBefore[S ~string](words []S, last string) string {
	if n := len(words); n > 1 {
		return Join(words[:n-1], ", ") + last + string(words[n-1])
	}
	return Join(words, "")
}

// Join is strings.Join for ids of any type.
func Join[S ~string](words []S, sep string) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = string(w)
	}
	return strings.Join(out, sep)
}

// FormatTime writes a time as people compare it: UTC, to the second; empty for none.
func FormatTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}

// FormatHour writes a moment of today: UTC, to the minute.
func FormatHour(t time.Time) string { return t.UTC().Format("15:04 UTC") }

// OrNone is s, or "none" if it is empty.
func OrNone(s string) string { return cmp.Or(s, "none") }

// mostQuoted is how many characters of a quoted value a sentence can bear.
const mostQuoted = 60

// Quote puts a value that somebody typed between quotes, and cuts it to what a
// sentence can bear.
func Quote(s string) string {
	if r := []rune(s); len(r) > mostQuoted {
		s = string(r[:mostQuoted-1]) + "…"
	}
	return "“" + s + "”"
}

// EndSentence ends s with a full stop unless it already ends a sentence. White
// space around it goes; nothing stays nothing.
func EndSentence(s string) string {
	if s = strings.TrimSpace(s); s == "" || strings.ContainsAny(s[len(s)-1:], ".!?") {
		return s
	}
	return s + "."
}
