package engine

import (
	"context"
	"errors"
	"sync"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall"
)

const (
	maxParallel = 512 // things worked on at once
	// items of those that read the cloud, which takes only so many calls a second
	maxCloudItems = 48
	renewEvery    = 3 * time.Second         //
	pollEvery     = 250 * time.Millisecond  //
	cutOffAfter   = 1500 * time.Millisecond // after a stop is asked for, what has begun is cut off
	finishTimeout = 2 * time.Second         // and after so long no longer waited for
)

// Run works off whatever is due until ctx ends; then it finishes what it has
// begun and gives the leases back. It may run in any number of processes.
func (e *Engine) Run(ctx context.Context) error {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	ended := make(chan struct{})
	go e.renewLeases(ended)
	defer close(ended)
	homes, leave := context.WithCancel(ctx)
	defer leave()
	go e.homes.Keep(homes)
	go e.guard.watchRecords(homes)
	for {
		hand := e.hand
		if len(e.slots) == cap(e.slots) {
			hand = nil // no hands free: what was taken waits, and its lease with it
		}
		select {
		case <-ctx.Done():
			e.ending.Store(true)
			e.handOver(ctx)
			e.awaitWork()
			return nil
		case c := <-hand:
			e.startWork(ctx, []port.Claim{c}, e.now())
		case <-tick.C:
			e.claimDue(ctx)
		case <-e.wake:
			e.claimDue(ctx)
		}
	}
}

// HandIn has the worker begin with what this process has leased just now. If it is
// behind, the lease runs out and the item is claimed.
func (e *Engine) HandIn(c port.Claim) {
	select {
	case e.hand <- c:
	default:
	}
}

// HeldUntil is until when this process holds a claim for sure; the zero Time if it
// does not.
func (e *Engine) HeldUntil(c port.Claim) time.Time { return e.held.heldUntil(c) }

// Background runs what nobody waits for, and what the process finishes before it
// ends.
func (e *Engine) Background(do func()) { e.work.Go(do) }

// awaitWork waits for what has begun, but not for long: what is left behind is
// taken over when its leases have run out, as after a kill.
func (e *Engine) awaitWork() {
	done := make(chan struct{})
	go func() { e.work.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(finishTimeout):
		e.log.Warn("engine: stopped before it released all leases, they run out by themselves")
	}
}

// renewLeases keeps the leases of what is being worked on.
func (e *Engine) renewLeases(ended <-chan struct{}) {
	t := time.NewTicker(renewEvery)
	defer t.Stop()
	for {
		select {
		case <-ended:
			return
		case <-t.C:
			ctx, cancel := context.WithTimeout(context.Background(), renewEvery)
			e.renewOnce(ctx)
			cancel()
		}
	}
}

// handOver gives back what was taken and not begun.
func (e *Engine) handOver(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	for {
		select {
		case c := <-e.hand:
			e.Release(ctx, c, 0)
		default:
			return
		}
	}
}

// claimDue leases what is due and starts work on it.
func (e *Engine) claimDue(ctx context.Context) {
	free := cap(e.slots) - len(e.slots)
	if free == 0 {
		return
	}
	until := e.now().Add(port.Lease) // at least: the server counts from when it is asked
	cs, err := e.store.Claim(ctx, port.Lease, free)
	if err != nil {
		if ctx.Err() == nil {
			if silent, yes := e.faults.ShouldLog("claim"); yes {
				e.log.Error("engine: could not claim what is due", "silent", silent, "err", err)
			}
			e.count("fault", "claim")
		}
		return
	}
	if lasted, was := e.faults.Recovered("claim"); was {
		e.log.Info("engine: claims what is due again", "after", lasted.String())
	}
	var ops []port.Claim
	for _, c := range cs {
		if c.Kind == port.ClaimOp {
			ops = append(ops, c)
			continue
		}
		e.startWork(ctx, []port.Claim{c}, until)
	}
	if len(ops) > 0 {
		e.startWork(ctx, ops, until)
	}
}

// startWork works on claims in the background. Until then they are held for sure.
func (e *Engine) startWork(ctx context.Context, cs []port.Claim, until time.Time) {
	e.slots <- struct{}{}
	e.held.addLeases(until, cs...)
	e.work.Go(func() {
		defer func() { <-e.slots; e.held.dropLeases(cs...) }()
		// What has begun is finished even when the process is asked to stop.
		work, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Minute)
		defer cancel()
		stop := context.AfterFunc(ctx, func() { time.AfterFunc(cutOffAfter, cancel) })
		defer stop()
		switch cs[0].Kind {
		case port.ClaimItem:
			e.inbox.handleItem(work, cs[0])
		case port.ClaimOutbox:
			e.outbox(work, cs[0])
		default:
			e.stepAll(work, cs)
		}
	})
}

// stepAll steps operations; those that are being followed share their reads.
func (e *Engine) stepAll(ctx context.Context, cs []port.Claim) {
	var sent, ended []leased
	var each sync.WaitGroup
	for _, c := range cs {
		rec, err := e.store.Load(ctx, c.ID)
		switch {
		case port.IsNotFound(err):
			e.Release(ctx, c, port.Never)
		case err != nil:
			e.Fault(ctx, c, "load", err)
		case rec.Op.State.Open() && (rec.Unsealed || wasPutBack(rec)):
			each.Go(func() {
				if err := e.applyEvent(ctx, leased{rec, c}, resealEvent(rec)); err != nil {
					e.Fault(ctx, c, "reseal", err)
				}
			})
		case rec.Op.State == reinstall.Sent:
			sent = append(sent, leased{rec, c})
		case rec.Op.Proving():
			each.Go(func() { e.following.probeLogin(ctx, leased{rec, c}) })
		case rec.Op.State.Ended():
			ended = append(ended, leased{rec, c})
		default:
			each.Go(func() { e.stepOne(ctx, leased{rec, c}) })
		}
	}
	e.following.followAll(ctx, sent)
	e.following.watchEnded(ctx, ended)
	each.Wait()
}

