package webapi

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// tier is one of Slack's limits: so many calls a minute (bot/chat, section 5.1). Slack says
// "50+" and lets short bursts through; Twokey does not count on that.
type tier int

const (
	tier1       tier = 1
	tier2       tier = 20
	tier3       tier = 50
	tier4       tier = 100
	tierSpecial tier = 300
	tierPost    tier = 300 // the workspace's cap beside one a second a channel
)

// tiers are the limits of the methods that Twokey calls.
var tiers = map[string]tier{
	ChatPostMessage:      tierPost,
	ChatUpdate:           tier3,
	ChatPostEphemeral:    tier4,
	ViewsOpen:            tier4,
	ViewsUpdate:          tier4,
	UsersInfo:            tier4,
	UsergroupsUsersList:  tier2,
	UsergroupsList:       tier2,
	AppsConnectionsOpen:  tier1,
	ConversationsInfo:    tier3,
	ConversationsHistory: tier3,
	ConversationsReplies: tier3,
	AuthTest:             tierSpecial,
	ConversationsMembers: tier4,
	ChatGetPermalink:     tierSpecial,
	ViewsPublish:         tier4,
	BlocksValidate:       tierSpecial,
	ConversationsOpen:    tier3,
}

// keptCalls is how many of a method's calls are kept for what may not wait: a stop, and
// the last check before the reset.
var keptCalls = map[string]int{UsersInfo: 25}

// urgentLane is the limit of such calls. They count against the method's own as long as
// that is free.
func urgentLane(method string) string { return method + urgentSuffix }

const urgentSuffix = " kept"

// perTier is a minute, and the time that calls may spend on their way.
const perTier = time.Minute + time.Second

// A channel takes postBurst posts at once, then one a second. Lines leave linesLeave of
// them to cards: a new card never waits for lines.
const (
	postBurst  = 4
	linesLeave = 1
)

// maxChannels bounds the memory of the limiters by channel.
const maxChannels = 4096

// Why a call was held back: nothing was sent.
var (
	errPaced    = errors.New("held back to stay within Slack's limits")
	errYielding = errors.New("held back for others that are in more haste")
)

// pace holds calls back before Slack would refuse them, by method and, for
// posts, by channel. After a 429 a method pauses as long as Slack said.
type pace struct {
	scale float64
	now   func() time.Time

	mu       sync.Mutex
	replicas int // that share the methods' calls
	methods  map[string]*window
	channels map[string]*rate.Limiter
	pauses   map[string]time.Time // method, or method and channel -> until when
}

func newPace(scale float64, now func() time.Time) *pace {
	p := &pace{
		scale: scale, now: now, replicas: 1,
		methods: map[string]*window{}, channels: map[string]*rate.Limiter{}, pauses: map[string]time.Time{},
	}
	for m, t := range tiers {
		per := time.Duration(float64(perTier) / scale)
		p.methods[m] = &window{most: int(t) - keptCalls[m], full: int(t) - keptCalls[m], per: per}
		if n := keptCalls[m]; n > 0 {
			p.methods[urgentLane(m)] = &window{most: n, full: n, per: per}
		}
	}
	return p
}

// wait returns nil when the call may be made. If ctx would end first, it
// returns at once with an error by which nothing was sent.
func (p *pace) wait(ctx context.Context, method, channel string) error {
	now := p.now()
	held, delay := p.reserve(method, channel, now)
	if err := ctx.Err(); err != nil {
		p.cancelReservations(held, now)
		return unavailable(method, time.Second, err)
	}
	if end, ok := ctx.Deadline(); ok && delay > 0 && time.Until(end) < delay {
		p.cancelReservations(held, now)
		return rateLimited(method, delay, errPaced)
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
		p.cancelReservations(held, p.now())
		return rateLimited(method, time.Second, fmt.Errorf("%w: %w", errPaced, context.Cause(ctx)))
	}
}

// try is wait for callers with other work. It returns at once, with a
// *port.RateLimitedError if the call would have to wait.
func (p *pace) try(method, channel string) error {
	now := p.now()
	held, delay := p.reserve(method, channel, now)
	if delay <= 0 {
		return nil
	}
	p.cancelReservations(held, now)
	return rateLimited(method, delay, errPaced)
}

// tryLine is try for a line of a thread.
func (p *pace) tryLine(channel string) error {
	now := p.now()
	p.mu.Lock()
	short := linesLeave + 1 - p.channelLimiter(channel).TokensAt(now)
	p.mu.Unlock()
	if short > 0 {
		return rateLimited(ChatPostMessage, time.Duration(short/p.scale*float64(time.Second)), errPaced)
	}
	return p.try(ChatPostMessage, channel)
}

