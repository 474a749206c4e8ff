package fakeslack_test

import (
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"twokey/bot/fakeslack"
)

// sized is one block of rich text: so many words of a kind, in pieces that each
// are short enough.
func sized(word string, times int) slack.MsgOption {
	var els []slack.RichTextSectionElement
	for range times {
		els = append(els, slack.NewRichTextSectionTextElement(strings.Repeat(word, 100), nil))
	}
	return slack.MsgOptionBlocks(slack.NewRichTextBlock("b", slack.NewRichTextSection(els...)))
}

// What is refused goes by the size of the JSON, the same for every way in.
func TestBlocksThatAreTooLongAsJSONAreRefusedOnEveryWay(t *testing.T) {
	for name, c := range map[string]struct {
		word  string
		taken int // hundreds of the word
	}{"ascii": {"x", 193}, "entities": {"&", 46}, "angles": {"<", 57}, "chinese": {"界", 38}, "pictures": {"🔑", 19}} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, func(c *fakeslack.Config) { c.RateScale = 1000 })
			if _, err := w.Command(w.ctx, "U0ANN", "C0INFRA", ""); err != nil {
				t.Fatal(err)
			}
			fits, long := sized(c.word, c.taken), sized(c.word, c.taken+1)
			_, ts, err := w.api.PostMessageContext(w.ctx, "C0INFRA", fits)
			if err != nil {
				t.Fatalf("what fits: %v", err)
			}
			_, _, err = w.api.PostMessageContext(w.ctx, "C0INFRA", long)
			refusedAs(t, err, "msg_blocks_too_long")
			_, _, _, err = w.api.UpdateMessageContext(w.ctx, "C0INFRA", ts, long)
			refusedAs(t, err, "msg_blocks_too_long")
			_, err = w.api.PostEphemeralContext(w.ctx, "C0INFRA", "U0ANN", long)
			refusedAs(t, err, "msg_blocks_too_long")
		})
	}
}

func TestAnAnswerToAPressIsRefusedForItsSizeAsWell(t *testing.T) {
	w := newWorld(t)
	urls := make(chan string, 1)
	w.onRun(func(c slack.SlashCommand) any { urls <- c.ResponseURL; return nil })
	if _, err := w.Command(w.ctx, "U0ANN", "C0INFRA", "help"); err != nil {
		t.Fatal(err)
	}
	to := <-urls
	for n, taken := range map[int]bool{193: true, 194: false} {
		var els []slack.RichTextSectionElement
		for range n {
			els = append(els, slack.NewRichTextSectionTextElement(strings.Repeat("x", 100), nil))
		}
		blocks := slack.Blocks{BlockSet: []slack.Block{slack.NewRichTextBlock("b", slack.NewRichTextSection(els...))}}
		if err := slack.PostWebhookContext(
			w.ctx, to, &slack.WebhookMessage{Text: "x", Blocks: &blocks},
		); (err == nil) != taken {
			t.Errorf("%d pieces: %v", n, err)
		}
	}
}

func TestAMessageCanBeRefusedForItsFormOnce(t *testing.T) {
	w := newWorld(t)
	for _, code := range []string{"invalid_blocks", "msg_blocks_too_long"} {
		if err := w.Switch("chat.postMessage:"+code, "1"); err != nil {
			t.Fatal(err)
		}
		_, _, err := w.api.PostMessageContext(w.ctx, "C0INFRA", slack.MsgOptionText("x", false))
		refusedAs(t, err, code)
		if _, _, err := w.api.PostMessageContext(w.ctx, "C0INFRA", slack.MsgOptionText("x", false)); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(w.Messages("C0INFRA")); n != 2 {
		t.Errorf("%d messages", n)
	}
}
