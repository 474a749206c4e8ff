package commands

import (
	"context"

	"twokey/commands/reinstall"
)

// What becomes of a backup image for which the machine is powered off: when it
// may be begun, and what people read of it (reinstall.Operation.MayStop).

// mayStop has an image that would stop the machine wait until it may be begun:
// asked before anything is done for it, and at the very end once more.
func (d *Desk) mayStop(ctx context.Context, l leased) (done bool, err error) {
	if !l.Op.StopAsked() {
		return false, nil
	}
	if l.Op.StopOwed() { // people are waited for, and wake it
		d.release(ctx, l.Claim, wakeUp(l.Op, d.now()))
		return true, nil
	}
	w := &reinstall.ImageWaits{Why: whoUnread}
	if who, err := d.agreed(ctx, l.Op); err == nil { // that takes a while; the rest is read last
		frozen, err := d.lastStop(ctx)
		if err != nil {
			return true, err
		}
		w = l.Op.MayStop(frozen, d.policy().For(l.Op.Plan.Subject()).Calendar, who, d.now())
	}
	switch {
	case w != nil && l.Op.ImageWaiting(*w):
		d.release(ctx, l.Claim, waitPoll)
		return true, nil
	case w != nil:
		return true, d.advance(ctx, l, *w)
	case l.Op.Making.Waits != "":
		return true, d.advance(ctx, l, reinstall.ImageGoesOn{})
	}
	return d.stopMoved(ctx, l)
}

// stopMoved is the last look before the machine is stopped: its record is the one
// that was decided on, and nobody has just asked to end it.
func (d *Desk) stopMoved(ctx context.Context, l leased) (moved bool, err error) {
	asked, err := d.store.Stopping(ctx, l.Op.ID, l.Op.LeadID())
	if err != nil {
		return true, err
	}
	rec, err := d.store.Load(ctx, l.Op.ID)
	if err != nil {
		return true, err
	}
	if asked || rec.Rev != l.Rev {
		d.release(ctx, l.Claim, again)
		return true, nil
	}
	return false, nil
}

// agreed reads again who they are on whose word the machine is stopped.
func (d *Desk) agreed(ctx context.Context, op reinstall.Operation) (map[string]reinstall.Standing, error) {
	who, err := d.witnesses(ctx, op)
	by := op.Making.Agreed
	if err != nil || by == "" {
		return who, err
	}
	ctx, cancel := context.WithTimeout(ctx, witnessFor)
	defer cancel()
	s := reinstall.Standing{}
	if s.Person, err = d.person(ctx, by); err == nil {
		s.Approver, err = d.withinNow(ctx, by, op.Approvers())
	}
	if err != nil {
		return nil, d.unwitnessed(op, err)
	}
	if _, read := who[by]; !read {
		who[by] = s
	}
	return who, nil
}
