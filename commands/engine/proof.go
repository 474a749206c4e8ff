package engine

import (
	"context"
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/screen/aftercare"
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

// policyProbe is what the policy wants looked for, if somebody can look.
func (f *following) policyProbe() *model.Probe {
	if f.prober == nil {
		return nil
	}
	return f.policy().Probe
}

// probeLogin makes one attempt.
func (f *following) probeLogin(ctx context.Context, l leased) {
	shown, err := f.probeOnce(ctx, l.Op)
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
		err = f.applyEvent(ctx, l, reinstall.ProofEnded{Result: shown})
	}
	if err != nil {
		f.Fault(ctx, l.Claim, "proof", err)
	}
}

func (f *following) probeOnce(ctx context.Context, op reinstall.Operation) (reinstall.ProbeResult, error) {
	p := *op.Proof
	newest, err := f.store.History(ctx, op.Plan.Ref, 1)
	switch {
	case err != nil:
		return reinstall.ProbeResult{}, err
	case len(newest) > 0 && newest[0].Op.ID != op.ID && newest[0].Op.Arming != nil:
		return reinstall.ProbeResult{Over: true, Why: "proposal " + newest[0].Op.ID + " reinstalls the machine by now"},
			nil
	case p.Host == "":
		return reinstall.ProbeResult{Over: true, Why: "the machine has no " + aftercare.NetworkName(p) + " IP"}, nil
	case f.prober == nil:
		return reinstall.ProbeResult{Over: true, Why: "this Twokey does not look for login services"}, nil
	}
	return f.prober.Probe(ctx, p.Service, p.Host, p.Port), nil
}

func probeIn(p reinstall.Proof, now time.Time) time.Duration {
	wait := min(max(now.Sub(p.Since)/2, probeFirst), probeMost)
	return max(min(wait, p.Until.Sub(now)), 0)
}
