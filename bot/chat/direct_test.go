package chat

import (
	"errors"
	"strings"
	"testing"
	"time"

	"twokey/bot/chat/webapi"
	"twokey/commands/view"
)

func TestADirectMessageIsPostedAndFoundByItsKey(t *testing.T) {
	b := bench(t)
	since := time.Now().Add(-time.Minute)
	found := func(key string) bool {
		yes, err := b.chat.FindDirect(t.Context(), "U0BOB", key, since)
		b.must(err)
		return yes
	}
	if found("7K3Q.direct.U0BOB") {
		t.Error("it is there before it was posted")
	}
	b.must(b.slack.Switch("chat.postMessage:drop_after", "1"))
	err := b.chat.Direct(t.Context(), "U0BOB", view.Say("Please look: ",
		view.Address("https://home.slack.example/archives/C0INFRA/p1")), "7K3Q.direct.U0BOB")
	var lost *webapi.RetryLater
	if !errors.As(err, &lost) || !lost.Unknown {
		t.Fatalf("the answer was lost: %v", err)
	}
	if !found("7K3Q.direct.U0BOB") || found("7K3Q.direct.U0CHO") {
		t.Error("it is not found by its key, or by another's")
	}
	got := b.slack.Directs("U0BOB")
	if len(got) != 1 || got[0].Metadata.EventPayload["key"] != "7K3Q.direct.U0BOB" ||
		!strings.Contains(b.slack.PlainText(got[0]), "https://home.slack.example/archives/C0INFRA/p1") {
		t.Errorf("Bob has %+v", got)
	}
	b.must(b.chat.Direct(t.Context(), "U0BOB", view.Say("again"), "7K3Q.4.outcome"))
	if n := len(b.calls("conversations.open")); n != 1 {
		t.Errorf("the conversation was opened %d times", n)
	}
}

func TestWhoCannotBeToldDirectlyIsToldApartFromWhatTouchesAll(t *testing.T) {
	b := bench(t)
	refused := func(user string) *webapi.Permanent {
		t.Helper()
		var p *webapi.Permanent
		if err := b.chat.Direct(t.Context(), user, view.Say("x"), "7K3Q.direct."+user); !errors.As(err, &p) {
			t.Fatalf("%s: %v", user, err)
		}
		return p
	}
	for user, code := range map[string]string{
		"U0REX": "user_disabled", "U0EVE": "user_not_visible",
		"U0TWOKEY": "cannot_dm_bot", "U0NOBODY": "user_not_found",
	} {
		if p := refused(user); p.Code != code || !p.Personal() || strings.Contains(p.Sentence, "https://docs") {
			t.Errorf("%s: %+v", user, p)
		}
	}
	b.slack.SetMessagesTab(false)
	if p := refused("U0BOB"); p.Personal() || !strings.Contains(p.Sentence, "Messages tab") {
		t.Errorf("without the tab: %+v", p)
	}
	b.slack.SetMessagesTab(true)
	b.must(b.slack.Revoke("im:write"))
	if p := refused("U0CHO"); p.Personal() || !strings.Contains(p.Sentence, "lacks the scope im:write") {
		t.Errorf("without the scope: %+v", p)
	}
}

func TestAFaultOfOpeningLeavesNoDoubtWhetherAMessageWasMade(t *testing.T) {
	b := bench(t)
	b.must(b.slack.Switch("conversations.open:fatal_after", "1"))
	var l *webapi.RetryLater
	if err := b.chat.Direct(t.Context(), "U0BOB", view.Say("x"), "7K3Q.direct.U0BOB"); !errors.As(err, &l) ||
		l.Unknown {
		t.Errorf("%v", err)
	}
	b.must(b.chat.Direct(t.Context(), "U0BOB", view.Say("x"), "7K3Q.direct.U0BOB"))
}
