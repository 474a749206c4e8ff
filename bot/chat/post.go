package chat

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"net/url"
	"strings"

	"github.com/slack-go/slack"

	"twokey/bot/chat/blockkit"
	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/view"
)

// eventType is that of the metadata which every post carries, so that it is
// found again after a lost answer (facts/slack.md section 6).
const eventType = "twokey_post"

// PostCard posts the card. An error with OutcomeUnknown means: look with
// FindCard before posting again.
func (c *Chat) PostCard(ctx context.Context, card view.Card, key string) (port.Address, error) {
	return c.post(ctx, card.Channel, "", key, card.ID, c.drawCard(card))
}

// PostLine posts a line in the thread of the message at a.
func (c *Chat) PostLine(ctx context.Context, a port.Address, t reinstall.Text, key string) error {
	return c.line(ctx, a, t, key)
}

// PostLoud posts a line in the thread that the channel shows as well
// (reply_broadcast). It is found again like any other line.
func (c *Chat) PostLoud(ctx context.Context, a port.Address, t reinstall.Text, key string) error {
	return c.line(ctx, a, t, key, slack.MsgOptionBroadcast())
}

func (c *Chat) line(ctx context.Context, a port.Address, t reinstall.Text, key string, more ...slack.MsgOption) error {
	op, _, _ := strings.Cut(key, ".")
	_, err := c.post(ctx, a.Channel, a.TS, key, op, c.drawText(t, blockkit.MaxLine), more...)
	return err
}

func (c *Chat) post(ctx context.Context, channel, thread, key, op string, forms []blockkit.Rendering, more ...slack.MsgOption) (port.Address, error) {
	opts := []slack.MsgOption{
		slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl(),
		slack.MsgOptionMetadata(slack.SlackMetadata{EventType: eventType, EventPayload: map[string]any{"key": key, "op": op}}),
		slack.UnsafeMsgOptionEndpoint(c.base.String()+mPost, func(v url.Values) { v.Set("client_msg_id", messageID(key)) }),
	}
	if thread != "" {
		opts = append(opts, slack.MsgOptionTS(thread))
	}
	opts = append(opts, more...)
	var a port.Address
	held := c.holdPost(ctx, channel, thread != "" && !port.Urgent(ctx))
	err := c.inForm(held, mPost, channel, op, forms, func(r blockkit.Rendering) error {
		var err error
		opts := append(messageOptions(r), opts...)
		a.Channel, a.TS, err = c.api.PostMessageContext(ctx, channel, opts...)
		if takenForTwin(err) {
			a.Channel, a.TS, err = c.api.PostMessageContext(ctx, channel, append(opts, c.withoutID())...)
		}
		return orNoTS(err, a.TS)
	})
	if err != nil {
		return port.Address{}, err
	}
	a.Channel = cmp.Or(a.Channel, channel)
	return a, nil
}

// orNoTS makes an answer without a timestamp an error (section 8).
func orNoTS(err error, ts string) error {
	if err == nil && ts == "" {
		return errNoTS
	}
	return err
}

// messageID is the same UUID for the same key: where Slack looks at
// client_msg_id, a second post of it is no second message (section 6).
func messageID(key string) string {
	h := sha256.Sum256([]byte("twokey post " + key))
	h[6], h[8] = h[6]&0x0f|0x50, h[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", h[0:4], h[4:6], h[6:8], h[8:10], h[10:16])
}

// UpdateCard redraws the card at a. Text and blocks always go together: text
// alone would delete the blocks (section 5).
func (c *Chat) UpdateCard(ctx context.Context, a port.Address, card view.Card) error {
	var held error
	if card.Calm {
		held = c.pace.tryCalm(a.Channel, card.Since)
	} else {
		held = c.pace.try(mUpdate, a.Channel)
	}
	return c.inForm(held, mUpdate, a.Channel, card.ID, c.drawCard(card), func(r blockkit.Rendering) error {
		_, ts, _, err := c.api.UpdateMessageContext(ctx, a.Channel, a.TS, messageOptions(r)...)
		return orNoTS(err, ts)
	})
}

// Whisper shows a text to one person alone; it cannot be changed later, and is
// gone when they reload. In a thread they see it only if they have that open
// (facts/slack.md section 12).
func (c *Chat) Whisper(ctx context.Context, channel, thread, user string, t reinstall.Text) error {
	var opts []slack.MsgOption
	if thread != "" {
		opts = append(opts, slack.MsgOptionTS(thread))
	}
	held := c.pace.wait(ctx, mEphemeral, channel)
	return c.inForm(held, mEphemeral, channel, "", c.drawText(t, blockkit.MaxLine), func(r blockkit.Rendering) error {
		ts, err := c.api.PostEphemeralContext(ctx, channel, user, append(messageOptions(r), opts...)...)
		return orNoTS(err, ts)
	})
}