// Calm edits leave some of a minute's edits to those that somebody waits for. When
// the minute is half used, they wait for the next change; an old one leaves fewer.
const (
	calmLeaves  = 14
	calmGathers = 3 * time.Second
	calmIsOld   = 8 * time.Second
	oldLeaves   = 5
)

// tryCalm is try for an edit that nobody waits for, due since then. When edits run
// short, it waits for the next change, and leaves some edits to the others.
func (p *pace) tryCalm(channel string, since time.Time) error {
	now := p.now()
	if delay := p.calmDelay(since, now); delay > 0 {
		return rateLimited(ChatUpdate, delay, errYielding)
	}
	return p.try(ChatUpdate, channel)
}

func (p *pace) calmDelay(since, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	w := p.methods[ChatUpdate]
	leaves, age := calmLeaves, now.Sub(since)
	if age >= calmIsOld {
		leaves = oldLeaves
	}
	delay := w.delayUntilFree(now, max(w.most-leaves/p.replicas, 1))
	if age < calmGathers && w.delayUntilFree(now, max(w.most/2, 1)) > 0 {
		delay = max(delay, calmGathers-age)
	}
	if age < calmIsOld { // then it may take more
		delay = min(delay, calmIsOld-age)
	}
	return delay
}

// window lets a number of calls through in any period of a length: a sliding window.
type window struct {
	most  int // calls of this replica
	full  int // calls of all replicas
	per   time.Duration
	calls []time.Time // those in the window and those to come, in their order
}

// delayUntilFree is the time until a call may go that has at most so many others in the
// window before it.
func (w *window) delayUntilFree(now time.Time, most int) time.Duration {
	if len(w.calls) < most {
		return 0
	}
	return max(w.calls[len(w.calls)-most].Add(w.per).Sub(now), 0)
}

// reserveNext reserves the next call and returns when it may go.
func (w *window) reserveNext(now time.Time) time.Time {
	at := now.Add(w.delayUntilFree(now, w.most))
	if n := len(w.calls); n > 0 && at.Before(w.calls[n-1]) {
		at = w.calls[n-1] // in their order
	}
	over := 0
	for over < len(w.calls) && now.Sub(w.calls[over]) >= w.per {
		over++
	}
	w.calls = append(slices.Delete(w.calls, 0, over), at)
	return at
}

// giveBack takes back a call that was not made.
func (w *window) giveBack(at time.Time) {
	if i := slices.Index(w.calls, at); i >= 0 {
		w.calls = slices.Delete(w.calls, i, i+1)
	}
}

// reservations are given back together when a call is not made.
type reservations struct {
	window  *window
	at      time.Time
	channel *rate.Reservation
}

func (p *pace) cancelReservations(r reservations, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r.window != nil {
		r.window.giveBack(r.at)
	}
	if r.channel != nil {
		r.channel.CancelAt(now)
	}
}

// reserve takes a call's place in all limits; delay is the time until it may go.
func (p *pace) reserve(method, channel string, now time.Time) (held reservations, delay time.Duration) {
	return p.reserveIn(method, channel, now, true)
}

// reserveIn is reserve; counted says that this process counts the posts of a channel.
func (p *pace) reserveIn(method, channel string, now time.Time, counted bool) (held reservations, delay time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	lane := method
	method, urgent := strings.CutSuffix(method, urgentSuffix)
	if urgent && p.methods[method].delayUntilFree(now, p.methods[method].most) == 0 {
		lane = method
	}
	if w := p.methods[lane]; w != nil {
		held.window, held.at = w, w.reserveNext(now)
		delay = held.at.Sub(now)
	}
	if method == ChatPostMessage && counted {
		held.channel = p.channelLimiter(channel).ReserveN(now, 1)
		delay = max(delay, held.channel.DelayFrom(now))
	}
	for _, key := range []string{method, method + " " + channel} {
		if until, ok := p.pauses[key]; ok {
			if !until.After(now) {
				delete(p.pauses, key)
			}
			delay = max(delay, until.Sub(now))
		}
	}
	return held, delay
}

// channelLimiter returns the limiter of a channel's posts. Callers hold p.mu.
func (p *pace) channelLimiter(id string) *rate.Limiter {
	l := p.channels[id]
	if l == nil {
		if len(p.channels) >= maxChannels {
			clear(p.channels) // a burst more in some channel, at worst a 429
		}
		l = rate.NewLimiter(rate.Limit(p.scale), postBurst)
		p.channels[id] = l
	}
	return l
}

// pause makes a method wait after a 429. Posts wait in that channel only: their limit is
// a channel's.
func (p *pace) pause(method, channel string, after time.Duration) {
	key := method
	if method == ChatPostMessage {
		key += " " + channel
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if until := p.now().Add(after); until.After(p.pauses[key]) {
		p.pauses[key] = until
	}
}
