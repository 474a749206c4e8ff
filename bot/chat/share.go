package chat

import (
	"context"
	"time"
)

// Slack's limits hold for an app in a workspace, not for a process (facts/slack.md
// section 12). Replicas share them in two ways. The calls a minute of a method are
// divided by the replicas that are alive: that costs nobody a question. The posts
// a second in a channel come in bursts, from the replica that has the outbox just
// then: they are taken from one place that all replicas ask (Shared). Posts are
// made by the outbox alone, so that no ack waits for that.

// Shared is where all replicas take the posts of a channel from.
type Shared interface {
	// TakePost takes the next post of a channel and returns 0, or takes nothing and
	// returns for how long to wait: one may be made every so often, and so many at
	// once after a pause.
	TakePost(ctx context.Context, channel string, every time.Duration, burst int) (wait time.Duration, err error)
}

// Among has this Chat share with other replicas, and tells notices. It comes before
// anything else is done with the Chat.
func (c *Chat) Among(s Shared, notice func(Notice)) { c.cfg.Shared, c.cfg.Notice = s, notice }

// Share divides the calls a minute by so many replicas, from now on.
func (c *Chat) Share(replicas int) { c.pace.share(replicas) }

// mostReplicas is the most that the calls are divided by: whoever writes to Redis
// must not stop the bot by pretending to be a thousand.
const mostReplicas = 20

func (p *pace) share(replicas int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.replicas = min(max(replicas, 1), mostReplicas)
	for _, w := range p.methods {
		w.most = p.part(w.full)
	}
}

// part is one replica's part, never nothing. Callers hold p.mu.
func (p *pace) part(of int) int { return max(of/p.replicas, 1) }

// holdPost returns nil if a post may be made now. A line leaves one to cards.
// Without an answer of those who share, this process' own count holds.
func (c *Chat) holdPost(ctx context.Context, channel string, line bool) error {
	alone := func() error {
		if line {
			return c.pace.tryLine(channel)
		}
		return c.pace.try(mPost, channel)
	}
	if c.cfg.Shared == nil {
		return alone()
	}
	giveBack, err := c.pace.tryMethod(mPost, channel)
	if err != nil {
		return err
	}
	burst := postBurst
	if line {
		burst -= linesLeave
	}
	wait, err := c.cfg.Shared.TakePost(ctx, channel, time.Duration(float64(time.Second)/c.pace.scale), burst)
	switch {
	case err != nil:
		giveBack()
		c.warn("Slack's limit of posts could not be shared with other replicas; this one counts for itself", err)
		return alone()
	case wait > 0:
		giveBack()
		return later(mPost, wait, false, errPaced)
	}
	return nil
}

// tryMethod is try without a channel's own limit; giveBack is for whoever makes
// no call after all.
func (p *pace) tryMethod(method, channel string) (giveBack func(), err error) {
	now := p.now()
	held, delay := p.reserveIn(method, channel, now, false)
	if delay > 0 {
		p.cancel(held, now)
		return nil, later(method, delay, false, errPaced)
	}
	return func() { p.cancel(held, now) }, nil
}

// A Notice is something of Slack's that operators want to know, beside the log.
type Notice string

// Notices.
const (
	// NoticeEvent: Slack has reached the address for events.
	NoticeEvent Notice = "event"
	// NoticeCrowded: Slack ended a connection of Socket Mode because the app has too
	// many.
	NoticeCrowded Notice = "too_many_websockets"
)

// noticeEvery is how often the same is noticed.
const noticeEvery = time.Minute

// notice passes a notice on, each now and then.
func (c *Chat) notice(n Notice) {
	if c.cfg.Notice == nil {
		return
	}
	now := c.now()
	c.groupMu.Lock()
	last, was := c.noticed[n]
	old := !was || now.Sub(last).Abs() >= noticeEvery
	if old {
		c.noticed[n] = now
	}
	c.groupMu.Unlock()
	if old {
		c.cfg.Notice(n)
	}
}

// shares is how many replicas there are.
func (p *pace) shares() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.replicas
}
