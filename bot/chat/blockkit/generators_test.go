package blockkit

import (
	"fmt"
	"strings"
	"time"

	"pgregory.net/rapid"

	"twokey/bot/chat/chattest"
	"twokey/commands/view"
)

func words(t *rapid.T, label string) string {
	if rapid.Bool().Draw(t, label+" hostile") {
		return chattest.Hostile[rapid.IntRange(0, len(chattest.Hostile)-1).Draw(t, label)]
	}
	return rapid.String().Draw(t, label)
}

func anyText(t *rapid.T, label string) view.Text {
	var out view.Text
	for range rapid.IntRange(0, 12).Draw(t, label+" spans") {
		kind := rapid.SampledFrom([]view.SpanKind{
			view.Plain, view.Bold, view.Code, view.User,
			view.Group, view.Time, view.Clock, view.Link, view.Sign, "?",
		}).Draw(t, label+" kind")
		s := view.Span{Kind: kind, Text: words(t, label)}
		if rapid.Bool().Draw(t, label+" sound") {
			switch kind {
			case view.User:
				s.Text = "U0BOB"
			case view.Group:
				s.Text = "S0ONCALL"
			case view.Link:
				s.Text = "https://example.com/" + strings.Repeat("x", rapid.IntRange(0, 4000).Draw(t, "path"))
			case view.Sign:
				s.Text = "key"
			case view.Time, view.Clock:
				s.At = time.Unix(rapid.Int64Range(-1e13, 1e13).Draw(t, "at"), 0)
			}
		}
		out = append(out, s)
	}
	return out
}

func anyCard(t *rapid.T) view.Card {
	c := view.Card{
		ID: rapid.StringMatching(`[0-9A-HJKMNP-TV-Z]{4}`).Draw(t, "id"), Rev: rapid.Int64Range(1, 1e18-1).Draw(t,
			"rev"), Channel: "C0INFRA",
		Title: words(t, "title"), Status: view.Status{Emoji: words(t, "emoji"), Word: words(t, "word")},
		Foot: anyText(t, "foot"), Summary: anyText(t, "summary"),
	}
	for range rapid.IntRange(0, 40).Draw(t, "lines") {
		c.Lines = append(c.Lines, anyText(t, "line"))
	}
	ask := &view.Confirm{Title: words(t, "title"), Text: words(t, "text"), Yes: words(t, "yes"), No: words(t, "no")}
	for range rapid.IntRange(0, 6).Draw(t, "more") {
		c.More = append(c.More, view.Button{Label: words(t, "label"), Verb: "cancel"})
	}
	c.MoreConfirm = ask
	for range rapid.IntRange(0, 30).Draw(t, "buttons") {
		c.Buttons = append(c.Buttons, view.Button{
			Label: words(t, "label"), Verb: rapid.StringMatching(`[a-z]{1,20}`).Draw(t,
				"verb"), Style: rapid.SampledFrom([]string{"", "primary", "danger", "green"}).Draw(t, "style"),
		})
	}
	return c
}

func anyForm(t *rapid.T) view.Form {
	f := view.Form{
		Verb: rapid.StringMatching(`[a-z]{1,20}`).Draw(t, "verb"), Op: rapid.SampledFrom([]string{"", "7K3Q"}).Draw(t,
			"op"), Rev: rapid.Int64Range(0, 1e9).Draw(t, "rev"),
		Title: words(t, "title"), Submit: words(t, "submit"), Channel: "C0INFRA", Thread: "1800000000.000100",
	}
	for range rapid.IntRange(0, 3).Draw(t, "intro") {
		f.Intro = append(f.Intro, anyText(t, "intro"))
	}
	for i := range rapid.IntRange(1, 6).Draw(t, "fields") {
		field := view.Field{
			ID: fmt.Sprintf("field%d", i), Label: words(t, "label"), Hint: words(t, "hint"), Holder: words(t,
				"holder"), Value: words(t, "value"), Optional: rapid.Bool().Draw(t, "optional"),
			Kind: rapid.SampledFrom([]view.FieldKind{
				view.FieldText, view.FieldLong, view.FieldNumber, view.FieldChoice,
				view.FieldSearch,
			}).Draw(t, "kind"),
		}
		for range rapid.IntRange(0, 5).Draw(t, "options") {
			field.Options = append(field.Options, view.Option{
				Value: words(t, "option"), Label: words(t, "option label"),
				Note: words(t, "note"),
			})
		}
		if len(field.Options) > 0 && rapid.Bool().Draw(t, "chosen") {
			field.Value = field.Options[0].Value
		}
		f.Fields = append(f.Fields, field)
	}
	return f
}
