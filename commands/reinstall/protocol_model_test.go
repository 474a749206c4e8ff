package reinstall_test

import (
	"fmt"
	"slices"
	"time"

	"twokey/commands/reinstall"
)

// The arming protocol as a model (bot/store/doc.go 6). There are two workers and a
// primary with one replica. The network is as late as it likes, and anyone may cover
// the cloud's record. A freeze is a worker that does not move while others do; a lost
// call is one that never arrives. What is decided about an operation is not modelled:
// the rules themselves are asked (judge).

// ticks are the moments at which anything happens. They are within the age at which a
// request may leave, at the end of its signature's life, within the margin for stale
// reads after that, past that margin, and when a reset counts as lost.
var ticks = [...]time.Duration{0, 299 * time.Second, 380 * time.Second, 405 * time.Second, 3700 * time.Second}

const (
	signatureLives = 300 * time.Second
	mayLeave       = 5 * time.Second  // after T0
	mayLook        = 5 * time.Second  // before T0
	staleFor       = 90 * time.Second // how late the cloud may show an operation
	calls          = 3                // as many as may leave in one history
)

// protocol are the points of the protocol; a variant leaves one out.
type protocol struct {
	burn    bool          // the intent is written before the call
	cas     bool          // .. by compare-and-set
	fence   bool          // .. which also wants the lease that it was decided under
	wait    bool          // .. and is on the replica
	reread  bool          // .. and is found to be one's own
	age     bool          // the request leaves within mayLeave of T0, or not at all
	oneShot bool          // HTTP makes one attempt
	bound   bool          // the sender's word is written on its own arming only
	early   time.Duration // by how much the wait for a dead request is cut short
	// console says whether somebody else may run ResetInstance, too.
	consoleResets bool
	fresh         bool // T0 is within mayLook of the look that it was decided on
	// null has a machine whose record was null before, and CloudAudit.
	null *null
	// split has three replicas and a split in place of one replica and a fail-over,
	// and nobody at the console.
	split *split
}

// null is what a worker makes of a null record. As the rules want it, it asks
// CloudAudit before it arms. Against the rules, it takes null twice for proof.
type null struct{ asks, proves bool }

// split is what may happen to a primary with three replicas. Some of them are cut off
// together with one that is promoted. Bots work on both sides. When it is over, the
// old side follows the new one and forgets its own.
type split struct {
	// need is how many must confirm an intent of those that are connected.
	need func(connected int) int
	// few: whoever promotes one may reach no other. Otherwise the one promoted has
	// the most of at least half of all nodes.
	few bool
}

const theReplicas = 3

// The rules that there were, and the one that there is.
var (
	oneConfirms  = func(int) int { return 1 }
	allConnected = func(connected int) int { return max(connected, 1) }
	mostConfirm  = func(int) int { return (theReplicas + 1) / 2 }
)

var correct = protocol{
	burn: true, cas: true, fence: true, wait: true, reread: true, age: true, oneShot: true,
	bound: true, fresh: true, consoleResets: true,
}

// Requests as the cloud's record names them: what was there before, the calls
// 1 to 3 of ours, and two of a console's user.
const (
	before       = 0
	consoleOther = 8
	consoleReset = 9
	nullRecord   = 10
)

// What a worker is about to do.
const (
	idle    = iota
	arms    // has read the machine
	burns   // has decided on T0 and the armed record
	waits   // has written it
	rereads // a replica has it
	sends   // may send
	awaits  // has sent
	tells   // has to say that nothing was sent
	commits // has another transition to write
)

// What a sender has to report.
const (
	accepted = iota
	declined
	neverSent
	answerLost
)

// How far a call has come.
const (
	unmade = iota
	flying
	taken
	refused
	lost // or dead, or of no more interest
)

// record is what Redis holds: the operation's number, its revision, whose arming
// was the last command (0: another one), whose arming it bears, and who holds the
// lease. Any worker may take the lease over at any time, for it may have run out.
type record struct{ op, rev, cmd, arm, owner uint8 }

