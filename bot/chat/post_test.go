package chat

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"twokey/bot/fakeslack"
	"twokey/commands/port"
	"twokey/commands/view"
)

func TestACardIsPostedOnceEditedAndFoundByItsKey(t *testing.T) {
	b := bench(t)
	before := time.Now().Add(-time.Second)
	a := b.postCard(aCard())
	if a.Channel != infra || a.TS == "" {
		t.Fatalf("%+v", a)
	}
	card := aCard()
	card.Rev, card.Lines, card.Buttons = 13, []view.Text{view.Say("Done. Verified: it runs Ubuntu 24.04.")}, nil
	b.must(b.chat.UpdateCard(t.Context(), a, card))

	vs := b.slack.Versions(infra, a.TS)
	if len(vs) != 2 {
		t.Fatalf("%d versions", len(vs))
	}
	ids := map[any]bool{}
	for _, v := range vs {
		for _, block := range v.Blocks {
			if ids[block["block_id"]] {
				t.Errorf("block_id %v again", block["block_id"])
			}
			ids[block["block_id"]] = true
		}
	}
	now := vs[1]
	if p := b.slack.PlainText(now); !strings.Contains(p, "Done") || strings.Contains(p, "[Approve]") {
		t.Error(p)
	}
	if now.Metadata == nil || now.Metadata.EventType != "twokey_post" ||
		now.Metadata.EventPayload["key"] != "7K3Q.card" || now.Metadata.EventPayload["op"] != "7K3Q" {
		t.Errorf("metadata %+v", now.Metadata)
	}
	found, ok, err := b.chat.FindCard(t.Context(), infra, "7K3Q.card", before)
	if err != nil || !ok || found != a {
		t.Errorf("%+v %v %v", found, ok, err)
	}
	if _, ok, _ := b.chat.FindCard(t.Context(), infra, "7K3Q.card", time.Now().Add(10*time.Minute+2*time.Second)); ok {
		t.Error("found although it is older")
	}
	if _, ok, _ := b.chat.FindCard(t.Context(), infra, "7K3R.card", before); ok {
		t.Error("found another")
	}
	args := b.calls("chat.postMessage")[0].Args
	if args["unfurl_links"] != "false" || args["unfurl_media"] != "false" || args["link_names"] != "" ||
		len(args["client_msg_id"]) != 36 {
		t.Errorf("%v", args)
	}
}

func TestALineStandsInTheThreadAndIsFoundAmongManyPages(t *testing.T) {
	b := bench(t)
	a := b.postCard(aCard())
	for i := range 450 {
		_, err := b.slack.Say("U0ANN", infra, a.TS, fmt.Sprint("chatter ", i))
		b.must(err)
	}
	line := view.Say(view.Emoji("key"), " Approved by ", view.Who("U0BOB"), " (1 of 1).")
	b.must(b.chat.PostLine(t.Context(), a, line, "7K3Q.13.0"))
	thread := b.slack.Thread(infra, a.TS)
	last := thread[len(thread)-1]
	if last.ThreadTS != a.TS || !strings.Contains(b.slack.PlainText(last), "Approved by") ||
		last.Metadata.EventPayload["op"] != "7K3Q" {
		t.Errorf("%+v", last)
	}
	if last.Text != "Approved by <@U0BOB> (1 of 1)." {
		t.Errorf("top-level text %q", last.Text)
	}
	for key, want := range map[string]bool{"7K3Q.13.0": true, "7K3Q.13.1": false} {
		if ok, err := b.chat.FindLine(t.Context(), a, key); err != nil || ok != want {
			t.Errorf("%s: %v %v", key, ok, err)
		}
	}
	if n := len(b.calls("conversations.replies")); n != 6 {
		t.Errorf("%d pages", n)
	}
}

func TestALoudLineStandsInTheThreadAndInTheChannelAndIsFoundAgain(t *testing.T) {
	b := bench(t)
	a := b.postCard(aCard())
	b.must(b.chat.PostLine(t.Context(), a, view.Say("quiet"), "7K3Q.13.0"))
	b.must(b.chat.PostLoud(t.Context(), a, view.Say("loud"), "7K3Q.13.1"))
	shown := ""
	for _, m := range b.slack.Messages(infra) {
		shown += m.Text + "\n"
	}
	if !strings.Contains(shown, "loud") || strings.Contains(shown, "quiet") {
		t.Errorf("the channel shows:\n%s", shown)
	}
	if n := len(b.slack.Thread(infra, a.TS)); n != 3 {
		t.Errorf("%d messages in the thread", n)
	}
	if ok, err := b.chat.FindLine(t.Context(), a, "7K3Q.13.1"); err != nil || !ok {
		t.Errorf("%v %v", ok, err)
	}
}

