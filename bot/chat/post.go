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
	"twokey/bot/chat/webapi"
	"twokey/commands/port"
	"twokey/commands/view"
)

// eventType is that of the metadata which every post carries, so that it is
// found again after a lost answer (section 6.3).
const eventType = "twokey_post"

// PostCard posts the card. A *port.OutcomeUnknownError means: look with
// FindCard before posting again.
func (m *messages) PostCard(ctx context.Context, card view.Card, key string) (port.Address, error) {
	return m.postKeyed(ctx, card.Channel, "", key, card.ID, m.renderCard(card))
}

// PostLine posts a line in the thread of the message at a.
func (m *messages) PostLine(ctx context.Context, a port.Address, t view.Text, key string) error {
	return m.postLine(ctx, a, t, key)
}

// PostLoud posts a line in the thread that the channel shows as well
// (reply_broadcast). It is found again like any other line.
func (m *messages) PostLoud(ctx context.Context, a port.Address, t view.Text, key string) error {
	return m.postLine(ctx, a, t, key, slack.MsgOptionBroadcast())
}

// PostWithButtons posts a line in the thread with buttons of the card at a.
func (m *messages) PostWithButtons(ctx context.Context, a port.Address, l view.LineWithButtons, key string) error {
	var more []slack.MsgOption
	if l.Loud {
		more = append(more, slack.MsgOptionBroadcast())
	}
	rs := m.renderText(l.Text, blockkit.MaxLine)
	line, err := m.postKeyed(ctx, a.Channel, a.TS, key, l.Card.ID, blockkit.WithButtons(rs, l.Card), more...)
	if err == nil {
		m.lines.remember(key, line.TS, m.lines.now())
	}
	return err
}

func (m *messages) postLine(
	ctx context.Context, a port.Address, t view.Text, key string, more ...slack.MsgOption,
) error {
	op, _, _ := strings.Cut(key, ".")
	_, err := m.postKeyed(ctx, a.Channel, a.TS, key, op, m.renderText(t, blockkit.MaxLine), more...)
	return err
}

// postKeyed posts a message with the key in its metadata and a client_msg_id made of the
// key. By its key the message is found again.
func (m *messages) postKeyed(
	ctx context.Context, channel, thread, key, op string, rs []blockkit.Rendering, more ...slack.MsgOption,
) (port.Address, error) {
	found := slack.SlackMetadata{EventType: eventType, EventPayload: map[string]any{"key": key, "op": op}}
	opts := []slack.MsgOption{
		slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl(), slack.MsgOptionMetadata(found),
		m.changePost(func(v url.Values) { v.Set("client_msg_id", messageID(key)) }),
	}
	if thread != "" {
		opts = append(opts, slack.MsgOptionTS(thread))
	}
	opts = append(opts, more...)
	var a port.Address
	held := m.web.TryPost(ctx, channel, thread != "" && !port.IsUrgent(ctx))
	err := m.send(held, webapi.ChatPostMessage, channel, op, rs, func(r blockkit.Rendering) error {
		var err error
		opts := append(messageOptions(r), opts...)
		a.Channel, a.TS, err = m.web.API().PostMessageContext(ctx, channel, opts...)
		if webapi.IsLostDuplicate(err) {
			opts = append(opts, m.changePost(func(v url.Values) { v.Del("client_msg_id") }))
			a.Channel, a.TS, err = m.web.API().PostMessageContext(ctx, channel, opts...)
		}
		return webapi.RequireName(err, a.TS)
	})
	if err != nil {
		return port.Address{}, err
	}
	a.Channel = cmp.Or(a.Channel, channel)
	return a, nil
}

// messageID is the same UUID for the same key: if Slack honours client_msg_id, a
// second post of it makes no second message (section 6.1).
func messageID(key string) string {
	h := sha256.Sum256([]byte("twokey post " + key))
	h[6], h[8] = h[6]&0x0f|0x50, h[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", h[0:4], h[4:6], h[6:8], h[8:10], h[10:16])
}

// changePost changes the form of a post: slack-go knows no client_msg_id.
func (m *messages) changePost(change func(url.Values)) slack.MsgOption {
	return slack.UnsafeMsgOptionEndpoint(m.web.BaseURL().String()+webapi.ChatPostMessage, change)
}

// UpdateCard edits the card at a. Text and blocks always go together: text
// alone would delete the blocks (section 5.3).
func (m *messages) UpdateCard(ctx context.Context, a port.Address, card view.Card) error {
	var held error
	if card.Calm {
		held = m.web.TryCalmEdit(a.Channel, card.Since)
	} else {
		held = m.web.Try(webapi.ChatUpdate, a.Channel)
	}
	return m.send(held, webapi.ChatUpdate, a.Channel, card.ID, m.renderCard(card), func(r blockkit.Rendering) error {
		_, ts, _, err := m.web.API().UpdateMessageContext(ctx, a.Channel, a.TS, messageOptions(r)...)
		return webapi.RequireName(err, ts)
	})
}

// Whisper shows a text to one person alone; it cannot be changed later, and is
// gone when they reload. In a thread they see it only if they have that open
// (section 10.3).
func (m *messages) Whisper(ctx context.Context, w port.PrivateMessage) error {
	var opts []slack.MsgOption
	if w.Thread != "" {
		opts = append(opts, slack.MsgOptionTS(w.Thread))
	}
	held := m.web.Wait(ctx, webapi.ChatPostEphemeral, w.Channel)
	rs := blockkit.WithCorrections(m.renderText(w.Text, blockkit.MaxLine), w.Corrections)
	return m.send(held, webapi.ChatPostEphemeral, w.Channel, "", rs, func(r blockkit.Rendering) error {
		ts, err := m.web.API().PostEphemeralContext(ctx, w.Channel, w.User, append(messageOptions(r), opts...)...)
		return webapi.RequireName(err, ts)
	})
}
