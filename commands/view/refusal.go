package view

import (
	"strings"

	"twokey/commands/reinstall/model"
)

// Refuse makes a refusal of a reason that mentions people and at most one moment. What
// else formats the reason is lost: WhyText returns its people and its moment only.
func Refuse(what string, why Text, next string) *model.Refusal {
	r := model.Refuse(what, why.String(), next)
	for _, s := range why {
		switch s.Kind {
		case Group:
			r.People = r.People.With(model.People{Groups: []string{s.Text}})
		case User:
			r.People = r.People.With(model.People{Users: []string{s.Text}})
		case Time:
			r.Until = s.At
		}
	}
	return r
}

// WhyText is why something was refused, as a whole sentence: its people are mentions, and
// its moment is in the reader's zone.
func WhyText(r *model.Refusal) Text {
	named := mentionSpans(r.People)
	if !r.Until.IsZero() {
		named = append(named, At(r.Until))
	}
	var t Text
	for rest := EndSentence(r.Why); rest != ""; {
		before, s, end := cutAtSpan(rest, named)
		if before != "" {
			t = append(t, Span{Text: before})
		}
		if s != (Span{}) {
			t = append(t, s)
		}
		rest = rest[end:]
	}
	return t
}

// cutAtSpan finds the first of the spans in plain words, of several at one place the
// longest: what stands before it, and where it ends. The zero span is none.
func cutAtSpan(words string, spans []Span) (before string, first Span, end int) {
	at, end := len(words), len(words)
	for _, s := range spans {
		plain := Text{s}.String()
		i := strings.Index(words, plain)
		if i >= 0 && (i < at || i == at && i+len(plain) > end) {
			at, end, first = i, i+len(plain), s
		}
	}
	return words[:at], first, end
}

// Mentions names groups and people, with commas between them.
func Mentions(p model.People) Text {
	var t Text
	for i, s := range mentionSpans(p) {
		if i > 0 {
			t = append(t, Span{Text: ", "})
		}
		t = append(t, s)
	}
	return t
}

// mentionSpans are the groups, then the people.
func mentionSpans(p model.People) []Span {
	var out []Span
	for _, g := range p.Groups {
		out = append(out, Everyone(g))
	}
	for _, u := range p.Users {
		out = append(out, Who(u))
	}
	return out
}
