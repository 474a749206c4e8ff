package chat

import (
	"errors"

	"github.com/slack-go/slack"

	"twokey/commands/reinstall"
	"twokey/commands/view"
)

// drawn is one way to show a message. One that Slack refuses for its form is sent
// in the next, barer one at once.
type drawn struct {
	text   string
	blocks []slack.Block // none: the text alone
}

func (d drawn) options() []slack.MsgOption {
	opts := []slack.MsgOption{slack.MsgOptionText(d.text, false)}
	if len(d.blocks) > 0 {
		opts = append(opts, slack.MsgOptionBlocks(d.blocks...))
	}
	return opts
}

// misshapen are the codes by which Slack refuses what a message looks like, and
// not where it goes or who sends it.
var misshapen = map[string]bool{
	"msg_too_long": true, "msg_blocks_too_long": true, "no_text": true, "invalid_blocks": true, "invalid_blocks_format": true,
	"invalid_arguments": true, "client": true, "block_mismatch": true, "invalid_payload": true,
}

// Misshapen tells whether Slack refused the message for its form.
func (e *Permanent) Misshapen() bool { return misshapen[e.Code] }

func isMisshapen(err error) bool {
	var p *Permanent
	return errors.As(err, &p) && p.Misshapen()
}

// drawCard draws a card, with the barer forms of it. One that fails the check is
// a fault of this package: it is logged, and the bare card is shown rather than
// none.
func (c *Chat) drawCard(card view.Card) []drawn {
	text := fallback(card.Summary)
	if len(card.Summary) == 0 {
		text = orElse(escape(cut(seen(card.Title), maxSummary)), "Reinstall")
	}
	barer := []drawn{{text, bareCard(card)}, {bareText(card), nil}}
	blocks := cardBlocks(card)
	if err := checkBlocks(blocks); err != nil {
		c.log.Error("a card does not fit Slack's limits; the bare one is shown", "op", card.ID, "rev", card.Rev, "err", err)
		c.metrics.Refused("own_blocks")
		return barer
	}
	return append([]drawn{{text, blocks}}, barer...)
}

// inForm makes a call, unless it is held back, with one form after the other until
// Slack takes one, or refuses it for another reason than its form: a barer one
// goes at once, for else an old message would stand. What is refused is told, and
// counted.
func (c *Chat) inForm(held error, method, channel, op string, forms []drawn, do func(drawn) error) error {
	err := c.callIf(held, method, channel, func() error { return do(forms[0]) })
	for i, barer := range forms[1:] {
		if !isMisshapen(err) {
			return err
		}
		c.log.Error("Slack refused a message for its form; a barer one follows at once", "method", method, "op", op, "bytes", sizeOfBlocks(forms[i].blocks), "err", err)
		c.metrics.Refused("slack_form")
		err = c.made(method, channel, func() error { return do(barer) })
	}
	return err
}

// drawText draws a line, a whisper or a reply of at most limit code points, and
// its words alone as the barer form of it.
func (c *Chat) drawText(t reinstall.Text, limit int) []drawn {
	d := drawn{fallback(t), textBlocks(richLines(t, limit))}
	if err := checkBlocks(d.blocks); err != nil {
		c.log.Error("a text does not fit Slack's limits; its words alone are shown", "err", err)
		c.metrics.Refused("own_blocks")
		d.blocks = textBlocks(richLines(reinstall.Say(t.String()), maxElement))
	}
	return []drawn{d, {fallbackOf(t, maxElement), nil}}
}

func textBlocks(els []slack.RichTextSectionElement) []slack.Block {
	return []slack.Block{slack.NewRichTextBlock("", slack.NewRichTextSection(els...))}
}
