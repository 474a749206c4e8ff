package chat

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"twokey/bot/chat/blockkit"
	"twokey/bot/chat/chattest"
	"twokey/bot/fakeslack"
	"twokey/commands/port"
	"twokey/commands/view"
)

func TestACardReadsFromTheTopDown(t *testing.T) {
	b := bench(t)
	a := b.postCard(aCard())
	got := b.slack.PlainText(b.slack.Thread(infra, a.TS)[0])
	at := -1
	for _, want := range []string{
		"web-01", "kernel panics at boot", "In service", "Lost", "ins-1a2b3c4d", "Then", "Needed", "[Approve]", "[Reject]",
		"[Confirm backup]", "[Cancel]", "asked by",
	} {
		i := strings.Index(got, want)
		if i <= at {
			t.Errorf("%q is missing or out of order in:\n%s", want, got)
		}
		at = i
	}
}

func TestHostileTextIsShownAsTextEverywhere(t *testing.T) {
	t.Parallel()
	for i, h := range chattest.Hostile {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			b := bench(t)
			c := aCard()
			c.Title, c.Summary = h, view.Say(h)
			c.Foot = view.Say(h)
			c.Lines = []view.Text{view.Say("Reason: ", h), view.Say(view.Mono(h), view.Strong(h))}
			c.Status.Word = h
			a := b.postCard(c)
			b.must(b.chat.PostLine(t.Context(), a, view.Say("Rejected: ", h), "7K3Q.13.0"))
			b.must(b.chat.Whisper(t.Context(), port.PrivateMessage{Channel: infra, User: "U0BOB", Text: view.Say(h,
				view.Span{Kind: view.User, Text: h}, view.Span{Kind: view.Group, Text: h}, view.Address(h), view.Emoji(h))}))
			b.front.command = reply(h)
			r, err := b.slack.Command(t.Context(), "U0ANN", infra, "x")
			b.must(err)
			if r.Warning != "" {
				t.Error(r.Warning)
			}
			if b.seen.count("own_blocks") != 0 {
				t.Errorf("the check failed: %s", b.logs)
			}
			for _, m := range append(b.slack.Thread(infra, a.TS), append(b.slack.Ephemerals("U0BOB"),
				b.slack.Ephemerals("U0ANN")...)...) {
				isHarmless(t, m, h)
			}
		})
	}
}

// isHarmless: no markup is interpreted, nobody is mentioned, nothing links but
// a plain address.
func isHarmless(t *testing.T, m fakeslack.Message, h string) {
	t.Helper()
	if strings.ContainsAny(m.Text, "<>") {
		t.Errorf("markup in the top-level text: %q", m.Text)
	}
	if n := utf8.RuneCountInString(m.Text); n == 0 || n > 3500 {
		t.Errorf("%d characters of top-level text", n)
	}
	for _, v := range chattest.Objects(m.Blocks) {
		switch v["type"] {
		case "mrkdwn", "user", "usergroup", "broadcast", "channel":
			t.Errorf("%v", v)
		case "link":
			if v["url"] != h {
				t.Errorf("%v", v)
			}
		case "plain_text":
			if v["emoji"] != false {
				t.Errorf("emoji names in it become signs: %v", v)
			}
		}
		for _, key := range []string{"text", "name", "accessibility_label"} {
			if s, ok := v[key].(string); ok && strings.ContainsFunc(s, blockkit.IsHidden) {
				t.Errorf("hidden characters are sent: %q", blockkit.Cut(s, 40))
			}
		}
	}
}

func TestACardThatFailsTheCheckIsPostedReduced(t *testing.T) {
	b := bench(t)
	c := aCard()
	c.Buttons = []view.Button{{Label: "Approve", Verb: strings.Repeat("v", 300)}}
	a := b.postCard(c)
	if p := b.slack.PlainText(b.slack.Thread(infra, a.TS)[0]); !strings.Contains(p, "web-01") ||
		!strings.Contains(p, "/reinstall show 7K3Q") {
		t.Error(p)
	}
	if b.seen.count("own_blocks") != 1 || !strings.Contains(b.logs.String(), "action_id") {
		t.Errorf("not told: %s", b.logs)
	}
	f := aForm()
	f.Fields = append(f.Fields, f.Fields[0])
	b.openForm("U0BOB", f)
	if v, ok := b.slack.OpenView("U0BOB"); !ok || !strings.Contains(b.slack.PlainBlocks(v.Blocks), "/reinstall help") {
		t.Errorf("%+v", v)
	}
}
