package fakeslack_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"

	"twokey/bot/fakeslack"
)

func TestWhatSlackWouldRefuseIsRefused(t *testing.T) {
	w := newWorld(t, func(c *fakeslack.Config) { c.RateScale = 1e6 })
	long := strings.Repeat("é", 3001)
	options := func(n int) []*slack.OptionBlockObject {
		var out []*slack.OptionBlockObject
		for i := range n {
			out = append(out, slack.NewOptionBlockObject(fmt.Sprint(i), pt("x"), nil))
		}
		return out
	}
	many := func(n int, b slack.Block) []slack.Block { return slices.Repeat([]slack.Block{b}, n) }
	fields := slices.Repeat([]*slack.TextBlockObject{md("f")}, 11)
	for name, blocks := range map[string][]slack.Block{
		"51 blocks":           many(51, slack.NewDividerBlock()),
		"a section too long":  {slack.NewSectionBlock(md(long), nil, nil)},
		"an empty text":       {slack.NewSectionBlock(md(""), nil, nil)},
		"11 fields":           {slack.NewSectionBlock(nil, fields, nil)},
		"a header in mrkdwn":  {slack.NewHeaderBlock(md("h"))},
		"a header of 151":     {slack.NewHeaderBlock(pt(strings.Repeat("h", 151)))},
		"11 context elements": {slack.NewContextBlock("", slices.Repeat([]slack.MixedElement{md("c")}, 11)...)},
		"26 buttons": {slack.NewActionBlock("", slices.Repeat([]slack.BlockElement{button("", "b", "")},
			26)...)},
		"a label of 76":       {slack.NewActionBlock("", button("a", strings.Repeat("b", 76), ""))},
		"an unknown style":    {slack.NewActionBlock("", button("a", "b", "warning"))},
		"one action_id twice": {slack.NewActionBlock("", button("a", "b", ""), button("a", "c", ""))},
		"one block_id twice": {
			slack.NewActionBlock("x", button("a", "b", "")), slack.NewActionBlock("x", button("a", "b", "")),
		},
		"a block_id of 256": {slack.NewActionBlock(strings.Repeat("x", 256), button("a", "b", ""))},
		"101 options": {
			slack.NewActionBlock("", slack.NewOptionsSelectBlockElement("static_select", pt("p"), "s",
				options(101)...)),
		},
		"11 radio buttons":       {slack.NewActionBlock("", slack.NewRadioButtonsBlockElement("r", options(11)...))},
		"a plain input in place": {slack.NewActionBlock("", slack.NewPlainTextInputBlockElement(nil, "p"))},
		"an alert in a message":  {slack.NewAlertBlock(md("a"))},
		"a made-up block":        {slack.NewTaskCardBlock("t", "title")},
	} {
		_, _, err := w.api.PostMessageContext(w.ctx, "C0INFRA", slack.MsgOptionBlocks(blocks...))
		var refused slack.SlackErrorResponse
		if !errors.As(err, &refused) || refused.Err != "invalid_blocks" || len(refused.ResponseMetadata.Messages) == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := len(w.Messages("C0INFRA")); n != 0 {
		t.Errorf("%d messages were posted all the same", n)
	}
}

func TestLengthsCountCodePoints(t *testing.T) {
	for n, want := range map[int]bool{3000: true, 3001: false} {
		problems := fakeslack.CheckBlocks(
			[]any{map[string]any{"type": "section", "text": map[string]any{
				"type": "mrkdwn",
				"text": strings.Repeat("🔑", n),
			}}},
		)
		if (problems == nil) != want {
			t.Errorf("%d keys: %v", n, problems)
		}
	}
	got := fakeslack.CheckBlocks(
		[]any{map[string]any{"type": "header", "text": map[string]any{
			"type": "plain_text", "text": "x",
			"colour": "red",
		}}},
	)
	want := []string{"[ERROR] no more properties allowed: colour is not a field here " +
		"[json-pointer:/blocks/0/text/colour]"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestEveryRefusalHasSlacksName(t *testing.T) {
	w := newWorld(t)
	text := slack.MsgOptionText("x", false)
	send := func(channel string, o ...slack.MsgOption) error {
		_, _, err := w.api.PostMessageContext(w.ctx, channel, o...)
		return err
	}
	refusedAs(t, send("C0NOWHERE", text), "channel_not_found")
	refusedAs(t, send("C0RANDOM", text), "not_in_channel")
	refusedAs(t, send("C0INFRA", slack.MsgOptionText("", false)), "no_text")
	refusedAs(t, send("C0INFRA", slack.MsgOptionText(strings.Repeat("é", 40001), false)), "msg_too_long")
	refusedAs(t, send("C0INFRA", text, slack.MsgOptionTS("1.000001")), "thread_not_found")
	refusedAs(t, send("C0INFRA", text, slack.MsgOptionUsername("Root")), "missing_scope")
	refusedAs(
		t,
		send(
			"C0INFRA", text,
			slack.MsgOptionMetadata(
				slack.SlackMetadata{EventType: "op", EventPayload: map[string]any{"a": map[string]any{"deep": 1}}},
			),
		),
		"invalid_metadata",
	)
	_, err := w.api.PostEphemeralContext(w.ctx, "C0INFRA", "U0EVE", text)
	refusedAs(t, err, "user_not_in_channel")
	_, _, _, err = w.api.UpdateMessageContext(w.ctx, "C0INFRA", "1.000001", text)
	refusedAs(t, err, "message_not_found")
	said, _ := w.Say("U0ANN", "C0INFRA", "", "mine")
	_, _, _, err = w.api.UpdateMessageContext(w.ctx, "C0INFRA", said.TS, text)
	refusedAs(t, err, "cant_update_message")
	if _, err := w.Command(w.ctx, "U0ANN", "C0INFRA", ""); err != nil {
		t.Fatal(err)
	}
	hidden, err := w.api.PostEphemeralContext(w.ctx, "C0INFRA", "U0ANN", text)
	if err != nil {
		t.Fatal(err)
	}
	_, _, _, err = w.api.UpdateMessageContext(w.ctx, "C0INFRA", hidden, text)
	refusedAs(t, err, "message_not_found")
	_, err = w.api.GetUserInfoContext(w.ctx, "U0NOBODY")
	refusedAs(t, err, "user_not_found")
	if u, err := w.api.GetUserByEmailContext(w.ctx, "ANN@home.example"); err != nil || u.ID != "U0ANN" {
		t.Errorf("%v %v", u, err)
	}
	err = w.api.AddReactionContext(w.ctx, "thumbsup", slack.NewRefToMessage("C0INFRA", "1.000001"))
	if e := refusedAs(t, err, "missing_scope"); e.Needed != "reactions:write" ||
		!strings.Contains(e.Provided, "chat:write") {
		t.Errorf("needed %q, provided %q", e.Needed, e.Provided)
	}
	stranger := slack.New("xoxb-wrong", slack.OptionAPIURL(w.origin+"/api/"))
	_, err = stranger.AuthTestContext(w.ctx)
	refusedAs(t, err, "invalid_auth")
}

func TestPeopleGroupsAndChannelsAreAsTheyAre(t *testing.T) {
	w := newWorld(t)
	me, err := w.api.AuthTestContext(w.ctx)
	if err != nil || me.TeamID != "T0HOME" || me.UserID != "U0TWOKEY" || me.BotID != "B0TWOKEY" {
		t.Errorf("auth.test %+v, %v", me, err)
	}
	for id, want := range map[string]func(*slack.User) bool{
		"U0EVE":    func(u *slack.User) bool { return u.TeamID == "T0OTHER" && !u.IsStranger },
		"U0GUS":    func(u *slack.User) bool { return u.IsRestricted && u.TeamID == "T0HOME" },
		"U0REX":    func(u *slack.User) bool { return u.Deleted },
		"U0TWOKEY": func(u *slack.User) bool { return u.IsBot },
	} {
		if u, err := w.api.GetUserInfoContext(w.ctx, id); err != nil || !want(u) {
			t.Errorf("%s: %+v, %v", id, u, err)
		}
	}
	members, err := w.api.GetUserGroupMembersContext(w.ctx, "S0ONCALL")
	if diff := cmp.Diff([]string{"U0BOB", "U0CHO"}, members); diff != "" || err != nil {
		t.Errorf("%s %v", diff, err)
	}
	groups, err := w.api.GetUserGroupsContext(w.ctx, slack.GetUserGroupsOptionIncludeUsers(true))
	if err != nil || len(groups) != 1 || groups[0].Handle != "oncall" || len(groups[0].Users) != 2 {
		t.Errorf("groups %+v, %v", groups, err)
	}
	c, err := w.api.GetConversationInfoContext(w.ctx, &slack.GetConversationInfoInput{ChannelID: "C0SHARED"})
	if err != nil || !c.IsExtShared || !c.IsMember {
		t.Errorf("channel %+v, %v", c, err)
	}
	var all []string
	for cursor := ""; ; {
		part, next, err := w.api.GetUsersInConversationContext(
			w.ctx, &slack.GetUsersInConversationParameters{ChannelID: "C0INFRA", Cursor: cursor, Limit: 4},
		)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, part...)
		if cursor = next; next == "" {
			break
		}
	}
	if len(all) != 6 {
		t.Errorf("members %v", all)
	}
}

func TestAThreadCanBeReadBackWithItsMetadata(t *testing.T) {
	w := newWorld(t, func(c *fakeslack.Config) { c.RateScale = 1e6 })
	meta := slack.SlackMetadata{EventType: "twokey_line", EventPayload: map[string]any{
		"op":   "7K3Q",
		"line": float64(3),
	}}
	parent := w.post("C0INFRA", slack.MsgOptionText("card", false), slack.MsgOptionMetadata(meta))
	seen := map[string]bool{parent: true}
	for i := range 5 {
		seen[w.post("C0INFRA", slack.MsgOptionText(fmt.Sprint("line ", i), false), slack.MsgOptionTS(parent))] = true
	}
	if len(seen) != 6 {
		t.Error("two messages share a ts")
	}
	var texts []string
	for cursor := ""; ; {
		part, more, next, err := w.api.GetConversationRepliesContext(
			w.ctx,
			&slack.GetConversationRepliesParameters{
				ChannelID: "C0INFRA", Timestamp: parent, Cursor: cursor, Limit: 2, IncludeAllMetadata: true,
			},
		)
		if err != nil {
			t.Fatal(err)
		}
		if part[0].Timestamp != parent || part[0].ReplyCount != 5 {
			t.Errorf("a page starts with %s", part[0].Text)
		}
		if diff := cmp.Diff(meta, part[0].Metadata); diff != "" {
			t.Error(diff)
		}
		for _, m := range part[1:] {
			texts = append(texts, m.Text)
		}
		if cursor = next; !more {
			break
		}
	}
	if diff := cmp.Diff([]string{"line 0", "line 1", "line 2", "line 3", "line 4"}, texts); diff != "" {
		t.Error(diff)
	}
	h, err := w.api.GetConversationHistoryContext(
		w.ctx, &slack.GetConversationHistoryParameters{ChannelID: "C0INFRA", Oldest: parent, Inclusive: true},
	)
	if err != nil || len(h.Messages) != 1 {
		t.Errorf("history %+v, %v", h, err)
	}
	link, err := w.api.GetPermalinkContext(w.ctx, &slack.PermalinkParameters{Channel: "C0INFRA", Ts: parent})
	if err != nil || !strings.Contains(link, "/archives/C0INFRA/p") {
		t.Errorf("link %q, %v", link, err)
	}
}

func TestAMessageReadsAsAPersonWouldReadIt(t *testing.T) {
	w := newWorld(t)
	w.post("C0INFRA", slack.MsgOptionBlocks(card(1)...))
	got := w.PlainText(w.Messages("C0INFRA")[0])
	for _, line := range []string{
		"web-01 will be wiped :warning:", "for @Ann Okafor. Needs @oncall.", "Starts 2026-11-23 12:00 UTC · the plan",
		"*Lost*\nsystem disk, 50 GiB",
		"disk is read-only since 02:40 <!channel> *not bold*", "• approval by one of @oncall",
		"disk-sys1 (system) | 50 GiB | erased", "in #infra-oncall",
		"[Approve] [Reject] [Confirm backup] [Make backup image] [Cancel]",
	} {
		if !strings.Contains(got, line) {
			t.Errorf("%q is not in:\n%s", line, got)
		}
	}
}

func TestRatesAreSlacksOwn(t *testing.T) {
	now := time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)
	w := newWorld(t, func(c *fakeslack.Config) { c.Now = func() time.Time { return now } })
	limited := func(err error) time.Duration {
		var r *slack.RateLimitedError
		if errors.As(err, &r) {
			return r.RetryAfter
		}
		return 0
	}
	post := func() error {
		_, _, err := w.api.PostMessageContext(w.ctx, "C0INFRA", slack.MsgOptionText("x", false))
		return err
	}
	for range 5 {
		if err := post(); err != nil {
			t.Fatal(err)
		}
	}
	if d := limited(post()); d != time.Second {
		t.Errorf("the sixth post in a second waits %s", d)
	}
	now = now.Add(time.Second)
	if err := post(); err != nil {
		t.Errorf("a second later: %v", err)
	}
	members := func() error { _, err := w.api.GetUserGroupMembersContext(w.ctx, "S0ONCALL"); return err }
	for range 20 {
		if err := members(); err != nil {
			t.Fatal(err)
		}
	}
	if d := limited(members()); d != time.Minute {
		t.Errorf("tier 2 lets a 21st call through, or waits %s", d)
	}
	now = now.Add(time.Minute)
	if err := members(); err != nil {
		t.Errorf("a minute later: %v", err)
	}
}
