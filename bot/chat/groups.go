package chat

import (
	"context"
	"slices"

	"github.com/slack-go/slack"

	"twokey/bot/chat/webapi"
)

// Members lists a user group, at most 30 s old. An error is never remembered,
// and never answered with an older list.
func (d *directory) Members(ctx context.Context, group string) ([]string, error) {
	return d.membersOf(ctx, d.groupMembers, group, "group "+group, d.MembersNow)
}

// MembersNow lists a user group as it is now.
func (d *directory) MembersNow(ctx context.Context, group string) ([]string, error) {
	asked := d.now()
	var users []string
	err := d.web.Call(ctx, webapi.UsergroupsUsersList, "", func() error {
		var err error
		users, err = d.web.API().GetUserGroupMembersContext(ctx, group)
		if err == nil && users == nil {
			return webapi.ErrNoAnswer
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	d.groupMembers.remember(group, users, asked)
	return slices.Clone(users), nil
}

// membersOf lists members as they are remembered, or else asks.
func (d *directory) membersOf(
	ctx context.Context,
	known *cache[string, []string],
	id, key string,
	ask func(context.Context, string) ([]string, error),
) ([]string, error) {
	if users, ok := known.lookUp(id); ok {
		return slices.Clone(users), nil
	}
	users, err := askOnce(ctx, d, key, func(ctx context.Context) ([]string, error) {
		if users, ok := known.lookUp(id); ok {
			return users, nil
		}
		return ask(ctx, id)
	})
	return slices.Clone(users), err
}

// allGroups is the one key of the handles.
const allGroups = "handles"

// Handle implements port.Chat.
func (d *directory) Handle(ctx context.Context, group string) (string, error) {
	if known, ok := d.handles.lookUp(allGroups); ok {
		return known[group], nil
	}
	all, err := askOnce(ctx, d, allGroups, func(ctx context.Context) (map[string]string, error) {
		asked := d.now()
		groups, err := d.Groups(ctx)
		if err != nil {
			return nil, err
		}
		handles := map[string]string{}
		for _, g := range groups {
			handles[g.ID] = g.Handle
		}
		d.handles.remember(allGroups, handles, asked)
		return handles, nil
	})
	return all[group], err
}

// A Group is a user group as an operator looks at it.
type Group struct {
	ID, Handle string
	Disabled   bool
	// Locked: ordinary members cannot change who is in it.
	Locked bool
}

// Groups lists all user groups, disabled ones too.
func (d *directory) Groups(ctx context.Context) ([]Group, error) {
	var all []slack.UserGroup
	err := d.web.Call(ctx, webapi.UsergroupsList, "", func() error {
		var err error
		all, err = d.web.API().GetUserGroupsContext(ctx, slack.GetUserGroupsOptionIncludeDisabled(true))
		if err == nil && all == nil {
			return webapi.ErrNoAnswer
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	out := make([]Group, 0, len(all))
	for _, g := range all {
		out = append(
			out,
			Group{ID: g.ID, Handle: g.Handle, Disabled: g.DateDelete != 0, Locked: g.IsMembershipLocked ||
				g.IsIDPGroup},
		)
	}
	return out, nil
}
