package engine

import (
	"context"
	"errors"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

// What is read before the countdown and before the call, in this order: what may
// take its time, such as people, backups, prices and CloudAudit; then the machine
// by itself. What comes after that look has to be quick, for it is good for
// reinstall.LookGood only.

// errNotShown: the machine is missing in the last look, though it was just read.
var errNotShown = errors.New("the cloud does not show the machine just now")

// readEverything reads everything again, and the machine last: what the facts say of it
// is what it was then. Where that comes to another plan, the rest is read once
// more, for it was read for a machine that is no longer like that.
func (m *machines) readEverything(ctx context.Context, op reinstall.Operation) (f model.Facts, last reinstall.LastLook,
	audit reinstall.AuditEvidence, err error,
) {
	for range 2 {
		if f, err = m.Facts(ctx, op); err != nil {
			return f, last, audit, err
		}
		if op.Baseline.Null() { // nothing else tells what was done to it
			audit = m.askCloudAudit(ctx, op)
		}
		if last, err = m.lookLast(ctx, op); err != nil {
			return f, last, audit, err
		}
		same := f.Instance.SamePlan(last.Instance, op.Plan.Terms)
		if f.Instance, f.Skew = last.Instance, last.Skew; same {
			break
		}
	}
	return f, last, audit, nil
}

// lookLast looks at the machine by itself. A refusal of the cloud is a fault
// here: the machine was read a moment ago.
func (m *machines) lookLast(ctx context.Context, op reinstall.Operation) (reinstall.LastLook, error) {
	p := op.Plan
	seen, err := m.cloud.Look(ctx, p.Account, p.Region, []string{p.Instance})
	var r *model.Refusal
	if errors.As(err, &r) {
		err = errors.New(r.Error())
	}
	if err != nil {
		return reinstall.LastLook{}, err
	}
	s, ok := seen[p.Instance]
	if !ok {
		return reinstall.LastLook{}, errNotShown
	}
	return reinstall.LastLook{Instance: s.Instance, At: s.Asked, Skew: s.Skew}, nil
}
