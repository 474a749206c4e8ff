package engine

import (
	"context"

	"twokey/commands/people"
	"twokey/commands/port"
	"twokey/commands/reinstall"
)

// What becomes of a backup image for which the machine is powered off: when it
// may be begun, and what people read of it (reinstall.Operation.MayStop).

// mayStop has an image that would stop the machine wait until it may be begun:
// asked before anything is done for it, and at the very end once more.
func (i *images) mayStop(ctx context.Context, l leased) (done bool, err error) {
	if !l.Op.StopAsked() {
		return false, nil
	}
	if l.Op.StopPending() { // people are waited for, and wake it
		i.Release(ctx, l.Claim, wakeUp(l.Op, i.now()))
		return true, nil
	}
	w := &reinstall.ImageWaits{Why: people.WhoUnread}
	if who, err := i.rereadAgreed(ctx, l.Op); err == nil { // that takes a while; the rest is read last
		frozen, err := i.waiting.whyFrozen(ctx)
		if err != nil {
			return true, err
		}
		w = l.Op.MayStop(frozen, i.policy().TermsFor(l.Op.Plan.Subject()).Calendar, who, i.now())
	}
	switch {
	case w != nil && l.Op.ImageWaitNoted(*w):
		i.Release(ctx, l.Claim, waitPoll)
		return true, nil
	case w != nil:
		return true, i.applyEvent(ctx, l, *w)
	case l.Op.Making.Waits != "":
		return true, i.applyEvent(ctx, l, reinstall.ImageGoesOn{})
	}
	return i.recordMoved(ctx, l)
}

// recordMoved is the last look before the machine is stopped: its record is the one
// that was decided on, and nobody has just asked to end it.
func (i *images) recordMoved(ctx context.Context, l leased) (moved bool, err error) {
	asked, err := i.store.Stopping(ctx, l.Op.ID, l.Op.LeadID())
	if err != nil {
		return true, err
	}
	rec, err := i.store.Load(ctx, l.Op.ID)
	if err != nil {
		return true, err
	}
	if asked || rec.Rev != l.Rev {
		i.Release(ctx, l.Claim, port.Again)
		return true, nil
	}
	return false, nil
}

// rereadAgreed reads again who they are on whose word the machine is stopped.
func (i *images) rereadAgreed(ctx context.Context, op reinstall.Operation) (map[string]reinstall.Actor, error) {
	who, err := i.people.RereadApprovers(ctx, op)
	by := op.Making.Agreed
	if err != nil || by == "" {
		return who, err
	}
	ctx, cancel := context.WithTimeout(ctx, people.RereadTimeout)
	defer cancel()
	s := reinstall.Actor{}
	if s.Person, err = i.people.Person(ctx, by); err == nil {
		s.Approver, err = i.people.AmongNow(ctx, by, op.Approvers())
	}
	if err != nil {
		return nil, i.people.LogUnread(op, err)
	}
	if _, read := who[by]; !read {
		who[by] = s
	}
	return who, nil
}
