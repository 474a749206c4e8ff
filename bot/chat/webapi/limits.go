package webapi

import (
	"context"
	"time"
)

// Slack's limits hold for an app in a workspace, not for a process (bot/chat, section
// 5.1). Replicas share them in two ways. The calls a minute of a method are divided by
// the number of live replicas: that needs no question. The posts a second in a channel
// come in bursts, from the replica that has the outbox just then. All replicas take them
// from one place (SharedPosts). Only the outbox posts, so that no ack waits for that
// place.

// SharedPosts is the place from which all replicas take the posts of a channel.
type SharedPosts interface {
	// TakePost takes the next post of a channel and returns 0, or takes nothing and
	// returns the time to wait. One post is free every so often, and up to burst of
	// them after a pause.
	TakePost(ctx context.Context, channel string, every time.Duration, burst int) (wait time.Duration, err error)
}

// SharePosts has this client take posts from the place that all replicas share. It
// comes before any call.
func (c *Client) SharePosts(p SharedPosts) { c.posts = p }

// Share divides the calls a minute by so many replicas, from now on.
func (c *Client) Share(replicas int) { c.pace.divideAmong(replicas) }

// Replicas is the number of replicas that share the limits.
func (c *Client) Replicas() int { return c.pace.sharedBy() }

// Scale multiplies Slack's limits.
func (c *Client) Scale() float64 { return c.pace.scale }

// Wait waits until the limits allow a call. If ctx would end first, it returns at
// once with an error by which nothing was done.
func (c *Client) Wait(ctx context.Context, method, channel string) error {
	return c.pace.wait(ctx, method, channel)
}

// WaitUrgent is Wait for a call that may not wait, such as a stop: a part of the
// method's limit is kept for those.
func (c *Client) WaitUrgent(ctx context.Context, method, channel string) error {
	return c.pace.wait(ctx, urgentLane(method), channel)
}

// Try returns nil if a call may be made now, else a *port.RateLimitedError.
func (c *Client) Try(method, channel string) error { return c.pace.try(method, channel) }

// TryCalmEdit is Try for an edit that nobody waits for, due since then. It leaves some
// edits to those that somebody waits for.
func (c *Client) TryCalmEdit(channel string, since time.Time) error {
	return c.pace.tryCalm(channel, since)
}

// TryPost returns nil if a post may be made now. A line of a thread leaves one post
// to cards. Without an answer of the shared place, this process' own count holds.
func (c *Client) TryPost(ctx context.Context, channel string, line bool) error {
	alone := func() error {
		if line {
			return c.pace.tryLine(channel)
		}
		return c.pace.try(ChatPostMessage, channel)
	}
	if c.posts == nil {
		return alone()
	}
	giveBack, err := c.pace.tryMethod(ChatPostMessage, channel)
	if err != nil {
		return err
	}
	burst := postBurst
	if line {
		burst -= linesLeave
	}
	wait, err := c.posts.TakePost(ctx, channel, time.Duration(float64(time.Second)/c.pace.scale), burst)
	switch {
	case err != nil:
		giveBack()
		c.WarnRarely("Slack's limit of posts could not be shared with other replicas; this one counts for itself", err)
		return alone()
	case wait > 0:
		giveBack()
		return rateLimited(ChatPostMessage, wait, errPaced)
	}
	return nil
}

// mostReplicas is the most that the calls are divided by: whoever writes to Redis
// must not stop the bot by pretending to be a thousand.
const mostReplicas = 20

func (p *pace) divideAmong(replicas int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.replicas = min(max(replicas, 1), mostReplicas)
	for _, w := range p.methods {
		w.most = p.partOf(w.full)
	}
}

// partOf is one replica's part, at least 1. Callers hold p.mu.
func (p *pace) partOf(whole int) int { return max(whole/p.replicas, 1) }

// sharedBy is the number of replicas.
func (p *pace) sharedBy() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.replicas
}

// tryMethod is try without a channel's own limit; giveBack is for a caller who
// makes no call after all.
func (p *pace) tryMethod(method, channel string) (giveBack func(), err error) {
	now := p.now()
	held, delay := p.reserveIn(method, channel, now, false)
	if delay > 0 {
		p.cancelReservations(held, now)
		return nil, rateLimited(method, delay, errPaced)
	}
	return func() { p.cancelReservations(held, now) }, nil
}
