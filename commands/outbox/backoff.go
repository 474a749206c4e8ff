package outbox

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall"
)

// How long what went wrong rests: twice as long each time, up to the most.
const (
	faultFirst, faultMost     = 2 * time.Second, 30 * time.Second // Slack, or one post
	refusalFirst, refusalMost = 5 * time.Second, time.Minute      // a channel that refuses
	probeTimeout              = 15 * time.Second                  // longer than a call takes
	// slackDownFaults in a row, of different posts, mean that Slack itself is unwell:
	// then one call at a time finds out whether it is back.
	slackDownFaults = 3
)

// backoffKeys are what an entry goes through; any of them may rest.
type backoffKeys struct {
	own     string // the post itself: its faults
	channel string // its channel: that refuses the bot
	kind    string // new cards, edits or lines in its channel: that refuses these
	limit   string // what Slack's limits count together
	calm    string // it lets others pass, as long as nobody waits for it
	// urgent: a countdown waits for it, and the other lines of its channel for it.
	urgent bool
}

// backoffKeysOf names an entry's lanes. An operation's channel never changes, so that
// a remembered record will do.
func (o *Outbox) backoffKeysOf(ctx context.Context, p port.Post) (backoffKeys, error) {
	switch p.Kind {
	case port.PostWhisper:
		return backoffKeys{own: p.Key, limit: "whisper"}, nil
	case port.PostNotify:
		return backoffKeys{own: p.Key}, nil
	case port.PostDirect:
		return backoffKeys{own: p.Key, limit: "direct"}, nil
	}
	rec, err := o.store.Recent(ctx, p.Op)
	if port.IsNotFound(err) {
		return backoffKeys{own: p.Key}, nil
	}
	if err != nil {
		return backoffKeys{}, err
	}
	l := backoffKeys{own: p.Op + "." + string(p.Kind), channel: "room " + rec.Op.Channel, kind: "lines " +
		rec.Op.Channel, limit: "post " + rec.Op.Channel}
	switch {
	case rec.Card.TS == "": // lines leave room for new cards
		l.limit, l.kind = "card "+rec.Op.Channel, "cards "+rec.Op.Channel
	case p.EditedLine() != "": // no line and no card waits for it
		l.own, l.limit, l.kind = p.EditedLine()+".edit", "line edit", "line edits "+rec.Op.Channel
	case p.Kind == port.PostCard:
		l.limit, l.kind = "edit", "edits "+rec.Op.Channel
		if isCalm(rec.Op) {
			l.calm = "calm " + p.Op
		}
	case p.Counts != nil || nearCountdown(rec.Op):
		l.limit, l.urgent = "urgent "+rec.Op.Channel, true
	}
	return l, nil
}

// nearCountdown reports whether a countdown waits for the lines that are left.
func nearCountdown(op reinstall.Operation) bool {
	return op.State == reinstall.Approved && op.Waits == "" || op.AwaitsShowing(op.Announced)
}

// breakers remembers, for this process, what rests until when. Another process
// finds out by itself.
type breakers struct {
	mu          sync.Mutex
	byKey       map[string]breaker
	faultsInRow int     // faults in a row
	slack       breaker // once faultsInRow has reached slackDownFaults
}

type breaker struct {
	until time.Time
	times int
	probe bool // one was let through to find out; until is when it is given up
	why   error
}

// tripBreaker makes a rest begin now: at least as long as was asked for, and twice
// as long as the last time. What failed beside others, while it rested already,
// adds nothing.
func (r *breaker) tripBreaker(now time.Time, asked, first, most time.Duration, why error) time.Duration {
	if left := r.until.Sub(now); left > 0 && !r.probe {
		return left
	}
	wait := max(min(first<<min(r.times, 16), most), asked)
	*r = breaker{until: now.Add(wait), times: r.times + 1, why: why}
	return wait
}

// admitProbe lets one through where the rest is over.
func (r *breaker) admitProbe(now time.Time) time.Duration {
	if left := r.until.Sub(now); left > 0 {
		return left
	}
	r.until, r.probe = now.Add(probeTimeout), true
	return 0
}

