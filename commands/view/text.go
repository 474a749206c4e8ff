package view

import (
	"slices"
	"strings"
	"time"

	"twokey/commands/reinstall/model"
)

// Text is what people read: a row of spans. Whatever comes from outside (names,
// tags, reasons) is a plain span and stays plain: no markup in it is ever
// interpreted, on any screen.
type Text []Span

// Span is one piece of a text.
type Span struct {
	Kind SpanKind  `json:"k"`
	Text string    `json:"t,omitempty"` // words; a user's or group's id for mentions
	At   time.Time `json:"at,omitzero"` // for Time, Clock and Hour
}

// SpanKind is how a span is shown.
type SpanKind string

// The kinds of span.
const (
	Plain SpanKind = ""
	Bold  SpanKind = "b"
	Code  SpanKind = "c"
	User  SpanKind = "u" // a person, by id
	Group SpanKind = "g" // a user group, by id: notifies all of it
	Time  SpanKind = "d" // a moment, in the reader's zone
	Clock SpanKind = "s" // a moment, and how long ago it is when somebody reads it
	Hour  SpanKind = "h" // a moment of today, without its date and seconds
	Link  SpanKind = "l" // a URL
	Sign  SpanKind = "e" // an emoji by name; a word always stands beside it
)

// Say joins strings and spans to a text.
func Say(parts ...any) Text {
	var t Text
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			t = append(t, Span{Text: p})
		case Span:
			t = append(t, p)
		case Text:
			t = append(t, p...)
		default:
			panic("view.Say: not words")
		}
	}
	return t
}

// At, Since, Who, Strong and Mono make spans.
func At(t time.Time) Span { return Span{Kind: Time, At: t} }

// AtHour is a moment within the day before or after now, in few words; any other has
// its date.
func AtHour(t, now time.Time) Span {
	if d := t.Sub(now).Abs(); t.IsZero() || d > 20*time.Hour {
		return At(t)
	}
	return Span{Kind: Hour, At: t}
}

func Since(t time.Time) Span { return Span{Kind: Clock, At: t} }

func Who(user string) Span { return Span{Kind: User, Text: user} }

func Strong(s string) Span { return Span{Kind: Bold, Text: s} }

func Mono(s string) Span { return Span{Kind: Code, Text: s} }

func Everyone(g string) Span { return Span{Kind: Group, Text: g} }

func Address(url string) Span { return Span{Kind: Link, Text: url} }

func Emoji(name string) Span { return Span{Kind: Sign, Text: name} }

// Timeless is the text without its moments, to compare two of them.
func (t Text) Timeless() Text {
	return slices.DeleteFunc(slices.Clone(t), func(s Span) bool { return slices.Contains([]SpanKind{Time, Clock, Hour}, s.Kind) })
}

// String is the text without any formatting, for logs and notifications.
// People and groups appear by id, signs not at all: the words stand alone.
func (t Text) String() string {
	var b strings.Builder
	for _, s := range t {
		switch s.Kind {
		case User, Group:
			b.WriteString("@" + s.Text)
		case Sign:
		case Time, Clock:
			b.WriteString(model.FormatTime(s.At))
		case Hour:
			b.WriteString(model.FormatHour(s.At))
		default:
			b.WriteString(s.Text)
		}
	}
	return strings.TrimSpace(b.String())
}
