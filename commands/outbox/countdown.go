package outbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/view"
)

// A countdown counts from when people can see it: once the card shows it and the
// line that announces it stands in the thread. The entry of that line stays in
// the outbox until both are so and that is noted, so that whoever comes next,
// after whatever crash, finds it and goes on.

const (
	// hiddenAfter is how long nothing is said of a countdown that Slack does not
	// answer for; limitedAfter, where only its limits hold it back.
	hiddenAfter  = 10 * time.Second
	limitedAfter = time.Minute
	// cardPoll is how soon it is looked again whether the card shows a countdown.
	cardPoll = 5 * time.Second
	// deadCardFor is how long a card that can no longer be changed is left alone.
	deadCardFor = time.Minute
	// mostRemembered bounds what is remembered; what was forgotten is shown once more.
	mostRemembered = 4096
)

// shownState remembers, for this process, what stands before people. Another process
// shows it once more, or looks for it.
type shownState struct {
	mu    sync.Mutex
	lines map[string]bool   // the lines of countdowns that were told, by key
	cards map[string]onCard // what the card of an operation showed last
	dead  map[string]dead   // cards that can no longer be changed, by the lead's id
}

// onCard is the countdown that a card shows; waits: as one that cannot be shown.
type onCard struct {
	of    time.Time
	waits bool
}

type dead struct {
	at  time.Time
	why error
}

func (s *shownState) lineShown(key string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lines[key]
}

func (s *shownState) noteLine(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lines == nil || len(s.lines) >= mostRemembered {
		s.lines = map[string]bool{}
	}
	s.lines[key] = true
}

// noteCard notes what came of showing a card: with an error, nothing is known to
// stand on it.
func (s *shownState) noteCard(c view.Card, err error, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cards == nil || len(s.cards) >= mostRemembered {
		s.cards, s.dead = map[string]onCard{}, map[string]dead{}
	}
	delete(s.dead, c.ID)
	if port.IsHopeless(err) {
		s.dead[c.ID] = dead{now, err}
	}
	for _, x := range c.Counts {
		if delete(s.cards, x.Op); err == nil {
			s.cards[x.Op] = onCard{x.Of, x.Waits}
		}
	}
}

// shownOnCard is what the operation's card shows.
func (s *shownState) shownOnCard(op string) onCard {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cards[op]
}

// isCardDead reports whether a card cannot be changed any more, as of lately.
func (s *shownState) isCardDead(lead string, now time.Time) bool {
	return s.whyCardDead(lead, now) != nil
}

// whyCardDead is why a card cannot be changed any more, as of lately.
func (s *shownState) whyCardDead(lead string, now time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d, is := s.dead[lead]; is && now.Sub(d.at) < deadCardFor {
		return d.why
	}
	return nil
}

// forgetLine drops what is remembered of a line that is no longer in the outbox.
func (s *shownState) forgetLine(p port.Post) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.lines, p.Key)
	delete(s.cards, p.Counts.Op)
}

// advanceCountdown goes on with a countdown whose line stands in the thread: it
// counts as soon as the card shows it as well, and as one that can be shown.
func (x *delivery) advanceCountdown(ctx context.Context, p port.Post) {
	o := x.outbox
	rec, err := o.store.Load(ctx, p.Counts.Op)
	on := o.shown.shownOnCard(p.Counts.Op)
	stands := on.of.Equal(p.Counts.Of)
	switch {
	case port.IsNotFound(err) || err == nil && !rec.Op.AwaitsShowing(p.Counts.Of): // it is over
		x.markDone(ctx, p)
		o.shown.forgetLine(p)
		return
	case err != nil:
	case stands && !on.waits && rec.Op.Waits == "":
		if err = o.noteCountdown(ctx, p, reinstall.CountdownShown{Of: p.Counts.Of}); err == nil {
			x.markDone(ctx, p)
			o.shown.forgetLine(p)
			return
		}
	case stands && on.waits && rec.Op.Waits != "": // it can be shown after all
		err = o.noteCountdown(ctx, p, reinstall.CountdownShowable{Of: p.Counts.Of})
	default:
		x.requestCard(ctx, p)
	}
	if err != nil {
		o.log.Warn("countdown: could not note that it is shown, retrying", "op", p.Counts.Op, "err", err)
		o.count("fault", "countdown")
	}
	x.leaveFor(cardPoll)
	x.noteDoubt(ctx, p, p.Key)
}

// requestCard has the card drawn once more, unless that is due anyway or in vain.
func (x *delivery) requestCard(ctx context.Context, p port.Post) {
	o := x.outbox
	if why := o.shown.whyCardDead(p.Op, o.now()); why != nil {
		x.fails[p.Op] = why
		return
	}
	if len(x.cards[p.Op]) > 0 {
		return
	}
	card := port.Post{
		Kind: port.PostCard, Key: fmt.Sprintf("%s.card.%d", p.Key, o.now().UnixNano()), Op: p.Op,
		Rev: p.Rev,
	}
	if err := o.store.Tell(ctx, p.Op, card); err != nil {
		o.log.Warn("card: could not request it", "op", p.Op, "err", err)
		return
	}
	x.cards[p.Op] = []port.Post{card}
}

// noteCountdown writes what became of a countdown that is to be shown. Where the
// proposal has gone on meanwhile, there is nothing to note.
func (o *Outbox) noteCountdown(ctx context.Context, p port.Post, e reinstall.Event) error {
	command := fmt.Sprintf("%s:%s:%d:%d", p.Counts.Op, e.Name(), p.Counts.Of.UnixNano(), o.now().UnixNano())
	return port.ExceptRefusal(o.engine.Change(ctx, p.Counts.Op, command, "twokey",
		func(context.Context, port.Record) (reinstall.Event, error) { return e, nil }))
}

// noteHiddenCountdowns notes why countdowns cannot be shown of which the line is left, or the
// card.
func (x *delivery) noteHiddenCountdowns(ctx context.Context) {
	if x.lost {
		return
	}
	for _, p := range slices.Clone(x.counts) {
		x.outbox.noteHidden(ctx, p, x.fails[p.Op])
	}
}

// noteHidden notes why a countdown cannot be shown, once that is known: at once where
// Slack refuses it, in a while where it only takes its time.
func (o *Outbox) noteHidden(ctx context.Context, p port.Post, err error) {
	since, why := o.now().Sub(p.Counts.Of), "Slack does not answer"
	no, refused := errors.AsType[*port.PermanentError](err)
	switch {
	case err == nil: // it goes on
		return
	case refused:
		why = cmp.Or(no.Sentence, "Slack refuses it")
	case since < hiddenAfter, port.IsLimited(err) && since < limitedAfter:
		return
	case port.IsLimited(err):
		why = "Slack's limits let it through later"
	}
	if err := o.noteCountdown(ctx, p, reinstall.CountdownNotShown{
		Of: p.Counts.Of, Why: why,
		Refused: refused,
	}); err != nil {
		o.log.Warn("countdown: could not note that it is not shown", "op", p.Counts.Op, "err", err)
	}
}