// worker is what one worker knows, as far as it still needs it: also on which side
// of a split it is, and on which it armed.
type worker struct{ does, op, rev, next, t0, epoch, call, side, from uint8 }

type callState struct{ is, signed uint8 }

// moment is one state of everything. It is comparable.
type moment struct {
	tick, epoch        uint8
	primary, replica   record
	workers            [2]worker
	calls              [calls]callState
	latest, at, former uint8 // the cloud's record, since when, and the one before
	console            bool  // somebody has used it
	// over is how many nodes are on the other side of a split, with the one promoted;
	// its record is the replica's. lacks is how many nodes may lack what was confirmed.
	over, lacks uint8
	// audit is whether the console's reset has happened, and whether CloudAudit shows
	// it: late, if ever.
	audit uint8
	// blind: armed although a reset was reported, or had long been on the record.
	blind bool
}

// What there is of the console's reset.
const (
	noReset = iota
	unseenReset
	shownReset
)

// on is the record of the primary that a worker talks to.
func (w *moment) on(side uint8) *record {
	if side == 1 {
		return &w.replica
	}
	return &w.primary
}

// stays is the record that is left when a split is over.
func (w *moment) stays() record {
	if w.over > 0 {
		return w.replica
	}
	return w.primary
}

type move struct {
	to      moment
	swapped bool // the workers have changed places
	what    string
}

// explorer makes the moves of one variant of the protocol.
type explorer struct {
	protocol
	*judge
	out []move
	// words asks for moves in words, in which the workers have names.
	words bool
	names [2]int
	// guessed is set where done was concluded from another request's record.
	guessed bool
}

// add notes a move. The words are made only if somebody wants to read them.
func (x *explorer) add(w moment, format string, args ...any) {
	m := move{}
	m.to, m.swapped = w.plain()
	if x.words {
		m.what = fmt.Sprintf(format, args...)
	}
	x.out = append(x.out, m)
}

// plain forgets what can make no difference any more: fewer moments are distinct then.
func (w moment) plain() (plain moment, swapped bool) {
	if w.epoch > 0 { // there is one fail-over: a lag after it is never seen
		w.replica = w.primary
	}
	if w.over > 0 || w.epoch > 0 || w.replica == w.primary {
		w.lacks = theReplicas
	}
	if ticks[w.tick]-ticks[w.at] >= staleFor {
		w.former, w.at = w.latest, 0
	}
	for c := range w.calls {
		if w.calls[c].is == flying && !w.alive(c) {
			w.calls[c] = callState{is: lost}
		}
		if w.calls[c].is == refused && !w.awaited(c) {
			w.calls[c].is = lost
		}
	}
	w.primary.forget(w.workers)
	w.replica.forget(w.workers)
	if less(w.workers[1], w.workers[0]) { // which is which makes no difference
		w.workers[0], w.workers[1] = w.workers[1], w.workers[0]
		w.primary.swap()
		w.replica.swap()
		return w, true
	}
	return w, false
}

func (w *moment) awaited(c int) bool {
	for _, k := range w.workers {
		if k.does == awaits && int(k.call) == c {
			return true
		}
	}
	return false
}

// forget drops what the record says of workers that no longer ask for it.
func (r *record) forget(ws [2]worker) {
	asks := func(who uint8, from, to uint8) bool {
		return who > 0 && ws[who-1].does >= from && ws[who-1].does <= to
	}
	if !asks(r.owner, arms, burns) && !asks(r.owner, commits, commits) {
		r.owner = 0
	}
	if !asks(r.cmd, waits, rereads) {
		r.cmd = 0
	}
}

func (r *record) swap() {
	other := [...]uint8{0, 2, 1, 4, 3} // an arming on the promoted side is 2 higher
	r.cmd, r.arm, r.owner = other[r.cmd], other[r.arm], other[r.owner]
}