func TestALineLosesItsButtonsAndKeepsItsWordsAlsoInTheChannel(t *testing.T) {
	b := bench(t)
	card := aCard()
	a := b.postCard(card)
	card.Buttons = []view.Button{{Label: "Hold", Verb: "hold", Style: "primary"}, {Label: "Cancel", Verb: "cancel"}}
	line := view.LineWithButtons{
		Text: view.Say(view.Strong("a <b> & c"), " is wiped in 30 s."), Card: card.Stops(), Loud: true,
	}
	b.must(b.chat.PostWithButtons(t.Context(), a, line, "7K3Q.countdown.1"))
	thread := b.slack.Thread(infra, a.TS)
	before := thread[len(thread)-1]
	if shown := b.slack.PlainText(before); !strings.Contains(shown, "[Hold]") || !strings.Contains(shown, "[Cancel]") {
		t.Fatalf("the line shows %s", shown)
	}
	for range 2 { // the second finds none
		b.edits(true, a, view.LineWithButtons{}, "7K3Q.countdown.1")
	}
	b.edits(false, a, view.LineWithButtons{}, "7K3Q.countdown.2") // nobody posted it
	if n := len(b.calls("chat.update")); n != 1 {
		t.Errorf("%d edits", n)
	}
	for where, ms := range map[string][]fakeslack.Message{
		"thread": b.slack.Thread(infra, a.TS), "channel": b.slack.Messages(infra),
	} {
		last := ms[len(ms)-1]
		shown := b.slack.PlainText(last)
		if strings.Contains(shown, "[") || !strings.Contains(shown, "a <b> & c is wiped") || last.Text != before.Text {
			t.Errorf("the %s shows %s, with the text %q", where, shown, last.Text)
		}
	}
	if found, err := b.chat.FindLine(t.Context(), a, "7K3Q.countdown.1"); !found || err != nil {
		t.Errorf("found again: %v, %v", found, err)
	}
}

// edits edits a line; want: it could be edited.
func (b *theBench) edits(want bool, a port.Address, l view.LineWithButtons, key string) {
	b.t.Helper()
	if edited, err := b.chat.EditLine(b.t.Context(), a, l, key); edited != want || err != nil {
		b.t.Errorf("edited: %v, %v", edited, err)
	}
}

// A line that was edited is one message with its copy in the channel. Only who did not
// post it looks for it, and it is found by its key also afterwards.
func TestALineIsEditedInTheThreadAndInTheChannel(t *testing.T) {
	const key = "7K3Q.countdown.1"
	b := bench(t)
	card := aCard()
	a := b.postCard(card)
	card.Buttons = []view.Button{{Label: "Hold", Verb: "hold"}, {Label: "Cancel", Verb: "cancel"}}
	line := view.LineWithButtons{Text: view.Say("announced"), Card: card.Stops(), Loud: true}
	b.must(b.chat.PostWithButtons(t.Context(), a, line, key))
	everywhere := func(want string) {
		t.Helper()
		for where, ms := range map[string][]fakeslack.Message{
			"thread": b.slack.Thread(infra, a.TS), "channel": b.slack.Messages(infra),
		} {
			shown := b.slack.PlainText(ms[len(ms)-1])
			if len(ms) != 2 || strings.Join(strings.Fields(shown), " ") != want {
				t.Errorf("the %s shows %q, in %d messages", where, shown, len(ms))
			}
		}
	}
	line.Text = view.Say("it counts")
	b.edits(true, a, line, key)
	everywhere("it counts [Hold] [Cancel]")
	if n := len(b.calls("conversations.replies")); n != 0 {
		t.Errorf("whoever posted it looked for it %d times", n)
	}
	b.chat.lines.forget(key) // another process
	for range 2 {
		b.edits(true, a, view.LineWithButtons{Text: view.Say("sent"), Card: view.Card{ID: "7K3Q"}}, key)
	}
	everywhere("sent")
	if n := len(b.calls("conversations.replies")); n != 1 {
		t.Errorf("another process looked for it %d times", n)
	}
}

func TestALineThatCannotBeEditedIsNoFault(t *testing.T) {
	const key = "7K3Q.countdown.1"
	for _, code := range []string{"message_not_found", "edit_window_closed", "cant_update_message"} {
		b := bench(t)
		a := b.postCard(aCard())
		line := view.LineWithButtons{Text: view.Say("announced"), Card: view.Card{ID: "7K3Q"}}
		b.must(b.chat.PostWithButtons(t.Context(), a, line, key))
		b.must(b.slack.RefuseCalls("chat.update", code, 1))
		b.edits(false, a, line, key)
		b.edits(true, a, line, key) // it is looked for again
	}
}

