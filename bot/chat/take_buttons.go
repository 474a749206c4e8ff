package chat

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"

	"github.com/slack-go/slack"

	"twokey/bot/chat/webapi"
	"twokey/commands/port"
)

// foundPost is a message of ours that was found by its key, as Slack has it. Blocks are
// not decoded, so that they go back as they came.
type foundPost struct {
	TS     string            `json:"ts"`
	Text   string            `json:"text"`
	Blocks []json.RawMessage `json:"blocks"`
}

// TakeButtons takes the buttons off a line of the thread at a, and changes nothing else
// of it. The line is found by its key, so that any replica can do it after any crash. The
// channel's copy of a loud line is the same message.
func (m *messages) TakeButtons(ctx context.Context, a port.Address, key string) error {
	v := url.Values{"channel": {a.Channel}, "ts": {a.TS}}
	p, found, err := m.findPost(ctx, webapi.ConversationsReplies, v, key)
	if err != nil || !found {
		return err
	}
	left := slices.DeleteFunc(slices.Clone(p.Blocks), func(b json.RawMessage) bool {
		var block struct {
			Type string `json:"type"`
		}
		return json.Unmarshal(b, &block) == nil && block.Type == string(slack.MBTAction)
	})
	if len(left) == len(p.Blocks) {
		return nil
	}
	blocks, err := json.Marshal(left)
	if err != nil {
		return err
	}
	v = url.Values{"channel": {a.Channel}, "ts": {p.TS}, "text": {p.Text}, "blocks": {string(blocks)}}
	return m.web.CallUnless(m.web.Try(webapi.ChatUpdate, a.Channel), webapi.ChatUpdate, a.Channel, func() error {
		var r slack.SlackResponse
		if err := m.web.PostForm(ctx, webapi.ChatUpdate, v, &r); err != nil {
			return err
		}
		return webapi.RefusalIn(r)
	})
}
