package engine

import (
	"context"
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/screen"
)

// The machine's own proof, after the cloud's: does its login service answer
// from where Twokey stands? The operation's wake-up drives the attempts, so
// that they go on after a restart; the end is a transition, so that it is told
// once. The outcome stays what the cloud verified.

// Between two attempts lies half of the time that has passed, within these.
const (
	probeFirst = time.Second
	probeMost  = 15 * time.Second
)

// wanted is what the policy wants looked for, if somebody can look.
func (f *following) wanted() *reinstall.Probe {
	if f.prober == nil {
		return nil
	}
	return f.policy().Probe
}

// prove makes one attempt.
func (f *following) prove(ctx context.Context, l leased) {
	shown, err := f.attempt(ctx, l.Op)
	if ctx.Err() != nil { // cut off by a stop: that tells nothing
		f.Release(ctx, l.Claim, 0)
		return
	}
	now := f.now()
	if err == nil && shown.Why != "" && !shown.Over && now.Before(l.Op.Proof.Until) {
		f.log.Debug("the login service does not answer yet", "op", l.Op.ID, "why", shown.Why)
		f.Release(ctx, l.Claim, probeIn(*l.Op.Proof, now))
		return
	}
	if err == nil {
		err = f.advance(ctx, l, reinstall.ProofShown{Shown: shown})
	}
	if err != nil {
		f.Fault(ctx, l.Claim, "proof", err)
	}
}

func (f *following) attempt(ctx context.Context, op reinstall.Operation) (reinstall.Shown, error) {
	p := *op.Proof
	newest, err := f.store.History(ctx, op.Plan.Ref, 1)
	switch {
	case err != nil:
		return reinstall.Shown{}, err
	case len(newest) > 0 && newest[0].Op.ID != op.ID && newest[0].Op.Arming != nil:
		return reinstall.Shown{Over: true, Why: "proposal " + newest[0].Op.ID + " reinstalls the machine by now"}, nil
	case p.Host == "":
		return reinstall.Shown{Over: true, Why: "the machine has no " + screen.Standpoint(p) + " IP"}, nil
	case f.prober == nil:
		return reinstall.Shown{Over: true, Why: "this Twokey does not look for login services"}, nil
	}
	return f.prober.Probe(ctx, p.Service, p.Host, p.Port), nil
}

func probeIn(p reinstall.Proof, now time.Time) time.Duration {
	wait := min(max(now.Sub(p.Since)/2, probeFirst), probeMost)
	return max(min(wait, p.Until.Sub(now)), 0)
}
