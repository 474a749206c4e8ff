package chat

import (
	"context"
	"errors"
	"fmt"

	"github.com/slack-go/slack"

	"twokey/bot/chat/webapi"
	"twokey/commands/port"
)

// Channel reads what matters of a channel. A channel that is about to be shared
// with another company counts as shared.
func (d *directory) Channel(ctx context.Context, id string) (port.ChannelInfo, error) {
	ch, err := d.askChannel(ctx, id)
	if err != nil {
		return port.ChannelInfo{}, err
	}
	return port.ChannelInfo{
		ID:      ch.ID,
		Name:    ch.Name,
		Shared:  ch.IsExtShared || ch.IsPendingExtShared,
		Private: ch.IsPrivate,
		Member:  ch.IsMember,
	}, nil
}

// ChannelState is a channel as an operator looks at it.
type ChannelState struct {
	Name                     string
	Member, Shared, Archived bool
}

// ChannelState reads a channel for an operator.
func (d *directory) ChannelState(ctx context.Context, id string) (ChannelState, error) {
	ch, err := d.askChannel(ctx, id)
	if err != nil {
		return ChannelState{}, err
	}
	return ChannelState{
		Name:     ch.Name,
		Member:   ch.IsMember,
		Shared:   ch.IsExtShared || ch.IsPendingExtShared,
		Archived: ch.IsArchived,
	}, nil
}

func (d *directory) askChannel(ctx context.Context, id string) (*slack.Channel, error) {
	var ch *slack.Channel
	err := d.web.Call(ctx, webapi.ConversationsInfo, id, func() error {
		var err error
		ch, err = d.web.API().GetConversationInfoContext(ctx, &slack.GetConversationInfoInput{ChannelID: id})
		if err == nil && (ch == nil || ch.ID == "") {
			return webapi.ErrNoAnswer
		}
		return err
	})
	return ch, err
}

// The members of a channel come in pages of membersPage. More than maxPages are not
// read: who is in such a channel stays unknown.
const (
	membersPage = 500
	maxPages    = 20
)

var errTooMany = errors.New("the channel has too many members to be read")

// InChannel lists a channel's members, at most 30 s old. An error is never
// remembered, and never answered with an older list.
func (d *directory) InChannel(ctx context.Context, channel string) ([]string, error) {
	return d.membersOf(ctx, d.channelMembers, channel, "channel "+channel, d.askChannelMembers)
}

// askChannelMembers reads all pages of a channel's members.
func (d *directory) askChannelMembers(ctx context.Context, channel string) ([]string, error) {
	asked := d.now()
	var all []string
	p := &slack.GetUsersInConversationParameters{ChannelID: channel, Limit: membersPage}
	for range maxPages {
		err := d.web.Call(ctx, webapi.ConversationsMembers, channel, func() error {
			users, next, err := d.web.API().GetUsersInConversationContext(ctx, p)
			if err == nil && len(users) == 0 {
				return webapi.ErrNoAnswer
			}
			all, p.Cursor = append(all, users...), next
			return err
		})
		if err != nil {
			return nil, err
		}
		if p.Cursor == "" {
			d.channelMembers.remember(channel, all, asked)
			return all, nil
		}
	}
	return nil, fmt.Errorf("channel %s: %w", channel, errTooMany)
}