// timeToWait returns 0 where the entry may be tried now, else for how long it rests,
// and after what. While Slack is unwell, or a channel refuses, one at a time
// finds out.
func (r *breakers) timeToWait(now time.Time, l backoffKeys) (wait time.Duration, why error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, lane := range l.allKeys() {
		if x := r.byKey[lane]; x.until.Sub(now) > wait {
			wait, why = x.until.Sub(now), x.why
		}
	}
	if wait <= 0 && r.faultsInRow >= slackDownFaults {
		wait, why = r.slack.admitProbe(now), r.slack.why
	}
	for _, lane := range []string{l.channel, l.kind} {
		if x, resting := r.byKey[lane]; resting && wait <= 0 {
			wait, why = x.admitProbe(now), x.why
			r.byKey[lane] = x
		}
	}
	return wait, why
}

func (l backoffKeys) allKeys() []string { return []string{l.own, l.channel, l.kind, l.limit, l.calm} }

// closeBreakers ends the rests of what was told.
func (r *breakers) closeBreakers(l backoffKeys) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.slackAnswered()
	for _, lane := range l.allKeys() {
		delete(r.byKey, lane)
	}
}

// slackAnswered notes that Slack is there. Callers hold r.mu.
func (r *breakers) slackAnswered() { r.faultsInRow, r.slack = 0, breaker{} }

// tripAfter says for how long the entry rests after err, and has its lanes rest: by
// a limit all that share it, by a channel's refusal what that reaches, by a fault
// only itself, unless Slack gives nobody an answer.
func (r *breakers) tripAfter(now time.Time, l backoffKeys, err error) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	asked := port.RetryAfter(err)
	var look *lookupFault
	switch {
	case port.IsLimited(err) && errors.As(err, &look):
		r.slackAnswered()
		r.releaseProbe(l, now)
		r.setBreaker(l.own, breaker{until: now.Add(asked), why: err})
		return asked
	case letsPass(err):
		r.releaseProbe(l, now)
		r.setBreaker(cmp.Or(l.calm, l.own), breaker{until: now.Add(asked), why: err})
		return asked
	case port.IsLimited(err):
		r.slackAnswered()
		r.releaseProbe(l, now)
		r.setBreaker(l.limit, breaker{until: now.Add(asked), why: err})
		return asked
	case port.IsPermanent(err) && !port.IsTokenRefused(err):
		r.slackAnswered()
		return r.tripForRefusal(now, l, asked, err)
	case asked > 0: // a fault of Slack's, or on the way to it, or the token is refused
		if r.faultsInRow++; r.faultsInRow >= slackDownFaults {
			r.slack.tripBreaker(now, asked, faultFirst, faultMost, err)
		}
	}
	return r.tripKey(l.own, now, asked, faultFirst, faultMost, err)
}

// letsPass reports whether the call was held back for others under the same limit.
func letsPass(err error) bool {
	limited, ok := errors.AsType[*port.RateLimitedError](err)
	return ok && limited.Alone
}

// tripForRefusal has rest what a refusal reaches. What a narrower one lets through shows
// that the wider is over.
func (r *breakers) tripForRefusal(now time.Time, l backoffKeys, asked time.Duration, err error) time.Duration {
	reach := port.ReachChannel
	if p, ok := errors.AsType[*port.PermanentError](err); ok {
		reach = p.Reach
	}
	switch reach {
	case port.ReachThread:
		delete(r.byKey, l.channel)
		delete(r.byKey, l.kind)
		return r.tripKey(l.own, now, asked, refusalFirst, refusalMost, err)
	case port.ReachKind:
		delete(r.byKey, l.channel)
		return r.tripKey(cmp.Or(l.kind, l.own), now, asked, refusalFirst, refusalMost, err)
	}
	r.releaseProbe(backoffKeys{kind: l.kind}, now)
	return r.tripKey(cmp.Or(l.channel, l.own), now, asked, refusalFirst, refusalMost, err)
}

// releaseProbe lets others find out about a channel: this one did not.
func (r *breakers) releaseProbe(l backoffKeys, now time.Time) {
	for _, lane := range []string{l.channel, l.kind} {
		if x, ok := r.byKey[lane]; ok && x.probe {
			x.until, x.probe = now, false
			r.byKey[lane] = x
		}
	}
}

func (r *breakers) tripKey(lane string, now time.Time, asked, first, most time.Duration, why error) time.Duration {
	x := r.byKey[lane]
	wait := x.tripBreaker(now, asked, first, most, why)
	r.setBreaker(lane, x)
	return wait
}

func (r *breakers) setBreaker(lane string, x breaker) {
	if r.byKey == nil {
		r.byKey = map[string]breaker{}
	}
	r.byKey[lane] = x
}