func TestALineIsPostedWithoutItsButtonsWhereSlackRefusesThem(t *testing.T) {
	b := bench(t)
	card := aCard()
	a := b.postCard(card)
	card.Buttons = []view.Button{{Label: "Hold", Verb: "hold"}}
	b.must(b.slack.Switch("chat.postMessage:invalid_blocks", "1"))
	line := view.LineWithButtons{Text: view.Say("wiped soon"), Card: card.Stops()}
	b.must(b.chat.PostWithButtons(t.Context(), a, line, "7K3Q.countdown.1"))
	thread := b.slack.Thread(infra, a.TS)
	if shown := b.slack.PlainText(thread[len(thread)-1]); !strings.Contains(shown, "wiped soon") ||
		strings.Contains(shown, "[Hold]") {
		t.Errorf("the line shows %s", shown)
	}
}

func TestAPostOfSomebodyElseWithOurKeyIsNotOurs(t *testing.T) {
	b := bench(t)
	a := b.postCard(aCard())
	b.must(b.chat.PostLine(t.Context(), a, view.Say("x"), "7K3Q.13.0"))
	b.chat.who.Store(&Identity{TeamID: "T0HOME", BotUserID: "U0ANOTHERBOT", AppID: "A0TWOKEY"})
	if ok, err := b.chat.FindLine(t.Context(), a, "7K3Q.13.0"); ok || err != nil {
		t.Errorf("%v %v", ok, err)
	}
}

func TestLookingForAPostFailsRatherThanSayNo(t *testing.T) {
	for _, fault := range []string{"error_500", "empty_ok", "rate_limit", "fatal_error", "drop_before"} {
		b := bench(t)
		a := b.postCard(aCard())
		b.must(b.slack.Switch("conversations.replies:"+fault, "1"))
		if ok, err := b.chat.FindLine(t.Context(), a, "k"); err == nil {
			t.Errorf("%s: %v without an error", fault, ok)
		}
	}
	b := bench(t)
	a := b.postCard(aCard())
	b.chat.who.Store(nil)
	b.must(b.slack.Switch("auth.test:error_500", "1"))
	if _, err := b.chat.FindLine(t.Context(), a, "k"); err == nil {
		t.Error("found nothing without knowing who it is")
	}
}

func TestAWhisperIsSeenByOneInTheThread(t *testing.T) {
	b := bench(t)
	a := b.postCard(aCard())
	_, err := b.slack.Say("U0BOB", infra, a.TS, "I am here")
	b.must(err)
	b.must(b.chat.Whisper(t.Context(), port.PrivateMessage{
		Channel: infra, Thread: a.TS, User: "U0BOB",
		Text: view.Say("Not approved: you proposed it. Ask somebody else."),
	}))
	m := b.slack.Ephemerals("U0BOB")
	if len(m) != 1 || m[0].ThreadTS != a.TS {
		t.Errorf("%+v", m)
	}
	if len(b.slack.Messages(infra)) != 1 {
		t.Error("others see it")
	}
	isPermanent(t, b.chat.Whisper(t.Context(),
		port.PrivateMessage{Channel: infra, User: "U0EVE", Text: view.Say("x")}), "user_not_in_channel",
		"not in the channel")
}

func TestAFormIsUpdatedUnlessItChangedMeanwhile(t *testing.T) {
	b := bench(t)
	f := aForm()
	var view, hash string
	trigger := b.commandForm("").Get("trigger_id")
	view, hash, err := b.chat.OpenForm(t.Context(), trigger, f)
	b.must(err)
	if view == "" || hash == "" {
		t.Fatalf("%q %q", view, hash)
	}
	isPermanent(t, second(b.chat.OpenForm(t.Context(), trigger, f)), "exchanged_trigger_id", "press the button again")
	f.Title = "Confirm now"
	b.must(b.chat.UpdateForm(t.Context(), view, hash, f))
	if v, _ := b.slack.OpenView("U0ANN"); v.Title != "Confirm now" {
		t.Errorf("%+v", v)
	}
	isPermanent(t, b.chat.UpdateForm(t.Context(), view, hash, f), "hash_conflict", "meanwhile")
	isPermanent(t, b.chat.UpdateForm(t.Context(), "V0GONE", "", f), "not_found", "closed")
}

func second(_, _ string, err error) error { return err }

func TestATriggerThatIsTooOldSaysSo(t *testing.T) {
	at := time.Now()
	b := bench(t, func(f *fakeslack.Config, _ *Config) { f.Now = func() time.Time { return at } })
	trigger := b.commandForm("").Get("trigger_id")
	at = at.Add(4 * time.Second)
	isPermanent(t, second(b.chat.OpenForm(t.Context(), trigger, aForm())), "expired_trigger_id", "three seconds")
}
