package chat

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"twokey/bot/chat/blockkit"
	"twokey/commands/reinstall"
)

// Direct messages. A person's conversation with the bot is a channel of its own,
// which is opened first (im:write) and never changes its id. A message there is
// posted and found like any other (im:history). Slack takes a person's id as a
// channel too, but what was posted so cannot be found before its answer is known.

// directScopes are what direct messages need besides.
var directScopes = []Scope{
	{Name: "im:write", For: "without it nobody can be told in a direct message, as the policy file's tell asks for"},
	{Name: "im:history", For: "without it a direct message whose answer got lost cannot be found again"},
}

// DirectScopes are what direct messages need besides Scopes.
func DirectScopes() []Scope { return slices.Clone(directScopes) }

// MissingDirect are those of DirectScopes that a token has not; none if Slack
// told nothing.
func MissingDirect(granted []string) []string {
	var missing []string
	for _, s := range directScopes {
		if len(granted) > 0 && !slices.Contains(granted, s.Name) {
			missing = append(missing, s.Name)
		}
	}
	return missing
}

// Direct implements commands.Chat.
func (c *Chat) Direct(ctx context.Context, user string, t reinstall.Text, key string) error {
	id, err := c.conversation(ctx, user)
	if err != nil {
		return err
	}
	op, _, _ := strings.Cut(key, ".")
	_, err = c.post(ctx, id, "", key, op, c.drawText(t, blockkit.MaxLine))
	return c.noConversation(user, err)
}

// noConversation words that a conversation which was opened is gone; it is opened
// anew next time.
func (c *Chat) noConversation(user string, err error) error {
	var p *Permanent
	if !errors.As(err, &p) || p.Code != "channel_not_found" {
		return err
	}
	c.groupMu.Lock()
	delete(c.directs, user)
	c.groupMu.Unlock()
	gone := *p
	gone.Sentence = "Slack does not show the bot a conversation with them"
	return &gone
}

// FindDirect implements commands.Chat.
func (c *Chat) FindDirect(ctx context.Context, user, key string, since time.Time) (bool, error) {
	id, err := c.conversation(ctx, user)
	if err != nil {
		return false, err
	}
	_, found, err := c.FindCard(ctx, id, key, since)
	return found, c.noConversation(user, err)
}

// conversation is the id of somebody's conversation with the bot, opened if this
// process does not know it.
func (c *Chat) conversation(ctx context.Context, user string) (string, error) {
	if id := c.directTo(user); id != "" {
		return id, nil
	}
	var id string
	err := c.callIf(c.pace.try(mDirect, ""), mDirect, "", func() error {
		ch, _, _, err := c.api.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{user}})
		if err == nil && (ch == nil || ch.ID == "") {
			return errNoAnswer
		}
		if err == nil {
			id = ch.ID
		}
		return err
	})
	if err != nil {
		return "", notMade(err)
	}
	c.groupMu.Lock()
	defer c.groupMu.Unlock()
	if len(c.directs) >= mostLinks {
		clear(c.directs)
	}
	c.directs[user] = id
	return id, nil
}

func (c *Chat) directTo(user string) string {
	c.groupMu.Lock()
	defer c.groupMu.Unlock()
	return c.directs[user]
}

// notMade says of a fault of opening that no message was made: to open a
// conversation once more does nothing.
func notMade(err error) error {
	var l *RetryLater
	if !errors.As(err, &l) {
		return err
	}
	known := *l
	known.Unknown = false
	return &known
}

// ofOne are the codes by which Slack refuses direct messages to one person, and
// not to others.
var ofOne = map[string]bool{
	"user_not_found": true, "user_disabled": true, "user_not_visible": true, "cannot_dm_bot": true, "channel_not_found": true,
	"users_not_found": true, "is_archived": true, "not_in_channel": true, "user_is_restricted": true, "invalid_user_combination": true,
}

// Personal tells whether a direct message was refused for whom it is for: others
// can be told.
func (e *Permanent) Personal() bool { return ofOne[e.Code] }
