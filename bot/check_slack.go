package main

import (
	"context"
	"log/slog"
	"slices"
	"strings"

	"twokey/bot/chat"
)

// checkSlack looks at the tokens, the scopes, and everything of the workspace that
// the policy file names.
func (c *needsCheck) checkSlack(ctx context.Context) {
	if c.cfg.SlackSigningSecret != "" {
		c.warning("SLACK_SIGNING_SECRET",
			"it is set; whether it is the app's own cannot be asked, and shows with Slack's first request")
	}
	c.checkReach()
	cfg := c.cfg
	if cfg.SlackSigningSecret == "" && cfg.SlackAppToken == "" {
		cfg.SlackSigningSecret = "nothing listens" // told with the settings
	}
	if cfg.SlackBotToken == "" {
		c.skipWorkspace("without a bot token Slack does not answer")
		return
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
	me, err := ch.Token(ctx)
	if err != nil {
		c.reportRefusedToken(c.cfg.SlackBotTokenName, err)
		c.skipWorkspace("Slack does not answer with this token")
		return
	}
	c.ok(c.cfg.SlackBotTokenName, "it is of @%s in the workspace %s (%s)", me.Name, me.Team, me.TeamID)
	c.checkScopes(me.Granted)
	if slices.Contains(me.Granted, "users:read") {
		if _, err := ch.Hello(ctx); err != nil {
			c.reportRefusedToken(c.cfg.SlackBotTokenName, err)
		}
	}
	c.checkChannels(ctx, ch, me.Name)
	c.checkPeople(ctx, ch)
}

// skipWorkspace says that what the policy file names could not be looked at.
func (c *needsCheck) skipWorkspace(why string) {
	c.missing("channels, groups and people", "not looked at: %s", why)
}

// reportRefusedToken tells what Slack says of a token, named once.
func (c *needsCheck) reportRefusedToken(token string, err error) {
	c.missing(token, "%s", strings.TrimPrefix(chat.Words(err), token+": "))
}

func (c *needsCheck) checkAppToken(ctx context.Context, ch *chat.Chat) {
	name := c.cfg.SlackAppTokenName
	if err := ch.AppToken(ctx); err != nil {
		c.reportRefusedToken(name, err)
		return
	}
	c.ok(name, "it has the scope connections:write; nothing was connected")
}

// checkScopes tells each one that the manifest asks for and the token has not, and
// what the token has beyond them.
func (c *needsCheck) checkScopes(granted []string) {
	if len(granted) == 0 {
		c.missing("scopes", "Slack does not say which the token has, so none counts as given")
		return
	}
	const then = "; add it to the app's manifest and reinstall the app"
	lacking := 0
	var needed []string
	scopes := chat.Scopes()
	if c.tellsDirectly() {
		scopes = append(scopes, chat.DirectScopes()...)
	}
	for _, s := range scopes {
		needed = append(needed, s.Name)
		if slices.Contains(granted, s.Name) {
			continue
		}
		lacking++
		if s.Or != "" && slices.Contains(granted, s.Or) {
			c.warning("scope "+s.Name, "%s", s.For+then)
		} else {
			c.missing("scope "+s.Name, "%s", s.For+then)
		}
		c.findings[len(c.findings)-1].Add = "      - " + s.Name
	}
	if lacking == 0 {
		c.ok("scopes", "the token has all %d that the bot needs", len(needed))
	}
	if c.tellsDirectly() {
		c.warning("direct messages", "the policy file asks for them; "+
			"whether the Messages tab is on under App Home cannot be asked, and shows with the first one")
	}
	for _, s := range chat.DirectScopes() { // the manifest asks for them, whatever the policy says
		needed = append(needed, s.Name)
	}
	for _, s := range granted {
		if !slices.Contains(needed, s) {
			c.warning("scope "+s,
				"the token has it and the bot does not need it; take it out of the app's manifest and reinstall the app")
		}
	}
}

// tellsDirectly reports whether the policy file has people told in direct
// messages.
func (c *needsCheck) tellsDirectly() bool { return c.policy != nil && c.policy.Policy.TellsDirectly() }

// checkChannels looks at each channel where proposals may be made.
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