// leased is a record under a claim.
type leased struct {
	port.Record
	Claim port.Claim
}

// stepOne does what is due for one operation.
func (e *Engine) stepOne(ctx context.Context, l leased) {
	now := e.now()
	if done, err := e.waiting.syncWithBatch(ctx, l); done || err != nil {
		if err != nil {
			e.Fault(ctx, l.Claim, string(l.Op.State), err)
		}
		return
	}
	var err error
	switch op := l.Op; op.State {
	case reinstall.Proposed:
		switch {
		case !now.Before(op.Expires):
			err = e.applyEvent(ctx, l, reinstall.Expire{})
		case op.DueReminder(now) != nil:
			err = e.applyEvent(ctx, l, op.DueReminder(now))
		case op.Making != nil && op.Making.Stage == reinstall.ImageAsked && !op.StopPending():
			err = e.images.startImage(ctx, l)
		case op.Making != nil && op.Making.Stage == reinstall.ImageMaking:
			err = e.images.awaitImage(ctx, l)
		default:
			e.Release(ctx, l.Claim, wakeUp(op, now))
		}
	case reinstall.Held:
		if now.Before(op.Expires) {
			e.Release(ctx, l.Claim, wakeUp(op, now))
			return
		}
		err = e.applyEvent(ctx, l, reinstall.Expire{})
	case reinstall.Approved:
		err = e.arming.recheckProposal(ctx, l)
	case reinstall.Ready:
		switch {
		case !now.Before(op.Expires):
			err = e.applyEvent(ctx, l, reinstall.Expire{})
		case op.Announced.IsZero() || op.CountdownMissed(now) || op.CountdownRuns() && l.Later != "":
			err = e.applyEvent(ctx, l, reinstall.RestartCountdown{Older: l.Later != ""})
		case !op.CountdownRuns() || now.Before(op.Starts):
			e.Release(ctx, l.Claim, wakeUp(op, now))
			return
		default:
			err = e.arming.armAndSend(ctx, l)
		}
	case reinstall.Armed:
		err = e.arming.reconcileArmed(ctx, l)
	case reinstall.Tampered:
		err = e.guard.parkTampered(ctx, l)
	default:
		e.Release(ctx, l.Claim, port.Never)
	}
	if err != nil {
		e.Fault(ctx, l.Claim, string(l.Op.State), err)
	}
}

// applyEvent writes the transition that an event of the worker comes to. A record
// that moved meanwhile is left to the next claim; so is a lost lease.
func (k *kernel) applyEvent(ctx context.Context, l leased, e reinstall.Event) error {
	next, r := reinstall.Step(l.Op, e, k.now())
	if r != nil {
		return r
	}
	err := k.commitTransition(ctx, l.Record, next, e, l.Claim, workerCommand(l, e), "twokey")
	return k.retryIfMoved(ctx, l.Claim, err)
}

// retryIfMoved turns "somebody else was quicker" into nothing to do.
func (k *kernel) retryIfMoved(ctx context.Context, c port.Claim, err error) error {
	var stale *port.StaleError
	switch {
	case errors.As(err, &stale):
		k.Release(ctx, c, 0)
		return nil
	case errors.Is(err, port.ErrFenced):
		return nil
	}
	return err
}

// Fault logs what went wrong and leaves the thing due again.
func (k *kernel) Fault(ctx context.Context, c port.Claim, doing string, err error) {
	k.faults.Error("step failed, retrying", doing, err, "what", c.Kind, "id", c.ID)
	k.count("fault", doing)
	k.Release(ctx, c, port.RetryIn)
}

func (k *kernel) Release(ctx context.Context, c port.Claim, in time.Duration) {
	if ctx.Err() != nil { // what was cut off gives its lease back all the same
		fresh, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		ctx = fresh
	}
	if err := k.store.Release(ctx, c, in); err != nil && !errors.Is(err, port.ErrFenced) {
		k.faults.Error("lease: could not release it, it runs out by itself", "release", err, "id", c.ID)
	}
}

func (e *Engine) renewOnce(ctx context.Context) {
	cs := e.held.heldClaims()
	if len(cs) == 0 {
		return
	}
	until := e.now().Add(port.Lease)
	lost, err := e.store.Renew(ctx, port.Lease, cs)
	if err != nil {
		e.faults.Error("leases: could not renew them", "renew", err)
		return
	}
	e.held.extendLeases(until, cs)
	e.held.extendLeases(time.Time{}, lost)
}

// leases are the claims that this process works on, and until when it holds
// them for sure.
type leases struct {
	mu sync.Mutex
	m  map[port.Claim]time.Time
}

func (l *leases) addLeases(until time.Time, cs ...port.Claim) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.m == nil {
		l.m = map[port.Claim]time.Time{}
	}
	for _, c := range cs {
		l.m[c] = until
	}
}

// extendLeases moves the end of claims that are worked on still.
func (l *leases) extendLeases(until time.Time, cs []port.Claim) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range cs {
		if _, held := l.m[c]; held {
			l.m[c] = until
		}
	}
}

// heldUntil is the end of a claim; the zero Time where it is not held.
func (l *leases) heldUntil(c port.Claim) time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.m[c]
}

func (l *leases) dropLeases(cs ...port.Claim) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range cs {
		delete(l.m, c)
	}
}

func (l *leases) heldClaims() []port.Claim {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]port.Claim, 0, len(l.m))
	for c := range l.m {
		out = append(out, c)
	}
	return out
}
