package chat

import (
	"context"
	"errors"

	"github.com/slack-go/slack"
)

// What an operator wants to know before the bot runs. Nothing here changes
// anything in Slack.

// Token tells whose the bot token is and which scopes it has; it needs none.
func (c *Chat) Token(ctx context.Context) (Identity, error) {
	id, err := c.auth(ctx)
	if err != nil {
		return Identity{}, c.helloError(err)
	}
	return id, nil
}

// AppToken asks for a Socket Mode connection's address, and does not connect.
func (c *Chat) AppToken(ctx context.Context) error {
	api := slack.New(c.cfg.Token, slack.OptionAppLevelToken(c.cfg.AppToken), slack.OptionHTTPClient(c.http), slack.OptionAPIURL(c.base.String()))
	return c.call(ctx, mConnect, "", func() error {
		_, url, err := api.StartSocketModeContext(ctx)
		if err == nil && url == "" {
			return errNoAnswer
		}
		return err
	})
}

// A Place is a channel as an operator looks at it.
type Place struct {
	Name                     string
	Member, Shared, Archived bool
}

// Place reads a channel.
func (c *Chat) Place(ctx context.Context, id string) (Place, error) {
	ch, err := c.channel(ctx, id)
	if err != nil {
		return Place{}, err
	}
	return Place{Name: ch.Name, Member: ch.IsMember, Shared: ch.IsExtShared || ch.IsPendingExtShared, Archived: ch.IsArchived}, nil
}

// A Group is a user group as an operator looks at it.
type Group struct {
	ID, Handle string
	Disabled   bool
	// Locked: ordinary members cannot change who is in it.
	Locked bool
}

// Groups lists all user groups, disabled ones too.
func (c *Chat) Groups(ctx context.Context) ([]Group, error) {
	var all []slack.UserGroup
	err := c.call(ctx, mGroups, "", func() error {
		var err error
		all, err = c.api.GetUserGroupsContext(ctx, slack.GetUserGroupsOptionIncludeDisabled(true))
		if err == nil && all == nil {
			return errNoAnswer
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	out := make([]Group, 0, len(all))
	for _, g := range all {
		out = append(out, Group{ID: g.ID, Handle: g.Handle, Disabled: g.DateDelete != 0, Locked: g.IsMembershipLocked || g.IsIDPGroup})
	}
	return out, nil
}

// CodeOf is Slack's code of a refusal; empty where Slack did not refuse.
func CodeOf(err error) string {
	var p *Permanent
	if errors.As(err, &p) {
		return p.Code
	}
	return ""
}

// Words are an error's for an operator: where Slack refused, what is wrong and
// what to do, and Slack's code.
func Words(err error) string {
	var p *Permanent
	if errors.As(err, &p) {
		return p.Sentence + " (" + p.Code + ")"
	}
	return err.Error()
}
