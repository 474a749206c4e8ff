package chat

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/slack-go/slack"

	"twokey/bot/chat/blockkit"
	"twokey/commands/port"
)

const (
	// membersPage are asked for at once, and maxPages at most: a channel of more
	// people cannot be told.
	membersPage = 500
	maxPages    = 20
	// mostLinks bounds the memory of links; a full one is emptied.
	mostLinks = 4096
)

var errTooMany = errors.New("the channel has too many members to be read")

// InChannel lists a channel's members, at most 30 s old. An error is never
// remembered, and never answered with an older list.
func (c *Chat) InChannel(ctx context.Context, channel string) ([]string, error) {
	if users, ok := c.lately(c.rooms, channel); ok {
		return users, nil
	}
	v, err := c.once(ctx, "channel "+channel, func(ctx context.Context) (any, error) {
		if users, ok := c.lately(c.rooms, channel); ok {
			return users, nil
		}
		return c.askInside(ctx, channel)
	})
	if err != nil {
		return nil, err
	}
	return slices.Clone(v.([]string)), nil
}

// askInside reads all pages of a channel's members.
func (c *Chat) askInside(ctx context.Context, channel string) ([]string, error) {
	m := membership{asked: c.now()}
	p := &slack.GetUsersInConversationParameters{ChannelID: channel, Limit: membersPage}
	for range maxPages {
		err := c.call(ctx, mInside, channel, func() error {
			users, next, err := c.api.GetUsersInConversationContext(ctx, p)
			if err == nil && len(users) == 0 {
				return errNoAnswer
			}
			m.users, p.Cursor = append(m.users, users...), next
			return err
		})
		if err != nil {
			return nil, err
		}
		if p.Cursor == "" {
			c.groupMu.Lock()
			defer c.groupMu.Unlock()
			if len(c.rooms) >= mostLinks {
				clear(c.rooms)
			}
			c.rooms[channel] = m
			return m.users, nil
		}
	}
	return nil, fmt.Errorf("channel %s: %w", channel, errTooMany)
}

// Permalink implements commands.Chat. A message's address never changes.
func (c *Chat) Permalink(ctx context.Context, a port.Address) (string, error) {
	if link := c.linkTo(a); link != "" {
		return link, nil
	}
	var link string
	err := c.call(ctx, mLink, a.Channel, func() error {
		var err error
		link, err = c.api.GetPermalinkContext(ctx, &slack.PermalinkParameters{Channel: a.Channel, Ts: a.TS})
		if err == nil && !blockkit.IsWebLink(link) {
			return errNoAnswer
		}
		return err
	})
	if err != nil {
		return "", err
	}
	c.groupMu.Lock()
	defer c.groupMu.Unlock()
	if len(c.links) >= mostLinks {
		clear(c.links)
	}
	c.links[a] = link
	return link, nil
}

func (c *Chat) linkTo(a port.Address) string {
	c.groupMu.Lock()
	defer c.groupMu.Unlock()
	return c.links[a]
}
