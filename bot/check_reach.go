package main

import (
	"context"
	"time"

	"twokey/bot/chat"
	"twokey/bot/store"
)

// recentTrouble is how long a trouble of Socket Mode is spoken of.
const recentTrouble = 24 * time.Hour

// slackReach is what was noted; asked is false if Redis could not say.
type slackReach struct {
	asked          bool
	replicas       int
	event, crowded time.Time
}

// readSlackReach reads it.
func readSlackReach(ctx context.Context, s *store.Store) (r slackReach) {
	var err [3]error
	r.replicas, err[0] = s.Replicas(ctx)
	r.event, err[1] = s.Noticed(ctx, string(chat.NoticeEvent))
	r.crowded, err[2] = s.Noticed(ctx, string(chat.NoticeCrowded))
	r.asked = err == [3]error{}
	return r
}

// checkReach tells of the address for events, and of Socket Mode's connections.
func (c *needsCheck) checkReach() {
	if !c.reach.asked {
		return // told with Redis
	}
	if c.cfg.SlackSigningSecret != "" && c.cfg.SlackAppToken == "" {
		c.checkEvents()
	}
	if c.cfg.SlackAppToken == "" {
		return
	}
	if n := c.reach.replicas; n > chat.MostReplicas {
		c.warning("Socket Mode", "%s", tooManyReplicas(n))
	}
	if at := c.reach.crowded; time.Since(at) < recentTrouble {
		c.warning("Socket Mode", "last seen %s: %s", formatTime(at), chat.CrowdedWords())
	}
}

// checkEvents tells whether Slack has ever reached the address for events: an app that
// is made from the manifest has it checked before the bot can answer (facts/slack.md
// section 12).
func (c *needsCheck) checkEvents() {
	if c.reach.event.IsZero() {
		c.warning("events", "Slack has not reached the bot's address for events yet, and until then App Home stays empty; "+
			"once the bot runs, press Retry under Event Subscriptions in the app's settings")
		return
	}
	c.ok("events", "Slack reaches the bot's address for events, last seen %s", formatTime(c.reach.event))
}

func formatTime(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }
