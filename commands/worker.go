package commands

import (
	"context"
	"errors"
	"sync"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall"
)

const (
	atOnce    = 512                     // things worked on at once
	cloudside = 48                      // items of those that read the cloud, which takes only so many calls a second
	renewal   = 3 * time.Second         //
	pollEvery = 250 * time.Millisecond  //
	hurry     = 1500 * time.Millisecond // after a stop is asked for, what has begun is cut off
	patience  = 2 * time.Second         // and after so long no longer waited for
)

// lease is how long work is leased: it is taken over 10 s after a kill
// (facts/engine.md).
const lease = 10 * time.Second

// retryIn is when it is tried again after a fault.
const retryIn = 3 * time.Second

// Run works off whatever is due until ctx ends; then it finishes what it has
// begun and gives the leases back. It may run in any number of processes.
func (d *Desk) Run(ctx context.Context) error {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	ended := make(chan struct{})
	go d.renewing(ended)
	defer close(ended)
	homes, leave := context.WithCancel(ctx)
	defer leave()
	go d.keepHomes(homes)
	go d.guard(homes)
	for {
		hand := d.hand
		if len(d.slots) == cap(d.slots) {
			hand = nil // no hands free: what was taken waits, and its lease with it
		}
		select {
		case <-ctx.Done():
			d.ending.Store(true)
			d.handOver(ctx)
			d.finish()
			return nil
		case c := <-hand:
			d.start(ctx, []port.Claim{c}, d.now())
		case <-tick.C:
			d.claim(ctx)
		case <-d.wake:
			d.claim(ctx)
		}
	}
}

// handIn has the worker begin with what this process has leased just now. If it is
// behind, the lease runs out and the item is claimed.
func (d *Desk) handIn(c port.Claim) {
	select {
	case d.hand <- c:
	default:
	}
}

// heldUntil is until when this process holds a claim for sure; the zero Time if it
// does not.
func (d *Desk) heldUntil(c port.Claim) time.Time { return d.held.until(c) }

// background runs what nobody waits for, and what the process finishes before it
// ends.
func (d *Desk) background(do func()) { d.work.Go(do) }

// finish waits for what has begun, but not for long: what is left behind is
// taken over when its leases have run out, as after a kill.
func (d *Desk) finish() {
	done := make(chan struct{})
	go func() { d.work.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(patience):
		d.log.Warn("stopped before everything was given back; the leases run out by themselves")
	}
}

// renewing keeps the leases of what is being worked on.
func (d *Desk) renewing(ended <-chan struct{}) {
	t := time.NewTicker(renewal)
	defer t.Stop()
	for {
		select {
		case <-ended:
			return
		case <-t.C:
			ctx, cancel := context.WithTimeout(context.Background(), renewal)
			d.renew(ctx)
			cancel()
		}
	}
}

// handOver gives back what was taken and not begun.
func (d *Desk) handOver(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	for {
		select {
		case c := <-d.hand:
			d.release(ctx, c, 0)
		default:
			return
		}
	}
}

// claim leases what is due and starts work on it.
func (d *Desk) claim(ctx context.Context) {
	free := cap(d.slots) - len(d.slots)
	if free == 0 {
		return
	}
	until := d.now().Add(lease) // at least: the server counts from when it is asked
	cs, err := d.store.Claim(ctx, lease, free)
	if err != nil {
		if ctx.Err() == nil {
			if silent, yes := d.faults.Tell("claim"); yes {
				d.log.Error("could not claim what is due", "silent", silent, "err", err)
			}
			d.count("fault", "claim")
		}
		return
	}
	if lasted, was := d.faults.Over("claim"); was {
		d.log.Info("what is due is claimed again", "after", lasted.String())
	}
	var ops []port.Claim
	for _, c := range cs {
		if c.Kind == port.ClaimOp {
			ops = append(ops, c)
			continue
		}
		d.start(ctx, []port.Claim{c}, until)
	}
	if len(ops) > 0 {
		d.start(ctx, ops, until)
	}
}

// start works on claims in the background. Until then they are held for sure.
func (d *Desk) start(ctx context.Context, cs []port.Claim, until time.Time) {
	d.slots <- struct{}{}
	d.held.add(until, cs...)
	d.work.Go(func() {
		defer func() { <-d.slots; d.held.drop(cs...) }()
		// What has begun is finished even when the process is asked to stop.
		work, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Minute)
		defer cancel()
		stop := context.AfterFunc(ctx, func() { time.AfterFunc(hurry, cancel) })
		defer stop()
		switch cs[0].Kind {
		case port.ClaimItem:
			d.item(work, cs[0])
		case port.ClaimOutbox:
			d.outbox(work, cs[0])
		default:
			d.due(work, cs)
		}
	})
}

// due steps operations; those that are being followed share their reads.
func (d *Desk) due(ctx context.Context, cs []port.Claim) {
	var sent, ended []leased
	var each sync.WaitGroup
	for _, c := range cs {
		rec, err := d.store.Load(ctx, c.ID)
		switch {
		case port.IsNotFound(err):
			d.release(ctx, c, never)
		case err != nil:
			d.fault(ctx, c, "load", err)
		case rec.Op.State.Open() && (rec.Unsealed || putBack(rec)):
			each.Go(func() {
				if err := d.advance(ctx, leased{rec, c}, distrust(rec)); err != nil {
					d.fault(ctx, c, "reseal", err)
				}
			})
		case rec.Op.State == reinstall.Sent:
			sent = append(sent, leased{rec, c})
		case rec.Op.Proving():
			each.Go(func() { d.prove(ctx, leased{rec, c}) })
		case rec.Op.State.Ended():
			ended = append(ended, leased{rec, c})
		default:
			each.Go(func() { d.step(ctx, leased{rec, c}) })
		}
	}
	d.follow(ctx, sent)
	d.watch(ctx, ended)
	each.Wait()
}