func less(a, b worker) bool {
	x := [...]uint8{a.does, a.op, a.rev, a.next, a.t0, a.epoch, a.call, a.side, a.from}
	y := [...]uint8{b.does, b.op, b.rev, b.next, b.t0, b.epoch, b.call, b.side, b.from}
	return slices.Compare(x[:], y[:]) < 0
}

// moves are all that can happen next.
func (x *explorer) moves(w moment) []move {
	x.out = x.out[:0]
	x.surroundings(w)
	x.cloud(w)
	for i := range w.workers {
		x.worker(w, i)
	}
	x.failOver(w)
	return x.out
}

func (x *explorer) surroundings(w moment) {
	if int(w.tick)+1 < len(ticks) {
		n := w
		n.tick++
		x.add(n, "it is %s", ticks[n.tick])
	}
	if w.replica != w.primary && w.over == 0 {
		n := w
		n.replica, n.lacks = n.primary, theReplicas
		x.add(n, "the replica catches up")
	}
}

func (x *explorer) failOver(w moment) {
	if x.split != nil {
		x.splits(w)
		return
	}
	if w.epoch == 0 {
		w.epoch, w.primary = 1, w.replica
		x.add(w, "Redis fails over to the replica")
	}
}

func (x *explorer) splits(w moment) {
	if w.over > 0 {
		w.epoch, w.over, w.primary = 1, 0, w.replica
		for i := range w.workers {
			w.workers[i].side = 0
		}
		x.add(w, "the split is over, and all follow the one that was promoted")
		return
	}
	for over := uint8(1); over <= theReplicas && w.epoch == 0; over++ {
		if w.replica != w.primary && over > w.lacks || !x.split.few && 2*over < theReplicas+1 {
			continue // more than may lack what was confirmed: the one that has it is promoted
		}
		n := w
		n.over = over
		x.add(n, "a split: a replica is promoted, with %d others", over-1)
	}
}

// confirmed reports whether WAIT may succeed on a side.
func (x *explorer) confirmed(w *moment, side uint8) bool {
	if x.split == nil {
		return w.replica == w.primary
	}
	connected := theReplicas
	switch {
	case side == 1:
		connected = int(w.over) - 1
	case w.over > 0:
		connected = theReplicas - int(w.over)
	}
	need := x.split.need(connected)
	if w.over == 0 && w.replica != w.primary { // who will be promoted does not have it
		w.lacks = min(w.lacks, uint8(max(theReplicas-need, 0)))
		return need < theReplicas
	}
	return connected >= need
}

func (x *explorer) cloud(w moment) {
	for c := range w.calls {
		if !w.alive(c) {
			continue
		}
		n := w
		n.calls[c] = callState{is: taken}
		n.covers(uint8(c) + 1)
		x.add(n, "call %d arrives, and the cloud takes it", c+1)
		n = w
		n.calls[c] = callState{is: refused}
		x.add(n, "call %d arrives, and the cloud refuses it", c+1)
	}
	if w.audit == unseenReset {
		n := w
		n.audit = shownReset
		x.add(n, "CloudAudit shows the console's reset")
	}
	if w.console || x.split != nil {
		return
	}
	n := w
	n.console = true
	n.covers(consoleOther)
	x.add(n, "somebody restarts the machine in the console")
	if x.consoleResets {
		n = w
		n.console = true
		n.covers(consoleReset)
		if x.null != nil {
			n.audit = unseenReset
		}
		x.add(n, "somebody resets the machine in the console")
	}
}

// covers makes id the cloud's latest operation.
func (w *moment) covers(id uint8) { w.former, w.latest, w.at = w.latest, id, w.tick }

// alive reports whether call c may be accepted still.
func (w *moment) alive(c int) bool {
	return w.calls[c].is == flying && ticks[w.tick]-ticks[w.calls[c].signed] <= signatureLives
}

// sights are what a read of the machine may show now.
func (w *moment) sights() []uint8 {
	s := []uint8{w.latest, nullRecord}
	if w.former != w.latest && ticks[w.tick]-ticks[w.at] < staleFor {
		s = append(s, w.former)
	}
	return s
}

func (x *explorer) worker(w moment, i int) {
	at := w.workers[i]
	if at.does != idle {
		n := w
		n.workers[i] = worker{}
		x.add(n, "worker %d crashes, and starts again", x.names[i])
	}
	switch at.does {
	case idle:
		x.look(w, i, 0)
		if w.over > 0 {
			x.look(w, i, 1)
		}
	case arms:
		if x.fresh && ticks[w.tick]-ticks[at.t0] > mayLook {
			return // it looks again; as good as a crash
		}
		// A null record may hide it for good: of that the card warns.
		w.blind = w.blind || x.null == nil && w.latest >= consoleOther && ticks[w.tick]-ticks[w.at] >= staleFor
		w.workers[i].next, w.workers[i].t0, w.workers[i].does = x.arm(at.op, w.tick), w.tick, burns
		if !x.burn {
			w.workers[i] = worker{does: sends, t0: w.tick, side: at.side}
		}
		x.add(w, "worker %d decides on T0", x.names[i])
	case burns:
		x.burnIt(w, i)
	case waits:
		x.awaitReplica(w, i)
	case rereads:
		x.readAgain(w, i)
	case sends:
		x.send(w, i)
	case awaits:
		x.hear(w, i)
	case tells:
		x.tell(w, i, neverSent, at.call)
	case commits:
		if !x.mayWrite(w, i) {
			return // too late; as good as a crash
		}
		rec := w.on(at.side)
		*rec = record{op: at.next, rev: at.rev + 1, arm: rec.arm}
		w.workers[i] = worker{}
		x.add(w, "worker %d writes %s", x.names[i], x.ops[at.next].State)
	}
}

// mayWrite is the compare of the compare-and-set: nobody has written meanwhile,
// and the lease has not gone to another.
func (x *explorer) mayWrite(w moment, i int) bool {
	rec := w.on(w.workers[i].side)
	return rec.rev == w.workers[i].rev && (!x.fence || rec.owner == uint8(i)+1)
}

// look takes the record over, reads the machine and decides by the rules.
func (x *explorer) look(w moment, i int, side uint8) {
	rec := *w.on(side)
	if !x.worked(rec.op) {
		return
	}
	for _, s := range w.sights() {
		next, verdict := x.decide(rec.op, s, w.tick, w.audit == shownReset, x.early)
		n := w
		n.on(side).owner = uint8(i) + 1
		switch verdict {
		case nothing:
			continue
		case goOn:
			n.workers[i] = worker{does: arms, op: rec.op, rev: rec.rev, t0: w.tick, side: side}
			n.blind = n.blind || w.audit == shownReset
		case changed:
			n.workers[i] = worker{does: commits, rev: rec.rev, next: next, side: side}
			if op := x.ops[next]; op.State == reinstall.Done && op.RequestID != requestID(s) {
				x.guessed = true
			}
		}
		x.add(n, "worker %d takes over %s and sees %s", x.names[i], x.ops[rec.op].State, sightWords(s))
	}
}

// burnIt is point 1: the intent, by compare-and-set.
func (x *explorer) burnIt(w moment, i int) {
	me, at := uint8(i)+1, w.workers[i]
	if x.cas && !x.mayWrite(w, i) {
		return // too late; as good as a crash
	}
	rec := w.on(at.side)
	*rec = record{op: at.next, rev: rec.rev + 1, cmd: me, arm: me + 2*at.side}
	w.workers[i] = worker{does: waits, rev: rec.rev, t0: at.t0, epoch: w.epoch, side: at.side, from: at.side}
	x.add(w, "worker %d writes armed", x.names[i])
}

// awaitReplica is WAIT. It counts the writes of its own connection only: on a
// new one, after a fail-over, it returns at once.
func (x *explorer) awaitReplica(w moment, i int) {
	at := w.workers[i]
	sure := worker{does: rereads, rev: at.rev, t0: at.t0, side: at.side, from: at.from}
	if !x.wait {
		w.workers[i] = sure
		x.add(w, "worker %d makes no WAIT", x.names[i])
		return
	}
	n := w
	if at.epoch != w.epoch || x.confirmed(&n, at.side) {
		n.workers[i] = sure
		x.add(n, "worker %d is told that replicas have all it wrote on this connection", x.names[i])
	}
	w.workers[i] = worker{does: tells, side: at.side, from: at.from}
	x.add(w, "worker %d waits for the replica in vain", x.names[i])
}

// readAgain is the second read of point 2.
func (x *explorer) readAgain(w moment, i int) {
	me, at := uint8(i)+1, w.workers[i]
	if rec := w.on(at.side); x.reread && (rec.cmd != me || rec.rev != at.rev) {
		w.workers[i] = worker{does: tells, side: at.side, from: at.from}
		x.add(w, "worker %d reads the record again and finds another command", x.names[i])
		return
	}
	w.workers[i] = worker{does: sends, t0: at.t0, side: at.side, from: at.from}
	x.add(w, "worker %d is sure enough to send", x.names[i])
}

// send is point 3: what is signed is signed now, and only near T0.
func (x *explorer) send(w moment, i int) {
	at := w.workers[i]
	if x.age && ticks[w.tick]-ticks[at.t0] > mayLeave {
		w.workers[i] = worker{does: tells, side: at.side, from: at.from}
		x.add(w, "worker %d finds T0 too long ago to send", x.names[i])
		return
	}
	attempts := 1
	if !x.oneShot {
		attempts = 2
	}
	for c := range w.calls {
		if attempts > 0 && w.calls[c].is == unmade {
			w.calls[c] = callState{flying, w.tick}
			w.workers[i] = worker{does: awaits, t0: at.t0, call: uint8(c), side: at.side, from: at.from}
			attempts--
		}
	}
	if w.workers[i].does == awaits {
		x.add(w, "worker %d sends call %d", x.names[i], w.workers[i].call+1)
	}
}

// hear is the sender's end of the call; that it hears late is that it does not
// move.
func (x *explorer) hear(w moment, i int) {
	c := w.workers[i].call
	x.tell(w, i, answerLost, c)
	switch w.calls[c].is {
	case taken:
		x.tell(w, i, accepted, c)
	case refused:
		x.tell(w, i, declined, c)
	}
}

// tell writes the sender's report on the record as it is then.
func (x *explorer) tell(w moment, i int, word, call uint8) {
	at := w.workers[i]
	t0, rec := at.t0, w.on(at.side)
	w.workers[i] = worker{}
	op := rec.op
	if x.burn && x.bound && rec.arm != uint8(i)+1+2*at.from {
		return // another's arming; as good as a crash
	}
	if !x.burn && x.ops[op].State == reinstall.Ready {
		op = x.arm(op, t0)
	}
	next, ok := x.answer(op, word, call+1, w.tick)
	if !ok {
		return // the outcome is known already
	}
	*rec = record{op: next, rev: rec.rev + 1, arm: rec.arm, owner: rec.owner}
	x.add(w, "worker %d tells %s, and writes %s", x.names[i], [...]string{
		"that it was taken", "that it was refused",
		"that nothing was sent", "that there was no answer",
	}[word], x.ops[next].State)
}

func sightWords(s uint8) string {
	switch s {
	case before:
		return "what was there before"
	case consoleOther:
		return "the console's restart"
	case consoleReset:
		return "the console's reset"
	case nullRecord:
		return "a null record"
	}
	return fmt.Sprintf("call %d", s)
}
