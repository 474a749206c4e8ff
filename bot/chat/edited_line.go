package chat

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"slices"

	"github.com/slack-go/slack"

	"twokey/bot/chat/blockkit"
	"twokey/bot/chat/webapi"
	"twokey/commands/port"
	"twokey/commands/view"
)

// foundPost is a message of ours that was found by its key, as Slack has it. Blocks are
// not decoded, so that they go back as they came.
type foundPost struct {
	TS     string            `json:"ts"`
	Text   string            `json:"text"`
	Blocks []json.RawMessage `json:"blocks"`
}

// EditLine gives a line of the thread at a another text and other buttons; without a text
// it takes the buttons off and changes nothing else. The line is found by its key, so that
// any replica can do it after any crash. The channel's copy of a loud line is the same
// message (section 5.8).
func (m *messages) EditLine(ctx context.Context, a port.Address, l view.LineWithButtons, key string) (bool, error) {
	if len(l.Text) == 0 {
		return m.takeButtons(ctx, a, key)
	}
	ts, known := m.lines.lookUp(key)
	if !known {
		p, found, err := m.findPost(ctx, webapi.ConversationsReplies, threadOf(a), key)
		if err != nil || !found {
			return false, err
		}
		m.lines.remember(key, p.TS, m.lines.now())
		ts = p.TS
	}
	held := m.web.Try(webapi.ChatUpdate, a.Channel)
	rs := blockkit.WithButtons(m.renderText(l.Text, blockkit.MaxLine), l.Card)
	err := m.send(held, webapi.ChatUpdate, a.Channel, l.Card.ID, rs, func(r blockkit.Rendering) error {
		_, done, _, err := m.web.API().UpdateMessageContext(ctx, a.Channel, ts, messageOptions(r)...)
		return webapi.RequireName(err, done)
	})
	if isOutOfReach(err) {
		m.lines.forget(key)
		return false, nil
	}
	return err == nil, err
}

// threadOf asks for the thread of the message at a.
func threadOf(a port.Address) url.Values { return url.Values{"channel": {a.Channel}, "ts": {a.TS}} }

// isOutOfReach reports whether a message is gone, or may not be edited any more.
func isOutOfReach(err error) bool {
	p, ok := errors.AsType[*webapi.Permanent](err)
	return ok && p.OutOfReach()
}

// takeButtons takes the buttons off a line.
func (m *messages) takeButtons(ctx context.Context, a port.Address, key string) (bool, error) {
	p, found, err := m.findPost(ctx, webapi.ConversationsReplies, threadOf(a), key)
	if err != nil || !found {
		return false, err
	}
	left := slices.DeleteFunc(slices.Clone(p.Blocks), func(b json.RawMessage) bool {
		var block struct {
			Type string `json:"type"`
		}
		return json.Unmarshal(b, &block) == nil && block.Type == string(slack.MBTAction)
	})
	if len(left) == len(p.Blocks) {
		return true, nil
	}
	blocks, err := json.Marshal(left)
	if err != nil {
		return false, err
	}
	v := url.Values{"channel": {a.Channel}, "ts": {p.TS}, "text": {p.Text}, "blocks": {string(blocks)}}
	err = m.web.CallUnless(m.web.Try(webapi.ChatUpdate, a.Channel), webapi.ChatUpdate, a.Channel, func() error {
		var r slack.SlackResponse
		if err := m.web.PostForm(ctx, webapi.ChatUpdate, v, &r); err != nil {
			return err
		}
		return webapi.RefusalIn(r)
	})
	return err == nil, err
}
