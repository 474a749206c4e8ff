package engine

import (
	"context"
	"fmt"

	"twokey/commands/port"
	"twokey/commands/reinstall"
)

// A proposal for several machines is as many operations as machines, each with
// its own record, lock, keys, arming and outcome. Here is what holds them
// together: before anything is done for one of them the others are read, and
// reinstall.Clearance says what they mean for it. A crash between two of them leaves
// nothing that the next look does not set right.

// batchClearance reads the others of a proposal and says what they mean for one of it. An
// operation that is alone may always go.
func (k *kernel) batchClearance(ctx context.Context, op reinstall.Operation) (reinstall.Clearance, error) {
	recs, err := k.proposals.All(ctx, port.Record{Op: op})
	if port.IsNotFound(err) {
		return reinstall.Clearance{Wait: "not all of its proposal can be found", Soon: true}, nil
	}
	if err != nil {
		return reinstall.Clearance{}, err
	}
	return op.ClearanceAmong(port.Ops(recs)), nil
}

// syncWithBatch sets an operation right by the others of its proposal, before anything
// else is done for it. done: that was all for now.
func (q *waiting) syncWithBatch(ctx context.Context, l leased) (done bool, err error) {
	if !l.Op.State.Open() || !q.now().Before(l.Op.Expires) {
		return false, nil
	}
	recs, err := q.proposals.All(ctx, l.Record)
	if port.IsNotFound(err) { // they are being made, or will be ended by whoever makes them
		q.Release(ctx, l.Claim, waitPoll)
		return true, nil
	}
	if err != nil {
		return true, err
	}
	if e := clearanceEvent(l.Op.ClearanceAmong(port.Ops(recs))); e != nil {
		return true, q.applyEvent(ctx, l, e)
	}
	return false, q.updateLead(ctx, recs)
}

// updateLead has a lead that has started note that keys were taken back since: a
// click is bound to its card's revision.
func (k *kernel) updateLead(ctx context.Context, recs []port.Record) error {
	lead := recs[0]
	by, behind := reinstall.LeadBehind(lead.Op, port.Ops(recs))
	if !behind {
		return nil
	}
	command := fmt.Sprintf("%s:%d:recall:%s", lead.Op.ID, lead.Rev, by.ID)
	err := k.Change(ctx, lead.Op.ID, command, "twokey", alwaysDecide(reinstall.Recall{By: by}))
	if r := port.AsRefusal(err); r != nil {
		k.log.Info("the lead moved meanwhile", "op", lead.Op.ID, "why", r.Why)
	}
	return port.ExceptRefusal(err)
}

// clearanceEvent is the event that a turn asks for at once, or nil.
func clearanceEvent(t reinstall.Clearance) reinstall.Event {
	switch {
	case t.Stop != nil:
		return reinstall.Stopped{By: *t.Stop}
	case t.Recall != nil:
		return reinstall.Recall{By: *t.Recall}
	}
	return nil
}

// awaitClearance does for one of several whose keys are turned what its turn
// asks for. done: that was all for now.
func (q *waiting) awaitClearance(ctx context.Context, l leased) (done bool, err error) {
	t, err := q.batchClearance(ctx, l.Op)
	switch {
	case err != nil || t.Go():
		return err != nil, err
	case clearanceEvent(t) != nil:
		return true, q.applyEvent(ctx, l, clearanceEvent(t))
	case t.Soon:
		q.Release(ctx, l.Claim, port.Again)
		return true, nil
	case l.Op.Leads(): // its countdown begins when all can go
		return true, q.waitBecause(ctx, l, t.Wait)
	case l.Op.Checked() && l.Op.Waits == t.Wait:
		q.Release(ctx, l.Claim, waitPoll)
		return true, nil
	}
	r, why := q.readAgain(ctx, l.Op)
	if why != "" {
		return true, q.waitToRead(ctx, l, r, why)
	}
	return true, q.applyEvent(ctx, l, reinstall.AwaitClearance{Result: r, Why: t.Wait})
}

// stillCleared is the last look at the others before one of several is armed.
func (q *waiting) stillCleared(ctx context.Context, op reinstall.Operation) (bool, error) {
	t, err := q.batchClearance(ctx, op)
	return err == nil && t.Go(), err
}

// stoppedMeanwhile says why one that is armed does not go out after all: another
// of its proposal has ended and is not done.
func (q *waiting) stoppedMeanwhile(ctx context.Context, op reinstall.Operation) (string, error) {
	t, err := q.batchClearance(ctx, op)
	if err != nil || t.Stop == nil {
		return "", err
	}
	return t.Stop.TypedName() + " " + t.Stop.State.Words() + " at that very moment", nil
}

// notifyBatch has the others of a proposal follow at once if one has ended and is not
// done, or has lost its keys. What fails here they find out by themselves.
func (k *kernel) notifyBatch(ctx context.Context, before, after reinstall.Operation, e reinstall.Event) {
	switch e.(type) {
	case reinstall.Stopped, reinstall.Recall, reinstall.Shared:
		return
	}
	if !after.StopsBatch() && after.Round() == before.Round() {
		return
	}
	for _, id := range after.Members() {
		if id == after.ID {
			continue
		}
		if err := k.syncMember(ctx, id, after.ID); err != nil {
			k.log.Warn("batch: could not inform another machine yet, it finds out by itself", "op", id, "of",
				after.ID, "err", err)
		}
	}
}

// syncMember sets one of several right by the others.
func (k *kernel) syncMember(ctx context.Context, id, of string) error {
	rec, err := k.store.Load(ctx, id)
	if err != nil {
		return err
	}
	if !rec.Op.State.Open() {
		if !rec.Op.Leads() {
			return nil
		}
		recs, err := k.proposals.All(ctx, rec)
		if err != nil {
			return err
		}
		return k.updateLead(ctx, recs)
	}
	t, err := k.batchClearance(ctx, rec.Op)
	e := clearanceEvent(t)
	if err != nil || e == nil {
		return err
	}
	command := fmt.Sprintf("%s:%d:%s:%s", id, rec.Rev, e.Name(), of)
	return port.ExceptRefusal(k.Change(ctx, id, command, "twokey", alwaysDecide(e)))
}

// alwaysDecide decides on an event, however the record is.
func alwaysDecide(e reinstall.Event) port.Decision {
	return func(context.Context, port.Record) (reinstall.Event, error) { return e, nil }
}

// whyStopArmed is the very last look, once the intent is burned: a freeze, a stop
// that was acknowledged before, and of several machines one that has ended and is
// not done.
func (q *waiting) whyStopArmed(ctx context.Context, op reinstall.Operation) (string, error) {
	if why, err := q.whyFrozen(ctx); err != nil || why != "" {
		return why, err
	}
	if asked, err := q.store.Stopping(ctx, op.ID, op.LeadID()); err != nil || asked {
		return "somebody asked to stop it at that very moment", err
	}
	return q.stoppedMeanwhile(ctx, op)
}
