package main

import (
	"context"
	"time"

	"twokey/bot/chat"
	"twokey/bot/store"
)

// recentTrouble is how long bot check reports that Socket Mode was full.
const recentTrouble = 24 * time.Hour

// slackReach is what running bots noted in Redis of how Slack reaches them.
type slackReach struct {
	asked    bool // false if Redis did not answer
	replicas int
	event    time.Time // the last event that came from Slack
	crowded  time.Time // when Slack last refused a connection of Socket Mode as one too many
}

// readSlackReach reads what was noted.
func readSlackReach(ctx context.Context, s *store.Store) (r slackReach) {
	var err [3]error
	r.replicas, err[0] = s.Replicas(ctx)
	r.event, err[1] = s.Noticed(ctx, string(chat.NoticeEvent))
	r.crowded, err[2] = s.Noticed(ctx, string(chat.NoticeCrowded))
	r.asked = err == [3]error{}
	return r
}

// checkReach checks the address for events, and the connections of Socket Mode.
func (c *needsCheck) checkReach() {
	if !c.reach.asked {
		return // checkRedis reports it
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

// checkEvents reports whether Slack has ever reached the address for events. Slack verifies
// the address of a new app before the bot can answer (bot/chat/doc.go 11.1).
func (c *needsCheck) checkEvents() {
	if c.reach.event.IsZero() {
		c.warning("events", "Slack has not reached the bot's address for events yet, and until then App Home stays "+
			"empty; "+
			"once the bot runs, press Retry under Event Subscriptions in the app's settings")
		return
	}
	c.ok("events", "Slack reaches the bot's address for events, last seen %s", formatTime(c.reach.event))
}

func formatTime(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }
