package commands

import (
	"context"
	"errors"
	"fmt"
	"time"

	"twokey/commands/reinstall"
)

// workerCommand makes a transition of the worker unique: the revision it was
// decided on and the lease it was decided under.
func workerCommand(l leased, e reinstall.Event) string {
	return fmt.Sprintf("%s:%d:%s:%d", l.Op.ID, l.Rev, e.Name(), l.Claim.Token)
}

// read reads everything anew and makes the plan as it would be made now. A
// refusal of the cloud becomes a finding that blocks: a failed check counts as
// no.
func (d *Desk) read(ctx context.Context, op reinstall.Operation) (reinstall.Reading, error) {
	made := ""
	if op.Making != nil {
		made = op.Making.ID
	}
	f, err := d.cloud.Read(ctx, op.Plan.Ref, op.Wish, made)
	var r *reinstall.Refusal
	if errors.As(err, &r) {
		return reinstall.Reading{Plan: op.Plan, Latest: op.Baseline, Findings: []reinstall.Finding{
			{Code: "read", Severity: reinstall.Blocks, Why: r.Why, Next: r.Next},
		}}, nil
	}
	if err != nil {
		return reinstall.Reading{}, err
	}
	terms := d.policy().For(f.Instance.Tags)
	plan := reinstall.MakePlan(op.Wish, f, terms)
	return reinstall.Reading{
		Plan: plan, Latest: f.Instance.Latest, Evidence: f.Evidence, Skew: f.Skew,
		Findings: reinstall.Preflight(reinstall.Case{Wish: op.Wish, Facts: f, Terms: terms, Plan: plan, Now: d.now()}),
	}, nil
}

// passing are the findings that end by themselves: while only these block, the
// re-check waits and reads again (facts/tencent.md section 1).
var passing = map[string]bool{"busy": true, "state": true}

func soon(r reinstall.Reading) bool {
	b := reinstall.Blocking(r.Findings)
	for _, f := range b {
		if !passing[f.Code] {
			return false
		}
	}
	return len(b) > 0
}

// recheck reads everything after the last key.
func (d *Desk) recheck(ctx context.Context, l leased) error {
	r, err := d.read(ctx, l.Op)
	if err != nil || soon(r) {
		if d.now().After(l.Op.Expires) {
			return d.advance(ctx, l, reinstall.NothingSent{Why: "the machine could not be checked again in time"})
		}
		if err == nil {
			d.release(ctx, l.Claim, waitPoll)
		}
		return err
	}
	return d.advance(ctx, l, reinstall.Recheck{Reading: r})
}

// launch is the arming protocol (facts/engine.md, points 1 to 6): read again,
// burn the intent durably, and only then, in a straight line, make the one
// call. Whoever else finds the operation armed only reconciles.
func (d *Desk) launch(ctx context.Context, l leased) error {
	if why, err := d.mustWait(ctx, l.Op); err != nil {
		return err
	} else if why != "" {
		return d.waits(ctx, l, why)
	}
	r, err := d.read(ctx, l.Op)
	if err != nil {
		if d.now().After(l.Op.Expires) {
			return d.advance(ctx, l, reinstall.NothingSent{Why: "the machine could not be read just before the call"})
		}
		return err
	}
	if next, refused := reinstall.Step(l.Op, reinstall.Recheck{Reading: r}, d.now()); refused != nil || next.State != reinstall.Ready {
		return d.advance(ctx, l, reinstall.Recheck{Reading: r})
	}
	password, sealed, err := d.password(l.Op)
	if err != nil {
		return err
	}
	arm := reinstall.Arm{Reading: r, At: d.now(), Password: sealed}
	next, refused := reinstall.Step(l.Op, arm, arm.At)
	if refused != nil {
		return d.advance(ctx, l, reinstall.NothingSent{Why: dot(refused.Why) + " " + refused.Next})
	}
	armed, err := d.store.Arm(ctx, d.transition(l.Record, next, arm, l.Claim, workerCommand(l, arm), "twokey"))
	if err != nil {
		return d.notArmed(ctx, l, err)
	}
	d.count("transition", string(reinstall.Armed), arm.Name())
	d.log.Info("armed", "op", next.ID, "instance", next.Plan.Instance, "rev", armed.Rev, "plan", next.Print)
	answer := d.cloud.Reset(ctx, Order{Plan: next.Plan, Password: password, T0: arm.At})
	d.log.Info("answered", "op", next.ID, "verdict", answer.Verdict, "request", answer.RequestID, "code", answer.Code)
	return d.answered(ctx, armed, answer)
}