// leased is a record under a claim.
type leased struct {
	port.Record
	Claim port.Claim
}

// step does what is due for one operation.
func (d *Desk) step(ctx context.Context, l leased) {
	now := d.now()
	if done, err := d.inStep(ctx, l); done || err != nil {
		if err != nil {
			d.fault(ctx, l.Claim, string(l.Op.State), err)
		}
		return
	}
	var err error
	switch op := l.Op; op.State {
	case reinstall.Proposed:
		switch {
		case !now.Before(op.Expires):
			err = d.advance(ctx, l, reinstall.Expire{})
		case op.CallDue(now) != nil:
			err = d.advance(ctx, l, op.CallDue(now))
		case op.Making != nil && op.Making.Stage == reinstall.ImageAsked && !op.StopOwed():
			err = d.startImage(ctx, l)
		case op.Making != nil && op.Making.Stage == reinstall.ImageMaking:
			err = d.awaitImage(ctx, l)
		default:
			d.release(ctx, l.Claim, wakeUp(op, now))
		}
	case reinstall.Held:
		if now.Before(op.Expires) {
			d.release(ctx, l.Claim, wakeUp(op, now))
			return
		}
		err = d.advance(ctx, l, reinstall.Expire{})
	case reinstall.Approved:
		err = d.recheck(ctx, l)
	case reinstall.Ready:
		switch {
		case !now.Before(op.Expires):
			err = d.advance(ctx, l, reinstall.Expire{})
		case op.Announced.IsZero() || op.Missed(now) || op.Counts() && l.Later != "":
			err = d.advance(ctx, l, reinstall.CountAnew{Older: l.Later != ""})
		case !op.Counts() || now.Before(op.Starts):
			d.release(ctx, l.Claim, wakeUp(op, now))
			return
		default:
			err = d.launch(ctx, l)
		}
	case reinstall.Armed:
		err = d.reconcile(ctx, l)
	case reinstall.Tampered:
		err = d.tampered(ctx, l)
	default:
		d.release(ctx, l.Claim, never)
	}
	if err != nil {
		d.fault(ctx, l.Claim, string(l.Op.State), err)
	}
}

// advance writes the transition that an event of the worker comes to. A record
// that moved meanwhile is left to the next claim; so is a lost lease.
func (d *Desk) advance(ctx context.Context, l leased, e reinstall.Event) error {
	next, r := reinstall.Step(l.Op, e, d.now())
	if r != nil {
		return r
	}
	err := d.commit(ctx, l.Record, next, e, l.Claim, workerCommand(l, e), "twokey")
	return d.moved(ctx, l.Claim, err)
}

// moved turns "somebody else was quicker" into nothing to do.
func (d *Desk) moved(ctx context.Context, c port.Claim, err error) error {
	var stale *port.StaleError
	switch {
	case errors.As(err, &stale):
		d.release(ctx, c, 0)
		return nil
	case errors.Is(err, port.ErrFenced):
		return nil
	}
	return err
}

// fault logs what went wrong and leaves the thing due again.
func (d *Desk) fault(ctx context.Context, c port.Claim, doing string, err error) {
	d.faults.Error("will try again", doing, err, "what", c.Kind, "id", c.ID)
	d.count("fault", doing)
	d.release(ctx, c, retryIn)
}

func (d *Desk) release(ctx context.Context, c port.Claim, in time.Duration) {
	if ctx.Err() != nil { // what was cut off gives its lease back all the same
		fresh, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		ctx = fresh
	}
	if err := d.store.Release(ctx, c, in); err != nil && !errors.Is(err, port.ErrFenced) {
		d.faults.Error("could not give a lease back; it runs out by itself", "release", err, "id", c.ID)
	}
}

func (d *Desk) renew(ctx context.Context) {
	cs := d.held.all()
	if len(cs) == 0 {
		return
	}
	until := d.now().Add(lease)
	lost, err := d.store.Renew(ctx, lease, cs)
	if err != nil {
		d.faults.Error("could not renew leases", "renew", err)
		return
	}
	d.held.renew(until, cs)
	d.held.renew(time.Time{}, lost)
}

// leases are the claims that this process works on, and until when it holds
// them for sure.
type leases struct {
	mu sync.Mutex
	m  map[port.Claim]time.Time
}

func (l *leases) add(until time.Time, cs ...port.Claim) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.m == nil {
		l.m = map[port.Claim]time.Time{}
	}
	for _, c := range cs {
		l.m[c] = until
	}
}

// renew moves the end of claims that are worked on still.
func (l *leases) renew(until time.Time, cs []port.Claim) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range cs {
		if _, held := l.m[c]; held {
			l.m[c] = until
		}
	}
}

// until is the end of a claim; the zero Time where it is not held.
func (l *leases) until(c port.Claim) time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.m[c]
}

func (l *leases) drop(cs ...port.Claim) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range cs {
		delete(l.m, c)
	}
}

func (l *leases) all() []port.Claim {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]port.Claim, 0, len(l.m))
	for c := range l.m {
		out = append(out, c)
	}
	return out
}
