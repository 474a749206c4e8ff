package view

import (
	"fmt"
	"strings"
	"time"

	"twokey/commands/reinstall"
)

// Pause words a pause, without a full stop.
func Pause(p reinstall.Pause) reinstall.Text {
	if p.Next.IsZero() {
		return reinstall.Say(p.Why, "; no opening follows")
	}
	return reinstall.Say(p.Why, "; the next opening is ", reinstall.At(p.Next))
}

// ClosedTooLong refuses a proposal that would expire before the calls open.
func ClosedTooLong(t reinstall.Terms, now time.Time) *reinstall.Refusal {
	p := t.Calendar.At(now)
	if p == nil || !p.Next.IsZero() && p.Next.Before(now.Add(t.ExpiresAfter)) {
		return nil
	}
	r := reinstall.Refuse("Not proposed", "", "Propose it then; until then, only a change of the policy file opens them")
	if p.Next.IsZero() {
		r.Next = "Ask whoever keeps the policy file"
	}
	r.Words = append(Pause(*p), reinstall.Say(", and the proposal would expire before that, after "+reinstall.Ago(t.ExpiresAfter))...)
	r.Why = r.Words.String()
	return r
}

func AnyPlace(t reinstall.Terms) string {
	if len(t.Quorum) == 0 {
		return ""
	}
	return ", in any place that is still owed"
}

func OrWord(s, d string) string {
	if s == "" {
		return d
	}
	return s
}

func SeatWords(t reinstall.Terms, but string) reinstall.Text {
	var out reinstall.Text
	for i, s := range t.Quorum {
		if i > 0 {
			out = append(out, reinstall.Say(" and ")...)
		}
		out = append(out, reinstall.Say(fmt.Sprintf("%d of ", s.Approvals), s.Mentions(but, ", "))...)
	}
	if n := t.Approvals - reinstall.Total(t.Quorum); n > 0 {
		out = append(out, reinstall.Say(fmt.Sprintf(" and %d of any of them", n))...)
	}
	return out
}

// Dot ends a sentence.
func Dot(s string) string {
	if s = strings.TrimSpace(s); s == "" || strings.ContainsAny(s[len(s)-1:], ".!?") {
		return s
	}
	return s + "."
}