// mustWait says why the call may not be made yet: a freeze, or a full budget.
func (d *Desk) mustWait(ctx context.Context, op reinstall.Operation) (string, error) {
	f, err := d.store.Frozen(ctx)
	if err != nil {
		return "", err
	}
	if f.Why != "" {
		return "everything is frozen: " + f.Why, nil
	}
	lim := d.policy().Limits
	ok, run, hour, err := d.store.Reserve(ctx, op.Plan.Account, op.ID, lim)
	if err != nil || ok {
		return "", err
	}
	if lim.AtOnce > 0 && run >= lim.AtOnce {
		return fmt.Sprintf("%d of at most %d reinstalls are running", run, lim.AtOnce), nil
	}
	return fmt.Sprintf("%d of at most %d reinstalls were made in the last hour", hour, lim.PerHour), nil
}

// waits notes once why the call waits, and looks again soon.
func (d *Desk) waits(ctx context.Context, l leased, why string) error {
	if l.Op.Waits == why {
		d.release(ctx, l.Claim, waitPoll)
		return nil
	}
	return d.advance(ctx, l, reinstall.Waiting{Why: why})
}

// notArmed: whatever is not certain about the intent means that nothing is
// sent. If it was written all the same, the record says armed, and reconciling
// will find that no call was made.
func (d *Desk) notArmed(ctx context.Context, l leased, err error) error {
	if errors.Is(err, ErrNotDurable) {
		d.log.Error("armed, but not durably: nothing is sent", "op", l.Op.ID, "err", err)
		d.count("fault", "not durable")
		return nil
	}
	return d.moved(ctx, l.Claim, err)
}

// answered writes what the answer proves. It is tried for a while: the request
// id is worth more than the time.
func (d *Desk) answered(ctx context.Context, armed Record, a Answer) error {
	var e reinstall.Event
	switch {
	case a.Verdict == Accepted && a.RequestID != "":
		e = reinstall.Accepted{RequestID: a.RequestID}
	case a.Verdict == Declined:
		e = reinstall.Declined{Code: a.Code, Why: a.Message}
	case a.Verdict == NeverSent:
		e = reinstall.NothingSent{Why: "the call could not be made (" + a.Message + ")"}
	default:
		e = reinstall.AnswerLost{Why: a.Message}
	}
	command := fmt.Sprintf("%s:answer:%d", armed.Op.ID, armed.Rev)
	var err error
	for wait := 100 * time.Millisecond; wait < 20*time.Second; wait *= 2 {
		var r *reinstall.Refusal
		_, r, err = d.change(ctx, armed.Op.ID, command, "twokey", func(context.Context, Record) (reinstall.Event, *reinstall.Refusal, error) {
			return e, nil, nil
		})
		if err == nil {
			if r != nil {
				d.log.Info("the outcome was found before the answer was written", "op", armed.Op.ID, "why", r.Why)
			}
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(wait):
		}
	}
	return err
}

// password makes and seals one, where the plan asks for one.
func (d *Desk) password(op reinstall.Operation) (clear, sealed string, err error) {
	if op.Plan.Login.Kind != reinstall.LoginPassword {
		return "", "", nil
	}
	clear, err = newPassword(d.rand)
	if err != nil {
		return "", "", err
	}
	sealed, err = d.seal.Seal(op.ID, clear)
	return clear, sealed, err
}
