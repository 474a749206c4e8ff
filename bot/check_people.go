package main

import (
	"context"
	"slices"
	"strings"

	"twokey/bot/chat"
)

// checkPeople checks each group and each person that the policy file names.
func (c *needsCheck) checkPeople(ctx context.Context, ch *chat.Chat) {
	if c.policy == nil {
		return // checkChannels reports it
	}
	named := c.policy.Policy.PeopleNamed()
	if len(named.Groups) > 0 {
		c.checkGroups(ctx, ch, named.Groups)
	}
	for _, id := range named.Users {
		c.checkPerson(ctx, ch, id)
	}
}

// checkPerson reports why somebody's keys would not count.
func (c *needsCheck) checkPerson(ctx context.Context, ch *chat.Chat, id string) {
	p, err := ch.Person(ctx, id)
	if err != nil {
		c.missing("person "+id, "%s", chat.Words(err))
		return
	}
	what := "person " + p.Name + " (" + id + ")"
	switch {
	case p.Deleted:
		c.missing(what, "the account is deactivated and counts for nothing; take it out of the policy file")
	case p.Bot:
		c.missing(what, "this is a bot and counts for nothing; take it out of the policy file")
	case p.Outside:
		c.missing(what, "this is somebody of another workspace, who counts for nothing; take them out of the policy file")
	case p.Guest:
		c.missing(what,
			"this is a guest and counts for nothing; take them out of the policy file, or make them a full member")
	case p.Mailbox() == "":
		c.missing(what, "Slack shows no e-mail address of theirs, so they cannot propose or approve: "+
			"grant the scope users:read.email, or have an address set in their profile")
	default:
		c.ok(what, "a full member of the workspace")
	}
}

// checkGroups checks user groups. If the policy names a handle, it reports the id.
func (c *needsCheck) checkGroups(ctx context.Context, ch *chat.Chat, ids []string) {
	all, err := ch.Groups(ctx)
	if err != nil {
		c.missing("groups "+strings.Join(ids, ", "), "%s", chat.Words(err))
		return
	}
	for _, id := range ids {
		i := slices.IndexFunc(all, func(g chat.Group) bool { return g.ID == id })
		if i < 0 {
			c.reportUnknownGroup(id, all)
			continue
		}
		c.checkGroup(ctx, ch, all[i])
	}
}

// reportUnknownGroup reports an id that Slack has not, or the id of a handle.
func (c *needsCheck) reportUnknownGroup(id string, all []chat.Group) {
	handle := strings.TrimPrefix(id, "@")
	if i := slices.IndexFunc(all, func(g chat.Group) bool { return strings.EqualFold(g.Handle, handle) }); i >= 0 {
		c.missing("group "+id, "this is a handle; write its id %s in the policy file", all[i].ID)
		return
	}
	c.missing("group "+id, "there is no user group with this id; check it in the policy file")
}

// checkGroup reports whether a group has members, and who may change them.
func (c *needsCheck) checkGroup(ctx context.Context, ch *chat.Chat, g chat.Group) {
	what := "group @" + g.Handle + " (" + g.ID + ")"
	if g.Disabled {
		c.missing(what, "it is disabled; enable it, or name another in the policy file")
		return
	}
	members, err := ch.MembersNow(ctx, g.ID)
	switch {
	case err != nil:
		c.missing(what, "%s", chat.Words(err))
	case len(members) == 0:
		c.missing(what, "nobody is in it; add people, or name another in the policy file")
	case !g.Locked:
		c.warning(what,
			"%s; ordinary members may be able to add themselves to it, and so to the keys: let only administrators change "+
				"user groups, or name people by their ids in the policy file", countNoun(len(members), "member"))
	default:
		c.ok(what, "%s, and ordinary members cannot change it", countNoun(len(members), "member"))
	}
}
