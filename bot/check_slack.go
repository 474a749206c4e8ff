package main

import (
	"context"
	"log/slog"
	"slices"
	"strings"

	"twokey/bot/chat"
)

// checkSlack checks the tokens, the scopes, and everything of the workspace that the
// policy file names.
func (c *needsCheck) checkSlack(ctx context.Context) {
	if c.cfg.SlackSigningSecret != "" {
		c.warning("SLACK_SIGNING_SECRET",
			"it is set; whether it is the app's own cannot be asked, and shows with Slack's first request")
	}
	c.checkReach()
	if c.cfg.SlackBotToken == "" {
		c.skipWorkspace("without a bot token Slack does not answer")
		return
	}
	cfg := c.cfg
	if cfg.SlackSigningSecret == "" && cfg.SlackAppToken == "" { // checkSettings reports it
		cfg.SlackSigningSecret = "nothing listens"
	}
	ch, err := openChat(cfg, slog.New(slog.DiscardHandler), newMetrics(), 0)
	if err != nil {
		c.missing("Slack", "%v", err)
		c.skipWorkspace("Slack could not be asked")
		return
	}
	if cfg.SlackAppToken != "" {
		c.checkAppToken(ctx, ch)
	}
	if me, ok := c.checkBotToken(ctx, ch); ok {
		c.checkChannels(ctx, ch, me.Name)
		c.checkPeople(ctx, ch)
	}
}

// checkBotToken returns who the bot is. It is not ok if Slack refuses the token.
func (c *needsCheck) checkBotToken(ctx context.Context, ch *chat.Chat) (me chat.Identity, ok bool) {
	me, err := ch.Token(ctx)
	if err != nil {
		c.reportRefusedToken(c.cfg.SlackBotTokenName, err)
		c.skipWorkspace("Slack does not answer with this token")
		return me, false
	}
	c.ok(c.cfg.SlackBotTokenName, "it is of @%s in the workspace %s (%s)", me.Name, me.Team, me.TeamID)
	c.checkScopes(me.Granted)
	if slices.Contains(me.Granted, "users:read") {
		if _, err := ch.Hello(ctx); err != nil {
			c.reportRefusedToken(c.cfg.SlackBotTokenName, err)
		}
	}
	return me, true
}

// skipWorkspace reports that what the policy file names could not be checked.
func (c *needsCheck) skipWorkspace(why string) {
	c.missing("channels, groups and people", "not looked at: %s", why)
}

// reportRefusedToken reports what Slack says of a token, and names the token once.
func (c *needsCheck) reportRefusedToken(token string, err error) {
	c.missing(token, "%s", strings.TrimPrefix(chat.Words(err), token+": "))
}

// checkAppToken checks the token of Socket Mode, without a connection.
func (c *needsCheck) checkAppToken(ctx context.Context, ch *chat.Chat) {
	name := c.cfg.SlackAppTokenName
	if err := ch.AppToken(ctx); err != nil {
		c.reportRefusedToken(name, err)
		return
	}
	c.ok(name, "it has the scope connections:write; nothing was connected")
}

// checkScopes reports each scope that the token lacks, and each that it has needlessly.
func (c *needsCheck) checkScopes(granted []string) {
	if len(granted) == 0 {
		c.missing("scopes", "Slack does not say which the token has, so none counts as given")
		return
	}
	needed := chat.Scopes()
	if c.tellsDirectly() {
		needed = append(needed, chat.DirectScopes()...)
	}
	if !c.reportLackingScopes(needed, granted) {
		c.ok("scopes", "the token has all %d that the bot needs", len(needed))
	}
	if c.tellsDirectly() {
		c.warning("direct messages", "the policy file asks for them; "+
			"whether the Messages tab is on under App Home cannot be asked, and shows with the first one")
	}
	// The manifest asks for the scopes of direct messages in any case.
	asked := append(slices.Clone(needed), chat.DirectScopes()...)
	for _, g := range granted {
		if !slices.ContainsFunc(asked, func(s chat.Scope) bool { return s.Name == g }) {
			c.warning("scope "+g,
				"the token has it and the bot does not need it; take it out of the app's manifest and reinstall the app")
		}
	}
}

// reportLackingScopes reports each scope that is not granted, with the line to add, and
// whether there is one. It is a warning if another scope serves instead.
func (c *needsCheck) reportLackingScopes(needed []chat.Scope, granted []string) (lacking bool) {
	const remedy = "; add it to the app's manifest and reinstall the app"
	for _, s := range needed {
		if slices.Contains(granted, s.Name) {
			continue
		}
		lacking = true
		if s.Or != "" && slices.Contains(granted, s.Or) {
			c.warning("scope "+s.Name, "%s", s.For+remedy)
		} else {
			c.missing("scope "+s.Name, "%s", s.For+remedy)
		}
		c.findings[len(c.findings)-1].Add = "      - " + s.Name
	}
	return lacking
}

// tellsDirectly reports whether the policy file asks for direct messages.
func (c *needsCheck) tellsDirectly() bool {
	return c.policy != nil && c.policy.Policy.NotifiesDirectly()
}

// checkChannels checks each channel in which proposals may be made.
func (c *needsCheck) checkChannels(ctx context.Context, ch *chat.Chat, me string) {
	if c.policy == nil {
		c.skipWorkspace("they stand in the policy file")
		return
	}
	if len(c.policy.Policy.Channels) == 0 {
		c.ok("channels", "the policy file names none: proposals are made wherever @%s was invited", me)
	}
	for _, id := range c.policy.Policy.Channels {
		p, err := ch.ChannelState(ctx, id)
		what := "channel " + id
		if err == nil && p.Name != "" {
			what = "channel #" + p.Name + " (" + id + ")"
		}
		switch {
		case chat.CodeOf(err) == "channel_not_found":
			c.missing(what, "there is none with this id, or it is private and the bot is not in it; "+
				"check the id, or type /invite @%s in it", me)
		case err != nil:
			c.missing(what, "%s", chat.Words(err))
		case p.Archived:
			c.missing(what, "it is archived; unarchive it, or name another in the policy file")
		case p.Shared:
			c.missing(what, "it is shared with another company, and nothing is taken there; name another in the policy file")
		case !p.Member:
			c.missing(what, "the bot is not in it; type /invite @%s in #%s", me, p.Name)
		default:
			c.ok(what, "the bot is in it, and no other company is")
		}
	}
}
