package chat

import (
	"strings"
	"testing"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/view"
)

// aBatchCard is a card of twenty machines that counts down.
func aBatchCard() view.Card {
	c := aCard()
	c.Title, c.Lines = "20 machines", nil
	for _, name := range strings.Fields(strings.Repeat("web ", reinstall.MostInBatch)) {
		c.Lines = append(c.Lines, view.Say(view.Emoji("gear"), " ", name, ": reinstalling"))
	}
	c.Buttons = append(c.Buttons, view.Button{Label: "Hold", Verb: "hold", Style: "primary"})
	return c
}

func TestACardRefusedForItsFormIsShownReducedAtOnce(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"invalid_blocks", "msg_blocks_too_long"} {
		for name, card := range map[string]view.Card{"one machine": aCard(), "twenty": aBatchCard()} {
			t.Run(code+" "+name, func(t *testing.T) {
				b := bench(t)
				a := b.postCard(card)
				card.Rev, card.Status.Word = 13, "Counting down"
				card.Lines = append([]view.Text{view.Say("The wipe starts in a moment. Press Hold to stop it.")},
					card.Lines...)
				b.must(b.slack.Switch("chat.update:"+code, "1"))
				b.must(b.chat.UpdateCard(t.Context(), a, card))
				got := b.slack.PlainText(b.slack.Thread(infra, a.TS)[0])
				for _, want := range []string{
					card.Title, "Counting down", "The wipe starts in a moment", "/reinstall show 7K3Q",
					"/reinstall approve 7K3Q", "/reinstall backup 7K3Q", "[Cancel]", "[Reject]",
				} {
					if !strings.Contains(got, want) {
						t.Errorf("%q is missing in:\n%s", want, got)
					}
				}
				if strings.Contains(got, "[Approve]") || strings.Contains(got, "[Confirm backup]") ||
					strings.Contains(got, "Waiting for keys") {
					t.Errorf("a key can be turned by it, or it is an old one:\n%s", got)
				}
				if name == "twenty" && !strings.Contains(got, "[Hold]") {
					t.Errorf("nobody can stop them:\n%s", got)
				}
				if b.seen.count("slack_form") != 1 || !strings.Contains(b.logs.String(), code) {
					t.Errorf("not told: %v %s", b.seen.refused, b.logs)
				}
				b.must(b.slack.Click(t.Context(), "U0BOB", infra, a.TS, "Cancel"))
				b.settle()
				if in := b.front.asked(); len(in) != 1 || in[0].Verb != "cancel" || in[0].Rev != 13 {
					t.Errorf("the bare card's button: %+v", in)
				}
				card.Rev++
				b.must(b.chat.UpdateCard(t.Context(), a, card))
				if got := b.slack.PlainText(b.slack.Thread(infra, a.TS)[0]); !strings.Contains(got, "[Approve]") {
					t.Errorf("the next card is not whole again:\n%s", got)
				}
			})
		}
	}
}

// A card whose blocks Slack refuses in every form is shown in words.
func TestACardWithoutBlocksIsShownInWords(t *testing.T) {
	b := bench(t)
	a := b.postCard(aCard())
	card := aCard()
	card.Status.Word = "On hold"
	b.must(b.slack.Switch("chat.update:invalid_blocks", "2"))
	b.must(b.chat.UpdateCard(t.Context(), a, card))
	m := b.slack.Thread(infra, a.TS)[0]
	if len(m.Blocks) > 0 || !strings.Contains(m.Text, "web-01: On hold") ||
		!strings.Contains(m.Text, "/reinstall show 7K3Q") || !strings.Contains(m.Text, "Nothing happens before") {
		t.Errorf("%d blocks, %q", len(m.Blocks), m.Text)
	}
	b.must(b.slack.Switch("chat.update:invalid_blocks", "3"))
	isPermanent(t, b.chat.UpdateCard(t.Context(), a, card), "invalid_blocks", "fault of Twokey")
}

// A first card that is refused for its form is posted reduced, and found again.
func TestAFirstCardRefusedForItsFormIsPostedReduced(t *testing.T) {
	b := bench(t)
	b.must(b.slack.Switch("chat.postMessage:msg_blocks_too_long", "1"))
	a := b.postCard(aCard())
	if got := b.slack.PlainText(b.slack.Thread(infra, a.TS)[0]); !strings.Contains(got, "/reinstall show 7K3Q") ||
		strings.Contains(got, "[Approve]") {
		t.Error(got)
	}
	if n := len(b.slack.Messages(infra)); n != 1 {
		t.Errorf("%d messages", n)
	}
	if found, ok, err := b.chat.FindCard(t.Context(), infra, "7K3Q.card",
		b.chat.directory.now().Add(-3600e9)); err != nil || !ok || found != a {
		t.Errorf("%+v %v %v", found, ok, err)
	}
}

// What is not refused for its form is tried once: no other form would help.
func TestARefusalForAnotherReasonIsNotTriedReduced(t *testing.T) {
	b := bench(t)
	c := aCard()
	c.Channel = "C0RANDOM"
	_, err := b.chat.PostCard(t.Context(), c, "7K3Q.card")
	isPermanent(t, err, "not_in_channel", "/invite")
	if n := len(b.calls("chat.postMessage")); n != 1 || b.seen.count("slack_form") != 0 {
		t.Errorf("%d calls, %v", n, b.seen.refused)
	}
}

// A line, a whisper and an answer that are refused for their form go in words alone.
func TestTextsRefusedForTheirFormGoInWordsAlone(t *testing.T) {
	b := bench(t)
	a := b.postCard(aCard())
	p, err := b.slack.ClickPayload("U0BOB", infra, a.TS, 0, "Approve")
	b.must(err)
	text := view.Say("Not approved: ", view.Strong("<!channel>"), " is no name.")
	for _, method := range []string{"chat.postMessage", "chat.postEphemeral"} {
		b.must(b.slack.Switch(method+":invalid_blocks", "1"))
	}
	b.must(b.chat.PostLine(t.Context(), a, text, "7K3Q.13.0"))
	b.must(b.chat.Whisper(t.Context(), port.PrivateMessage{Channel: infra, User: "U0BOB", Text: text}))
	thread, alone := b.slack.Thread(infra, a.TS), b.slack.Ephemerals("U0BOB")
	if len(thread) != 2 || len(alone) != 1 {
		t.Fatalf("%d in the thread, %d alone", len(thread), len(alone))
	}
	for _, m := range append(thread[1:], alone...) {
		if len(m.Blocks) > 0 || m.Text != "Not approved: &lt;!channel&gt; is no name." {
			t.Errorf("%+v", m)
		}
	}
	long := view.Text{}
	for range 900 { // each in an element of its own: more than Slack takes
		long = append(long, view.Strong("x"), view.Mono("y"))
	}
	b.must(b.chat.Answer(t.Context(), port.PrivateMessage{Reply: p["response_url"].(string), Text: long}))
	if n := len(b.slack.Ephemerals("U0BOB")); n != 2 || b.seen.count("slack_form") != 2 {
		t.Errorf("%d answers, %v", n, b.seen.refused)
	}
}
