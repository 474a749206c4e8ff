// Package rates is how often Slack lets an app call each method.
package rates

import (
	"math"
	"time"
)

// A Tier is a rate limit of the Web API.
type Tier struct {
	calls   int           // this many ..
	window  time.Duration // .. in any stretch of this length
	channel bool          // chat.postMessage: one a second in each channel besides
}

// Slack's tiers. Tier 1 is one a minute with bursts tolerated, so it is counted
// over ten minutes. The special ones are "hundreds a minute".
var (
	Tier1   = Tier{calls: 10, window: 10 * time.Minute}
	Tier2   = Tier{calls: 20, window: time.Minute}
	Tier3   = Tier{calls: 50, window: time.Minute}
	Tier4   = Tier{calls: 100, window: time.Minute}
	Special = Tier{calls: 600, window: time.Minute}
	Posting = Tier{calls: 300, window: time.Minute, channel: true}
)

// postBurst posts may follow one another in a channel before one a second
// counts.
const postBurst = 5

// Limits remember the calls that were let through. They are not for use by several
// goroutines at once.
type Limits struct {
	scale float64
	calls map[string][]time.Time // by method, those inside the window
	posts map[string]bucket      // by channel
}

type bucket struct {
	tokens float64
	at     time.Time
}

// New returns limits that are scale times Slack's own.
func New(scale float64) *Limits {
	return &Limits{scale: scale, calls: map[string][]time.Time{}, posts: map[string]bucket{}}
}

// Take lets a call through and returns 0, or returns after how many seconds it
// may be tried again. channel counts for posts alone.
func (r *Limits) Take(name string, tier Tier, channel string, now time.Time) int {
	window := time.Duration(float64(tier.window) / r.scale)
	recent := r.calls[name]
	for len(recent) > 0 && now.Sub(recent[0]) >= window {
		recent = recent[1:]
	}
	r.calls[name] = recent
	if len(recent) >= tier.calls {
		return wholeSeconds(window - now.Sub(recent[0]))
	}
	if tier.channel {
		if wait := r.takePost(channel, now); wait > 0 {
			return wait
		}
	}
	r.calls[name] = append(recent, now)
	return 0
}

func (r *Limits) takePost(channel string, now time.Time) int {
	b, ok := r.posts[channel]
	if !ok {
		b = bucket{tokens: postBurst, at: now}
	}
	b.tokens = min(postBurst, b.tokens+now.Sub(b.at).Seconds()*r.scale)
	b.at = now
	defer func() { r.posts[channel] = b }()
	if b.tokens < 1 {
		return wholeSeconds(time.Duration((1 - b.tokens) / r.scale * float64(time.Second)))
	}
	b.tokens--
	return 0
}

// wholeSeconds rounds up to at least one second, as Retry-After is whole.
func wholeSeconds(d time.Duration) int { return max(1, int(math.Ceil(d.Seconds()))) }
