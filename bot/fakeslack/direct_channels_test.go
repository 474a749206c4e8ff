package fakeslack_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/slack-go/slack"

	"twokey/bot/fakeslack"
)

// codeOf is Slack's code of a refusal; empty: none.
func codeOf(err error) string {
	var no slack.SlackErrorResponse
	if errors.As(err, &no) {
		return no.Err
	}
	return ""
}

func TestADirectMessageIsSeenByOnePersonAlone(t *testing.T) {
	w := newWorld(t)
	open := func(user string) (*slack.Channel, bool, error) {
		c, _, was, err := w.api.OpenConversationContext(w.ctx, &slack.OpenConversationParameters{Users: []string{user}})
		return c, was, err
	}
	c, was, err := open("U0BOB")
	if err != nil || was || c.ID != "D0BOB" {
		t.Fatalf("%+v, %v, %v", c, was, err)
	}
	if _, was, err = open("U0BOB"); err != nil || !was {
		t.Errorf("again: already open %v, %v", was, err)
	}
	posted, ts, err := w.api.PostMessageContext(w.ctx, c.ID, slack.MsgOptionText("for Bob", false))
	if err != nil || posted != c.ID {
		t.Fatal(posted, err)
	}
	if posted, _, err = w.api.PostMessageContext(
		w.ctx, "U0CHO", slack.MsgOptionText("for Cho", false),
	); err != nil || posted != "D0CHO" {
		t.Errorf("by a person's id: %q, %v", posted, err)
	}
	if got := w.Directs("U0BOB"); len(got) != 1 || got[0].Text != "for Bob" || got[0].TS != ts {
		t.Errorf("Bob has %+v", got)
	}
	if got := w.Directs("U0CHO"); len(got) != 1 || got[0].Text != "for Cho" {
		t.Errorf("Cho has %+v", got)
	}
	h, err := w.api.GetConversationHistoryContext(w.ctx, &slack.GetConversationHistoryParameters{ChannelID: c.ID})
	if err != nil || len(h.Messages) != 1 {
		t.Errorf("read again: %+v, %v", h, err)
	}
}

func TestWhoCannotBeToldDirectlyIsRefusedByItsCode(t *testing.T) {
	w := newWorld(t)
	tell := func(user string) string {
		_, _, _, err := w.api.OpenConversationContext(w.ctx, &slack.OpenConversationParameters{Users: []string{user}})
		return codeOf(err)
	}
	for user, want := range map[string]string{
		"U0BOB": "", "U0REX": "user_disabled", "U0TWOKEY": "cannot_dm_bot", "U0EVE": "user_not_visible",
		"U0NOBODY": "user_not_found",
	} {
		if got := tell(user); got != want {
			t.Errorf("%s: %q, not %q", user, got, want)
		}
	}
	post := func(to string) string {
		_, _, err := w.api.PostMessageContext(w.ctx, to, slack.MsgOptionText("hello", false))
		return codeOf(err)
	}
	w.SetMessagesTab(false)
	if got := post("D0BOB"); got != "messages_tab_disabled" {
		t.Errorf("without the Messages tab: %q", got)
	}
	if got := post("C0INFRA"); got != "" {
		t.Errorf("a channel needs no Messages tab: %q", got)
	}
	w.SetMessagesTab(true)
	if err := w.RefuseDirect("U0BOB", "user_not_found"); err != nil {
		t.Fatal(err)
	}
	if got := post("D0BOB"); got != "user_not_found" {
		t.Errorf("somebody who cannot be reached: %q", got)
	}
}

func TestDirectMessagesNeedTheirOwnScopes(t *testing.T) {
	w := newWorld(t, func(c *fakeslack.Config) {
		c.Scopes = slices.DeleteFunc(
			fakeslack.DefaultScopes(), func(s string) bool { return s == "im:write" || s == "im:history" },
		)
	})
	_, _, _, err := w.api.OpenConversationContext(w.ctx, &slack.OpenConversationParameters{Users: []string{"U0BOB"}})
	if codeOf(err) != "missing_scope" {
		t.Errorf("opened: %v", err)
	}
	if _, _, err = w.api.PostMessageContext(w.ctx, "U0BOB", slack.MsgOptionText("hello", false)); err != nil {
		t.Errorf("a person's id needs chat:write alone: %v", err)
	}
	_, err = w.api.GetConversationHistoryContext(w.ctx, &slack.GetConversationHistoryParameters{ChannelID: "D0BOB"})
	var no slack.SlackErrorResponse
	if !errors.As(err, &no) || no.Needed != "im:history" {
		t.Errorf("read: %v", err)
	}
}
