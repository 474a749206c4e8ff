package chat

import (
	"context"
	"log/slog"

	"github.com/slack-go/slack"

	"twokey/bot/chat/blockkit"
	"twokey/bot/chat/webapi"
	"twokey/commands/port"
	"twokey/commands/view"
)

// messages posts, edits and finds the bot's messages.
type messages struct {
	web       *webapi.Client
	directory *directory
	log       *slog.Logger
	metrics   Metrics
	refusals  *refusalLog

	links         *cache[port.Address, string]
	conversations *cache[string, string] // a person's conversation with the bot
	lines         *cache[string, string] // the ts of a line that is edited, by its key
}

func newMessages(cfg Config, web *webapi.Client, d *directory, refusals *refusalLog) *messages {
	return &messages{
		web: web, directory: d, refusals: refusals, log: cfg.Log, metrics: cfg.Metrics,
		links: newCache[port.Address, string](cfg.Now, 0), conversations: newCache[string, string](cfg.Now, 0),
		lines: newCache[string, string](cfg.Now, 0),
	}
}

// renderCard renders a card. One that fails the check is logged and counted, and
// the reduced card stands in for it.
func (m *messages) renderCard(card view.Card) []blockkit.Rendering {
	rs, err := blockkit.CardRenderings(card)
	if err != nil {
		m.log.Error(
			"a card does not fit Slack's limits; the reduced one is shown",
			"op",
			card.ID,
			"rev",
			card.Rev,
			"err",
			err,
		)
		m.metrics.Refused("own_blocks")
	}
	return rs
}

// renderText renders a line, a whisper or a reply of at most limit code points.
func (m *messages) renderText(t view.Text, limit int) []blockkit.Rendering {
	rs, err := blockkit.TextRenderings(t, limit)
	if err != nil {
		m.log.Error("a text does not fit Slack's limits; its words alone are shown", "err", err)
		m.metrics.Refused("own_blocks")
	}
	return rs
}

// messageOptions are a rendering as slack-go takes it.
func messageOptions(r blockkit.Rendering) []slack.MsgOption {
	opts := []slack.MsgOption{slack.MsgOptionText(r.Text, false)}
	if len(r.Blocks) > 0 {
		opts = append(opts, slack.MsgOptionBlocks(r.Blocks...))
	}
	return opts
}

// send makes a call, unless it is held back. It sends one rendering after the other until
// Slack takes one, or refuses it for another reason than its form. A simpler one follows
// at once: otherwise an outdated message would stand. Each refusal is logged and counted.
func (m *messages) send(
	held error, method, channel, op string, rs []blockkit.Rendering, do func(blockkit.Rendering) error,
) error {
	err := m.web.CallUnless(held, method, channel, func() error { return do(rs[0]) })
	for i, simpler := range rs[1:] {
		if !webapi.IsMisshapen(err) {
			return err
		}
		m.log.Error("Slack refused a message for its form; a simpler one follows at once",
			"method", method, "op", op, "bytes", blockkit.BlocksSize(rs[i].Blocks), "err", err)
		m.metrics.Refused("slack_form")
		err = m.web.CallNow(method, channel, func() error { return do(simpler) })
	}
	return err
}

// Permalink implements port.Chat. A message's address never changes.
func (m *messages) Permalink(ctx context.Context, a port.Address) (string, error) {
	if link, ok := m.links.lookUp(a); ok {
		return link, nil
	}
	var link string
	err := m.web.Call(ctx, webapi.ChatGetPermalink, a.Channel, func() error {
		var err error
		link, err = m.web.API().GetPermalinkContext(ctx, &slack.PermalinkParameters{Channel: a.Channel, Ts: a.TS})
		if err == nil && !blockkit.IsWebLink(link) {
			return webapi.ErrNoAnswer
		}
		return err
	})
	if err != nil {
		return "", err
	}
	m.links.remember(a, link, m.links.now())
	return link, nil
}
