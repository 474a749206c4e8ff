package outbox

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"twokey/commands/port"
)

const (
	// drainMost is how many entries of an outbox are read at once: many, so that
	// what cannot be told now does not hide what is behind it.
	drainMost = 5000
	// passTime is when a pass ends even if something is left, so that what came
	// meanwhile is seen.
	passTime = 10 * time.Second
	// leaseCheck is how old the proof may be that an outbox is still ours.
	leaseCheck = time.Second
)

// Deliver works off one partition's outbox. What holds:
//   - the lines of an operation are told in order, each once; one that cannot
//     be told now holds back the lines behind it and nothing else;
//   - a card is drawn from the newest record, once a pass, whatever the number
//     of its entries; a line that is edited likewise (see editLine);
//   - a line whose outcome is not known is looked for before it is posted
//     again, by whoever comes next (see noteDoubt);
//   - nothing waits here: what Slack's limits, a channel or a fault hold back
//     rests (see breakers), and the pass goes on with the others.
func (o *Outbox) Deliver(ctx context.Context, c port.Claim) {
	posts, err := o.store.Posts(ctx, c.ID, drainMost)
	if err != nil {
		o.engine.Fault(ctx, c, "read the outbox", err)
		return
	}
	if len(posts) == 0 {
		o.engine.Release(ctx, c, port.Never)
		return
	}
	// What a fail-over would undo is not told yet.
	if err := o.store.AwaitReplicas(ctx, c, port.Lease); err != nil {
		o.faults.Warn("outbox: no replica has the posts yet, posting later", "", err, "outbox", c.ID)
		o.count("fault", "not durable")
		o.engine.Release(ctx, c, port.RetryIn)
		return
	}
	x := newDelivery(o, c, posts)
	x.sweepDoubts(ctx, posts)
	for _, p := range posts {
		if x.lost || !x.goesOn(ctx) {
			break
		}
		x.deliverOne(ctx, p)
	}
	x.noteHiddenCountdowns(ctx)
	x.giveBack(ctx)
}

// delivery is one pass over an outbox.
type delivery struct {
	outbox    *Outbox
	claim     port.Claim
	cards     map[string][]port.Post // operation -> its card entries, the newest last
	edits     map[string][]port.Post // line -> the entries that edit it, the newest last
	doubts    map[string][]port.Post // key -> the entries that say it may have been told
	stuck     map[string]bool        // operations whose lines wait
	lineShown map[string]bool        // operations of which this pass has told a line
	counts    []port.Post            // lines of countdowns that are still to be told
	fails     map[string]error       // operation -> what holds its card or its lines back
	began     time.Time
	proved    time.Time // when the lease was last ours
	lost      bool      // it is no longer
	// kept: the lease must run out rather than be given back, so that the next
	// holder knows that something may have been told.
	kept bool
	left bool          // something was left
	wait time.Duration // until the first of it may be tried again
}

func newDelivery(o *Outbox, c port.Claim, posts []port.Post) *delivery {
	now := o.now()
	x := &delivery{
		outbox: o, claim: c, cards: map[string][]port.Post{},
		edits: map[string][]port.Post{}, doubts: map[string][]port.Post{},
		stuck: map[string]bool{}, lineShown: map[string]bool{}, fails: map[string]error{}, began: now, proved: now,
	}
	for _, p := range posts {
		switch p.Kind {
		case port.PostCard:
			x.cards[p.Op] = append(x.cards[p.Op], p)
		case port.PostEdit:
			x.edits[p.Line] = append(x.edits[p.Line], p)
		case port.PostDoubt:
			key := strings.TrimPrefix(p.Key, port.DoubtPrefix)
			x.doubts[key] = append(x.doubts[key], p)
		case port.PostLine:
			if p.Counts != nil {
				x.counts = append(x.counts, p)
			}
		}
	}
	return x
}

// goesOn says whether another entry may be begun: the lease is still ours, and
// the turn is not over. A process that was frozen finds out here.
func (x *delivery) goesOn(ctx context.Context) bool {
	now := x.outbox.now()
	if now.Sub(x.began) > passTime {
		x.leaveFor(0)
		x.kept = x.kept || x.claim.Taken // not all of it was looked for
		return false
	}
	if now.Sub(x.proved) < leaseCheck {
		return true
	}
	lost, err := x.outbox.store.Renew(ctx, port.Lease, []port.Claim{x.claim})
	if err != nil || len(lost) > 0 {
		x.lost = true
		x.outbox.faults.Warn("outbox: lease lost or not known, leaving the posts to the next worker", "", err,
			"outbox", x.claim.ID)
		return false
	}
	x.proved = now
	return true
}

// giveBack gives the outbox back, due when something of it may be tried again. What
// may have been told and could not be noted leaves the lease to run out, so
// that the next holder looks.
func (x *delivery) giveBack(ctx context.Context) {
	switch {
	case x.lost:
	case x.kept:
		if _, err := x.outbox.store.Renew(ctx, max(min(x.wait, port.Lease), port.Again),
			[]port.Claim{x.claim}); err != nil {
			x.outbox.faults.Warn("outbox: could not shorten the lease, it runs out", "", err, "outbox", x.claim.ID)
		}
	case x.left:
		x.outbox.engine.Release(ctx, x.claim, max(x.wait, port.Again))
	default:
		x.outbox.engine.Release(ctx, x.claim, port.Never)
	}
}

