package chat

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"twokey/bot/chat/blockkit"
	"twokey/bot/chat/webapi"
	"twokey/commands/view"
)

// Direct messages. A person's conversation with the bot is a channel of its own,
// which is opened first (im:write) and never changes its id. A message there is
// posted and found like any other (im:history). Slack takes a person's id as a
// channel too, but what was posted so cannot be found before its answer is known.

// Direct implements port.Chat.
func (m *messages) Direct(ctx context.Context, user string, t view.Text, key string) error {
	id, err := m.conversationWith(ctx, user)
	if err != nil {
		return err
	}
	op, _, _ := strings.Cut(key, ".")
	_, err = m.postKeyed(ctx, id, "", key, op, m.renderText(t, blockkit.MaxLine))
	return m.forgetIfGone(user, err)
}

// forgetIfGone has a conversation that is gone opened again next time, and words the
// refusal.
func (m *messages) forgetIfGone(user string, err error) error {
	var p *webapi.Permanent
	if !errors.As(err, &p) || p.Code != "channel_not_found" {
		return err
	}
	m.conversations.forget(user)
	gone := *p
	gone.Sentence = "Slack does not show the bot a conversation with them"
	return &gone
}

// FindDirect implements port.Chat.
func (m *messages) FindDirect(ctx context.Context, user, key string, since time.Time) (bool, error) {
	id, err := m.conversationWith(ctx, user)
	if err != nil {
		return false, err
	}
	_, found, err := m.FindCard(ctx, id, key, since)
	return found, m.forgetIfGone(user, err)
}

// conversationWith is the id of somebody's conversation with the bot, opened if this
// process does not know it.
func (m *messages) conversationWith(ctx context.Context, user string) (string, error) {
	if id, ok := m.conversations.lookUp(user); ok {
		return id, nil
	}
	var id string
	err := m.web.CallUnless(m.web.Try(webapi.ConversationsOpen, ""), webapi.ConversationsOpen, "", func() error {
		ch, _, _, err := m.web.API().OpenConversationContext(ctx,
			&slack.OpenConversationParameters{Users: []string{user}})
		if err == nil && (ch == nil || ch.ID == "") {
			return webapi.ErrNoAnswer
		}
		if err == nil {
			id = ch.ID
		}
		return err
	})
	if err != nil {
		return "", knownNotDone(err)
	}
	m.conversations.remember(user, id, m.conversations.now())
	return id, nil
}

// knownNotDone says of a fault of opening that no message was made: to open a
// conversation twice does nothing.
func knownNotDone(err error) error {
	var l *webapi.RetryLater
	if !errors.As(err, &l) {
		return err
	}
	known := *l
	known.Unknown = false
	return &known
}
