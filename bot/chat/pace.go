package chat

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Slack's limits (facts/slack.md section 5). A tier is so many calls in any
// minute; a bucket that holds burst and refills at the rest per minute never
// lets more through.
type tier struct{ perMinute, burst int }

var (
	tier2    = tier{20, 8}
	tier3    = tier{50, 20}
	tier4    = tier{100, 40}
	special  = tier{300, 100}
	tierPost = tier{300, 60} // the workspace's cap beside one a second a channel
)

// tiers are the methods that this package calls.
var tiers = map[string]tier{
	mPost: tierPost, mUpdate: tier3, mEphemeral: tier4, mOpen: tier4, mUpdateView: tier4, mUser: tier4,
	mMembers: tier2, mChannel: tier3, mHistory: tier3, mReplies: tier3, mAuth: special,
	mInside: tier4, mLink: special, mPublish: tier4,
}

// postBurst posts may follow one another in a channel before one a second
// counts.
const postBurst = 3

// maxChannels bounds the memory of the limiters by channel.
const maxChannels = 4096

// errPaced is why a call was held back: nothing was sent.
var errPaced = errors.New("held back to stay within Slack's limits")

// pace holds calls back before Slack would refuse them, by method and, for
// posts, by channel. After a 429 a method rests as long as Slack said.
type pace struct {
	scale float64
	now   func() time.Time

	mu       sync.Mutex
	methods  map[string]*rate.Limiter
	channels map[string]*rate.Limiter
	rests    map[string]time.Time // method, or method and channel -> until when
}

func newPace(scale float64, now func() time.Time) *pace {
	p := &pace{scale: scale, now: now, methods: map[string]*rate.Limiter{}, channels: map[string]*rate.Limiter{}, rests: map[string]time.Time{}}
	for m, t := range tiers {
		p.methods[m] = rate.NewLimiter(rate.Limit(float64(t.perMinute-t.burst)/60*scale), t.burst)
	}
	return p
}

// wait returns nil when the call may be made. Where ctx would end first it
// returns at once with a *RetryLater of known outcome: nothing was sent.
func (p *pace) wait(ctx context.Context, method, channel string) error {
	now := p.now()
	held, delay := p.reserve(method, channel, now)
	if err := ctx.Err(); err != nil {
		held.cancel(now)
		return later(method, time.Second, false, err)
	}
	if end, ok := ctx.Deadline(); ok && delay > 0 && time.Until(end) < delay {
		held.cancel(now)
		return later(method, delay, false, errPaced)
	}
	if delay <= 0 {
		return nil
	}
	t := time.NewTimer(delay)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		held.cancel(p.now())
		return later(method, time.Second, false, fmt.Errorf("%w: %w", errPaced, context.Cause(ctx)))
	}
}

// try is wait for those who have other things to do meanwhile: it returns at
// once, with a *RetryLater of known outcome where the call would have to wait.
func (p *pace) try(method, channel string) error {
	now := p.now()
	held, delay := p.reserve(method, channel, now)
	if delay <= 0 {
		return nil
	}
	held.cancel(now)
	return later(method, delay, false, errPaced)
}

// reservations are given back together when a call is not made.
type reservations []*rate.Reservation

func (rs reservations) cancel(now time.Time) {
	for _, r := range rs {
		r.CancelAt(now)
	}
}

func (p *pace) reserve(method, channel string, now time.Time) (reservations, time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var held reservations
	var delay time.Duration
	take := func(l *rate.Limiter) {
		r := l.ReserveN(now, 1)
		held, delay = append(held, r), max(delay, r.DelayFrom(now))
	}
	if l := p.methods[method]; l != nil {
		take(l)
	}
	if method == mPost {
		take(p.channel(channel))
	}
	for _, key := range []string{method, method + " " + channel} {
		if rest, ok := p.rests[key]; ok {
			if !rest.After(now) {
				delete(p.rests, key)
			}
			delay = max(delay, rest.Sub(now))
		}
	}
	return held, delay
}

// channel returns the limiter of a channel's posts. Callers hold p.mu.
func (p *pace) channel(id string) *rate.Limiter {
	l := p.channels[id]
	if l == nil {
		if len(p.channels) >= maxChannels {
			clear(p.channels) // a burst more in some channel; a 429 would tell
		}
		l = rate.NewLimiter(rate.Limit(p.scale), postBurst)
		p.channels[id] = l
	}
	return l
}

// rest makes a method wait after a 429: a post's in that channel only, since
// that is the limit that posts meet.
func (p *pace) rest(method, channel string, after time.Duration) {
	key := method
	if method == mPost {
		key += " " + channel
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if until := p.now().Add(after); until.After(p.rests[key]) {
		p.rests[key] = until
	}
}