// leaveFor says that something is left, for that long at least.
func (x *delivery) leaveFor(wait time.Duration) {
	if !x.left || wait < x.wait {
		x.wait = wait
	}
	x.left = true
}

func (x *delivery) deliverOne(ctx context.Context, p port.Post) {
	switch {
	case p.Kind == port.PostUnreadable:
		x.outbox.count("fault", "unreadable")
		x.outbox.log.Error("outbox: could not read an entry, set aside", "outbox", x.claim.ID, "entry", p.Stream,
			"why", p.Text.String())
		x.removeEntry(ctx, p)
		return
	case p.Kind == port.PostDoubt:
		return // it goes with the entry that it is about
	case p.Kind == port.PostCard && x.newestCard(p.Op).Stream != p.Stream:
		return // it goes with the newest, which tells the same and more
	case p.Kind == port.PostEdit && x.newestEdit(p.Line).Stream != p.Stream:
		return // it goes with the newest, which says all
	case (p.Kind == port.PostLine || p.EditedLine() != "") && x.stuck[p.Op]:
		return
	}
	if to, err := x.outbox.forwardToLead(ctx, p); to != "" { // it is told there
		if err != nil {
			x.handleFault(ctx, p, backoffKeys{own: p.Key}, err)
			return
		}
		x.removeEntry(ctx, p)
		return
	}
	l, err := x.outbox.backoffKeysOf(ctx, p)
	if err != nil {
		x.handleFault(ctx, p, backoffKeys{own: p.Key}, err)
		return
	}
	if p.Counts != nil && x.outbox.shown.lineShown(p.Key) {
		x.advanceCountdown(ctx, p)
		return
	}
	if wait, why := x.outbox.breakers.timeToWait(x.outbox.now(), l); wait > 0 {
		x.postponeEntry(ctx, p, wait, why)
		return
	}
	until := x.outbox.engine.HeldUntil(x.claim)
	if !x.outbox.now().Before(until) {
		x.lost = true
		return
	}
	// Whoever is frozen now and past its lease later must not post what another
	// has posted since: no call leaves after this moment.
	inTime, cancel := context.WithDeadline(ctx, until)
	defer cancel()
	if l.urgent {
		inTime = context.WithValue(inTime, port.UrgentKey{}, true)
	}
	if p.Kind == port.PostCard {
		p = x.newestCard(p.Op)
	}
	if err := x.showEntry(inTime, p); err != nil {
		x.handleFault(ctx, p, l, err)
		return
	}
	x.outbox.breakers.closeBreakers(l)
	if p.Counts != nil {
		x.lineShown[p.Op] = true
		x.outbox.shown.noteLine(p.Key)
		x.advanceCountdown(ctx, p)
		return
	}
	x.markDone(ctx, p)
}

// showEntry tells one entry, or has those told whom it asks for.
func (x *delivery) showEntry(ctx context.Context, p port.Post) error {
	if p.Kind == port.PostNotify {
		return x.outbox.notifyPeople(ctx, p, x.claim.Taken)
	}
	return x.outbox.postEntry(ctx, p, x.mayBeShown(p))
}

// newestCard is an operation's last card entry, with the time of its first: so long
// the card is behind.
func (x *delivery) newestCard(op string) port.Post {
	all := x.cards[op]
	p := all[len(all)-1]
	p.At = all[0].At
	return p
}

// newestEdit is the last entry that edits a line.
func (x *delivery) newestEdit(line string) port.Post {
	all := x.edits[line]
	return all[len(all)-1]
}

// mayBeShown says of what is about to be posted whether it may be there already.
// One after the other: where the last holder vanished, of each operation only
// the first line can have been told, or an edit, and the card. Direct messages are in no
// order: each can have been told.
func (x *delivery) mayBeShown(p port.Post) func(key string) bool {
	return func(key string) bool {
		return len(x.doubts[key]) > 0 || x.claim.Taken && (p.Kind == port.PostDirect || !x.lineShown[p.Op])
	}
}

// postponeEntry leaves an entry for later, and the lines behind a line. After a takeover
// nobody has looked for it yet.
func (x *delivery) postponeEntry(ctx context.Context, p port.Post, wait time.Duration, why error) {
	x.leaveFor(wait)
	if inThread := p.Kind == port.PostCard || p.Kind == port.PostLine; inThread && x.fails[p.Op] == nil {
		x.fails[p.Op] = why
	}
	if p.Kind == port.PostLine {
		x.stuck[p.Op] = true
	}
	if !x.claim.Taken || x.lineShown[p.Op] && p.Kind != port.PostDirect {
		return
	}
	switch p.Kind {
	case port.PostLine, port.PostDirect, port.PostEdit:
		x.noteDoubt(ctx, p, p.Key)
	case port.PostCard:
		x.noteDoubt(ctx, p, cardKey(p.Op))
	}
}

