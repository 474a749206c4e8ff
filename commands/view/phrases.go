package view

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"twokey/commands/reinstall/model"
)

// literalName is a word that is written as it is: an id, a region, whatever has a
// digit in it. No sentence makes another one of it.
var literalName = regexp.MustCompile(`^(ins|img|snap|l?disk|skey|ap|eu|me|na|sa)-|[0-9]`)

// Capitalize begins a sentence with a capital letter, unless with a name.
func Capitalize(s string) string {
	if first, _, _ := strings.Cut(s, " "); literalName.MatchString(first) {
		return s
	}
	for i, r := range s {
		return strings.ToUpper(string(r)) + s[i+len(string(r)):]
	}
	return s
}

// PauseText words a pause, without a full stop.
func PauseText(p model.Pause) Text {
	if p.Next.IsZero() {
		return Say(p.Why, "; no opening follows")
	}
	return Say(p.Why, "; the next opening is ", At(p.Next))
}

// ClosedTooLong refuses a proposal that would expire before the calls open.
func ClosedTooLong(t model.Terms, now time.Time) *model.Refusal {
	p := t.Calendar.PauseAt(now)
	if p == nil || !p.Next.IsZero() && p.Next.Before(now.Add(t.ExpiresAfter)) {
		return nil
	}
	next := "Propose it then; until then, only a change of the policy file opens them"
	if p.Next.IsZero() {
		next = "Ask whoever keeps the policy file"
	}
	why := Say(PauseText(*p), ", and the proposal would expire before that, after ", model.HumanDuration(t.ExpiresAfter))
	return Refuse(model.RefusalTitle(model.VerbPropose), why, next)
}

func AnySlotWords(t model.Terms) string {
	if len(t.Quorum) == 0 {
		return ""
	}
	return ", in any place that is still open"
}

func SeatWords(t model.Terms, but string) Text {
	var out Text
	for i, s := range t.Quorum {
		if i > 0 {
			out = append(out, Say(" and ")...)
		}
		out = append(out, Say(fmt.Sprintf("%d of ", s.Approvals), Mentions(s.People.Without(but)))...)
	}
	if n := t.Approvals - model.ApprovalsOfSeats(t.Quorum); n > 0 {
		out = append(out, Say(fmt.Sprintf(" and %d of any of them", n))...)
	}
	return out
}

// EndSentence ends a sentence, as the rules do.
func EndSentence(s string) string { return model.EndSentence(s) }

// OneLine is a text without its line breaks, and with one blank between words.
func OneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// ShortenTo cuts a text at a number of code points, and shows that it does.
func ShortenTo(s string, most int) string {
	s = OneLine(s)
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
