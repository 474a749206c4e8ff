package outbox

import (
	"context"
	"errors"
	"sync"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/view"
)

// How long what went wrong rests: twice as long each time, up to the most.
const (
	faultFirst, faultMost = 2 * time.Second, 30 * time.Second // Slack, or one post
	placeFirst, placeMost = 5 * time.Second, time.Minute      // a channel that refuses
	probing               = 15 * time.Second                  // longer than a call takes
	// wellFaults in a row, of different posts, mean that Slack itself is unwell:
	// then one call at a time finds out whether it is back.
	wellFaults = 3
)

// lanes are what an entry goes through; any of them may rest.
type lanes struct {
	own   string // the post itself: its faults
	room  string // its channel: that refuses the bot
	kind  string // new cards, edits or lines in its channel: that refuses these
	limit string // what Slack's limits count together
	calm  string // it lets others pass, as long as nobody waits for it
	// urgent: a countdown waits for it, and the other lines of its channel for it.
	urgent bool
}

// lanesOf names an entry's lanes. An operation's channel never changes, so that
// a remembered record will do.
func (o *Outbox) lanesOf(ctx context.Context, p port.Post) (lanes, error) {
	switch p.Kind {
	case port.PostWhisper:
		return lanes{own: p.Key, limit: "whisper"}, nil
	case port.PostCall:
		return lanes{own: p.Key}, nil
	case port.PostDirect:
		return lanes{own: p.Key, limit: "direct"}, nil
	}
	rec, err := o.store.Recent(ctx, p.Op)
	if port.IsNotFound(err) {
		return lanes{own: p.Key}, nil
	}
	if err != nil {
		return lanes{}, err
	}
	l := lanes{own: p.Op + "." + string(p.Kind), room: "room " + rec.Op.Channel, kind: "lines " + rec.Op.Channel, limit: "post " + rec.Op.Channel}
	switch {
	case rec.Card.TS == "": // lines leave room for new cards
		l.limit, l.kind = "card "+rec.Op.Channel, "cards "+rec.Op.Channel
	case p.Kind == port.PostCard:
		l.limit, l.kind = "edit", "edits "+rec.Op.Channel
		if calm(rec.Op) {
			l.calm = "calm " + p.Op
		}
	case p.Counts != nil || nearCount(rec.Op):
		l.limit, l.urgent = "urgent "+rec.Op.Channel, true
	}
	return l, nil
}

// nearCount reports whether a countdown waits for the lines that are left.
func nearCount(op reinstall.Operation) bool {
	return op.State == reinstall.Approved && op.Waits == "" || op.Announces(op.Announced)
}

// rests remembers, for this process, what rests until when. Another process
// finds out by itself.
type rests struct {
	mu    sync.Mutex
	lanes map[string]rest
	row   int  // faults in a row
	slack rest // once row has reached wellFaults
}

type rest struct {
	until time.Time
	times int
	probe bool // one was let through to find out; until is when it is given up
	why   error
}

// longer makes a rest begin now: at least as long as was asked for, and twice
// as long as the last time. What failed beside others, while it rested already,
// adds nothing.
func (r *rest) longer(now time.Time, asked, first, most time.Duration, why error) time.Duration {
	if left := r.until.Sub(now); left > 0 && !r.probe {
		return left
	}
	wait := max(min(first<<min(r.times, 16), most), asked)
	*r = rest{until: now.Add(wait), times: r.times + 1, why: why}
	return wait
}

// try lets one through where the rest is over.
func (r *rest) try(now time.Time) time.Duration {
	if left := r.until.Sub(now); left > 0 {
		return left
	}
	r.until, r.probe = now.Add(probing), true
	return 0
}

// take returns 0 where the entry may be tried now, else for how long it rests,
// and after what. While Slack is unwell, or a channel refuses, one at a time
// finds out.
func (r *rests) take(now time.Time, l lanes) (wait time.Duration, why error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, lane := range l.all() {
		if x := r.lanes[lane]; x.until.Sub(now) > wait {
			wait, why = x.until.Sub(now), x.why
		}
	}
	if wait <= 0 && r.row >= wellFaults {
		wait, why = r.slack.try(now), r.slack.why
	}
	for _, lane := range []string{l.room, l.kind} {
		if x, resting := r.lanes[lane]; resting && wait <= 0 {
			wait, why = x.try(now), x.why
			r.lanes[lane] = x
		}
	}
	return wait, why
}

func (l lanes) all() []string { return []string{l.own, l.room, l.kind, l.limit, l.calm} }

// well ends the rests of what was told.
func (r *rests) well(l lanes) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answered()
	for _, lane := range l.all() {
		delete(r.lanes, lane)
	}
}

// answered notes that Slack is there. Callers hold r.mu.
func (r *rests) answered() { r.row, r.slack = 0, rest{} }

// after says for how long the entry rests after err, and has its lanes rest: by
// a limit all that share it, by a channel's refusal what that reaches, by a fault
// only itself, unless Slack gives nobody an answer.
func (r *rests) after(now time.Time, l lanes, err error) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	asked := port.RetryAfter(err)
	var look *looking
	switch {
	case port.IsLimited(err) && errors.As(err, &look):
		r.answered()
		r.unprobed(l, now)
		r.set(l.own, rest{until: now.Add(asked), why: err})
		return asked
	case port.IsAlone(err):
		r.unprobed(l, now)
		r.set(view.OrWord(l.calm, l.own), rest{until: now.Add(asked), why: err})
		return asked
	case port.IsLimited(err):
		r.answered()
		r.unprobed(l, now)
		r.set(l.limit, rest{until: now.Add(asked), why: err})
		return asked
	case port.IsPermanent(err) && !port.IsTokenRefused(err):
		r.answered()
		return r.refused(now, l, asked, err)
	case asked > 0: // a fault of Slack's, or on the way to it, or the token is refused
		if r.row++; r.row >= wellFaults {
			r.slack.longer(now, asked, faultFirst, faultMost, err)
		}
	}
	return r.longer(l.own, now, asked, faultFirst, faultMost, err)
}

// refused has rest what a refusal reaches. What a narrower one lets through shows
// that the wider is over.
func (r *rests) refused(now time.Time, l lanes, asked time.Duration, err error) time.Duration {
	switch port.ReachOf(err) {
	case port.OfItsThread:
		delete(r.lanes, l.room)
		delete(r.lanes, l.kind)
		return r.longer(l.own, now, asked, placeFirst, placeMost, err)
	case port.OfItsKind:
		delete(r.lanes, l.room)
		return r.longer(view.OrWord(l.kind, l.own), now, asked, placeFirst, placeMost, err)
	}
	r.unprobed(lanes{kind: l.kind}, now)
	return r.longer(view.OrWord(l.room, l.own), now, asked, placeFirst, placeMost, err)
}

// unprobed lets others find out about a channel: this one did not.
func (r *rests) unprobed(l lanes, now time.Time) {
	for _, lane := range []string{l.room, l.kind} {
		if x, ok := r.lanes[lane]; ok && x.probe {
			x.until, x.probe = now, false
			r.lanes[lane] = x
		}
	}
}

func (r *rests) longer(lane string, now time.Time, asked, first, most time.Duration, why error) time.Duration {
	x := r.lanes[lane]
	wait := x.longer(now, asked, first, most, why)
	r.set(lane, x)
	return wait
}

func (r *rests) set(lane string, x rest) {
	if r.lanes == nil {
		r.lanes = map[string]rest{}
	}
	r.lanes[lane] = x
}
