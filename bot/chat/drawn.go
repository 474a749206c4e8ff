package chat

import (
	"errors"

	"github.com/slack-go/slack"

	"twokey/bot/chat/blockkit"
	"twokey/commands/reinstall"
	"twokey/commands/view"
)

// messageOptions are a rendering as slack-go takes it.
func messageOptions(r blockkit.Rendering) []slack.MsgOption {
	opts := []slack.MsgOption{slack.MsgOptionText(r.Text, false)}
	if len(r.Blocks) > 0 {
		opts = append(opts, slack.MsgOptionBlocks(r.Blocks...))
	}
	return opts
}

// misshapen are the codes by which Slack refuses what a message looks like, and
// not its destination or its sender.
var misshapen = map[string]bool{
	"msg_too_long": true, "msg_blocks_too_long": true, "no_text": true, "invalid_blocks": true, "invalid_blocks_format": true,
	"invalid_arguments": true, "client": true, "block_mismatch": true, "invalid_payload": true,
}

// Misshapen reports whether Slack refused the message for its form.
func (e *Permanent) Misshapen() bool { return misshapen[e.Code] }

func isMisshapen(err error) bool {
	var p *Permanent
	return errors.As(err, &p) && p.Misshapen()
}

// Over implements port.Chat.
func (c *Chat) Over(card view.Card) view.Card { return blockkit.Overflow(card) }

// drawCard renders a card. One that fails the check is logged and counted, and the
// reduced card stands in for it.
func (c *Chat) drawCard(card view.Card) []blockkit.Rendering {
	rs, err := blockkit.CardRenderings(card)
	if err != nil {
		c.log.Error("a card does not fit Slack's limits; the bare one is shown", "op", card.ID, "rev", card.Rev, "err", err)
		c.metrics.Refused("own_blocks")
	}
	return rs
}

// inForm makes a call, unless it is held back, with one rendering after the other
// until Slack takes one, or refuses it for another reason than its form. A simpler
// one follows at once: otherwise an outdated message would stand. Each refusal is
// logged and counted.
func (c *Chat) inForm(held error, method, channel, op string, rs []blockkit.Rendering, do func(blockkit.Rendering) error) error {
	err := c.callIf(held, method, channel, func() error { return do(rs[0]) })
	for i, simpler := range rs[1:] {
		if !isMisshapen(err) {
			return err
		}
		c.log.Error("Slack refused a message for its form; a barer one follows at once", "method", method, "op", op, "bytes", blockkit.BlocksSize(rs[i].Blocks), "err", err)
		c.metrics.Refused("slack_form")
		err = c.made(method, channel, func() error { return do(simpler) })
	}
	return err
}

// drawText renders a line, a whisper or a reply of at most limit code points.
func (c *Chat) drawText(t reinstall.Text, limit int) []blockkit.Rendering {
	rs, err := blockkit.TextRenderings(t, limit)
	if err != nil {
		c.log.Error("a text does not fit Slack's limits; its words alone are shown", "err", err)
		c.metrics.Refused("own_blocks")
	}
	return rs
}
