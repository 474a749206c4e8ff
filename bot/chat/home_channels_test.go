package chat

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"twokey/bot/chat/webapi"
	"twokey/bot/fakeslack"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

func TestTheFullestHomeIsDrawnWhole(t *testing.T) {
	t.Parallel()
	b := bench(t)
	long := view.Say(strings.Repeat("𠮷", 4000)) // four bytes a letter
	h := view.Home{
		Alerts: []view.Text{long, long}, Foot: long,
		Refresh: view.Button{Label: "Refresh", Verb: model.VerbRefresh},
	}
	for range 6 {
		s := view.Section{Title: "Waits for your approval", Total: 27}
		for range 15 {
			s.Rows = append(s.Rows, view.HomeRow{
				Name: "web-01", Text: long,
				Link: "https://home.slack.com/archives/C0INFRA/p1",
			})
		}
		h.Sections = append(h.Sections, s)
	}
	for i := range h.Sections[0].Rows {
		r := &h.Sections[0].Rows[i]
		r.Open, r.ID, r.Rev, r.Lines = "Open", fmt.Sprintf("7K%02d", i), 12, []view.Text{long, long, long, long, long}
		r.Approve = view.Button{Label: "Approve", Verb: model.VerbApprove, Confirm: &view.Confirm{
			Title: strings.Repeat("𠮷", 100), Text: strings.Repeat("𠮷", 300), Yes: "Approve", No: "Back", Danger: true,
		}}
	}
	b.must(b.chat.PublishHome(t.Context(), "U0BOB", h))
	v, _ := b.slack.Home("U0BOB")
	text := b.slack.PlainBlocks(v.Blocks)
	if n := strings.Count(text, "[Open]"); n != 15 || strings.Count(text, "[Approve]") != 15 ||
		!strings.Contains(text, "and 12 more: /reinstall list") ||
		!strings.Contains(text, "Waits for your approval (27)") {
		t.Errorf("%d buttons\n%s\n%s", n, text, b.logs.String())
	}
}

// A channel's members are read page by page, and remembered for half a minute.
func TestAChannelsMembersAreRememberedForHalfAMinute(t *testing.T) {
	t.Parallel()
	now := time.Unix(1800000000, 0)
	b := bench(t, func(_ *fakeslack.Config, c *Config) { c.Now = func() time.Time { return now } })
	for i := range 1201 {
		b.slack.Join(fmt.Sprintf("U1%04d", i), infra)
	}
	in := func() map[string]bool {
		t.Helper()
		users, err := b.chat.InChannel(t.Context(), infra)
		b.must(err)
		out := map[string]bool{}
		for _, u := range users {
			out[u] = true
		}
		return out
	}
	first := in()
	pages := len(b.calls(webapi.ConversationsMembers))
	if !first["U0BOB"] || len(first) < 1201 || pages != 3 {
		t.Fatalf("%d people in %d pages", len(first), pages)
	}
	b.slack.Leave("U0BOB", infra)
	now = now.Add(membersAge)
	if !in()["U0BOB"] || len(b.calls(webapi.ConversationsMembers)) != pages {
		t.Error("it was asked for again within half a minute")
	}
	now = now.Add(time.Second)
	if in()["U0BOB"] {
		t.Error("Bob has left, and is still in it after half a minute")
	}
}

func TestWhatCannotBeReadOfAChannelIsAnError(t *testing.T) {
	b := bench(t)
	b.must(b.slack.Switch("conversations.members:empty_ok", "1"))
	if users, err := b.chat.InChannel(t.Context(), infra); err == nil {
		t.Errorf("an answer that says nothing: %v", users)
	}
	if users, err := b.chat.InChannel(t.Context(), "C0NOWHERE"); err == nil {
		t.Errorf("no such channel: %v", users)
	}
	if users, err := b.chat.InChannel(t.Context(), infra); err != nil || len(users) == 0 {
		t.Errorf("a fault was remembered: %v", err)
	}
}

func TestAPermalinkIsAskedForOnce(t *testing.T) {
	b := bench(t)
	a := b.postCard(aCard())
	for range 3 {
		link, err := b.chat.Permalink(t.Context(), a)
		if err != nil || !strings.Contains(link, "/archives/"+infra+"/p") {
			t.Errorf("%q %v", link, err)
		}
	}
	if n := len(b.calls(webapi.ChatGetPermalink)); n != 1 {
		t.Errorf("asked %d times", n)
	}
}