// handleFault leaves an entry for later by what came of it, or gives it up where it
// can never be told.
func (x *delivery) handleFault(ctx context.Context, p port.Post, l backoffKeys, err error) {
	o := x.outbox
	if port.IsHopeless(err) || port.IsPermanent(err) && !port.IsTokenRefused(err) && p.Kind == port.PostWhisper {
		o.count("fault", "unpostable")
		o.log.Error("post: refused for good, given up", "op", p.Op, "kind", p.Kind, "key", p.Key, "user", p.User,
			"err", err)
		o.breakers.closeBreakers(l)
		if p.Counts != nil {
			o.noteHidden(ctx, p, err)
		}
		x.removeEntry(ctx, p)
		return
	}
	wait := o.breakers.tripAfter(o.now(), l, err)
	x.postponeEntry(ctx, p, wait, err)
	if port.IsLimited(err) {
		o.log.Debug("post: held back by Slack's limits", "op", p.Op, "kind", p.Kind, "in", wait, "err", err)
	} else {
		o.count("fault", "post")
		if silent, yes := o.faults.ShouldLog("post|" + l.faultScope(err) + "|" + port.ErrorKind(err)); yes {
			o.log.Warn("post: failed, retrying", "op", p.Op, "kind", p.Kind, "in", wait, "silent", silent,
				"err", err)
		}
	}
	var q *doubtful
	if errors.As(err, &q) {
		x.noteDoubt(ctx, p, q.key)
	}
}

// faultScope is what a fault is about: all of Slack, the channel, or the post alone.
func (l backoffKeys) faultScope(err error) string {
	switch {
	case port.IsTokenRefused(err) || !port.IsPermanent(err):
		return ""
	case l.channel != "":
		return l.channel
	}
	return l.own
}

// noteDoubt notes in the outbox itself that key may have been told, so that every
// replica, and this one after a restart, looks before it is posted again.
func (x *delivery) noteDoubt(ctx context.Context, p port.Post, key string) {
	if len(x.doubts[key]) > 0 {
		return
	}
	x.left = true // the note too, which the next pass finds
	note := port.Post{Kind: port.PostDoubt, Key: port.DoubtPrefix + key, Op: p.Op}
	x.doubts[key] = []port.Post{note} // other entries of this pass bring the same card
	if err := x.outbox.store.Tell(ctx, p.Op, note); err != nil {
		x.kept = true
		x.outbox.faults.Warn("outbox: could not note that something may be posted, the lease runs out instead", "", err,
			"op", p.Op, "key", key)
	}
}

// sweepDoubts removes notes whose entry is gone.
func (x *delivery) sweepDoubts(ctx context.Context, posts []port.Post) {
	if len(x.doubts) == 0 {
		return
	}
	about := map[string]bool{}
	for _, p := range posts {
		about[p.Key] = true
		if p.Kind == port.PostCard || p.Kind == port.PostLine {
			about[cardKey(p.Op)] = true
		}
	}
	for key, notes := range x.doubts {
		if about[key] {
			continue
		}
		if err := x.outbox.store.Posted(ctx, x.claim.ID, notes...); err != nil {
			x.leaveFor(port.RetryIn)
			continue
		}
		delete(x.doubts, key)
	}
}

// markDone removes what was told. With a card or a line the card has its address,
// if it can have one; a whisper says nothing about it.
func (x *delivery) markDone(ctx context.Context, p port.Post) {
	switch p.Kind {
	case port.PostLine:
		x.lineShown[p.Op] = true
	case port.PostCard:
		if len(x.counts) > 0 { // one of them may have waited for it
			x.leaveFor(0)
		}
	default:
		x.removeEntry(ctx, p)
		return
	}
	x.removeEntry(ctx, p, x.doubts[cardKey(p.Op)]...)
}

// removeEntry takes an entry out of the outbox, with the doubts about it. With a card or an
// edit go the older entries of it.
func (x *delivery) removeEntry(ctx context.Context, p port.Post, more ...port.Post) {
	gone := append(append([]port.Post{p}, x.doubts[p.Key]...), more...)
	if p.Kind == port.PostCard {
		all := x.cards[p.Op]
		gone = append(gone, all[:len(all)-1]...)
	}
	if all := x.edits[p.Line]; p.Kind == port.PostEdit {
		gone = append(gone, all[:len(all)-1]...)
	}
	if err := x.outbox.store.Posted(ctx, x.claim.ID, gone...); err != nil {
		x.stuck[p.Op], x.kept = true, true
		x.leaveFor(port.RetryIn)
		x.outbox.faults.Warn("outbox: posted, but could not remove it", "", err, "op", p.Op)
		return
	}
	delete(x.doubts, p.Key)
	x.counts = slices.DeleteFunc(x.counts, func(q port.Post) bool { return q.Stream == p.Stream })
	if len(more) > 0 {
		delete(x.doubts, cardKey(p.Op))
	}
}
