package commands

import (
	"context"
	"fmt"

	"twokey/commands/port"
	"twokey/commands/reinstall"
)

// A proposal for several machines is as many operations as machines, each with
// its own record, lock, keys, arming and outcome. Here is what holds them
// together: before anything is done for one of them the others are read, and
// reinstall.Turn says what they mean for it. A crash between two of them leaves
// nothing that the next look does not set right.

// batchOf reads all operations of a batch as they are now, in their order.
// ErrNotFound: not all of them are made, or kept any more.
func (d *Desk) batchOf(ctx context.Context, op reinstall.Operation) ([]port.Record, error) {
	out := make([]port.Record, len(op.Batch.Members))
	for i, id := range op.Batch.Members {
		rec, err := d.store.Load(ctx, id)
		if err != nil {
			return nil, fmt.Errorf("%s of batch %s: %w", id, op.LeadID(), err)
		}
		if rec.Op.State == reinstall.Tampered { // what the others know of it
			rec.Op.Batch = &reinstall.Batch{Members: op.Batch.Members, Index: i, Round: op.Batch.Round}
		}
		out[i] = rec
	}
	return out, nil
}

// turn reads the others of a batch and says what they mean for one of it. An
// operation that is alone may always go.
func (d *Desk) turn(ctx context.Context, op reinstall.Operation) (reinstall.Turn, error) {
	if op.Batch == nil {
		return reinstall.Turn{}, nil
	}
	recs, err := d.batchOf(ctx, op)
	if port.IsNotFound(err) {
		return reinstall.Turn{Wait: "not all of its proposal can be found", Soon: true}, nil
	}
	if err != nil {
		return reinstall.Turn{}, err
	}
	return op.Turn(port.Ops(recs)), nil
}

// inStep sets an operation right by the others of its batch, before anything
// else is done for it. done: that was all for now.
func (d *Desk) inStep(ctx context.Context, l leased) (done bool, err error) {
	if l.Op.Batch == nil || !l.Op.State.Open() || !d.now().Before(l.Op.Expires) {
		return false, nil
	}
	recs, err := d.batchOf(ctx, l.Op)
	if port.IsNotFound(err) { // they are being made, or will be ended by whoever makes them
		d.release(ctx, l.Claim, waitPoll)
		return true, nil
	}
	if err != nil {
		return true, err
	}
	if e := rights(l.Op.Turn(port.Ops(recs))); e != nil {
		return true, d.advance(ctx, l, e)
	}
	return false, d.leadKnows(ctx, recs)
}

// leadKnows has a lead that has started note that keys were taken back since: a
// click is bound to its card's revision.
func (d *Desk) leadKnows(ctx context.Context, recs []port.Record) error {
	lead := recs[0]
	by, behind := reinstall.Behind(lead.Op, port.Ops(recs))
	if !behind {
		return nil
	}
	command := fmt.Sprintf("%s:%d:recall:%s", lead.Op.ID, lead.Rev, by.ID)
	r, err := d.change(ctx, lead.Op.ID, command, "twokey", func(context.Context, port.Record) (reinstall.Event, *reinstall.Refusal, error) {
		return reinstall.Recall{By: by}, nil, nil
	})
	if r != nil {
		d.log.Info("the lead moved meanwhile", "op", lead.Op.ID, "why", r.Why)
	}
	return err
}

// rights is the event that a turn asks for at once, or nil.
func rights(t reinstall.Turn) reinstall.Event {
	switch {
	case t.Stop != nil:
		return reinstall.Stopped{By: *t.Stop}
	case t.Recall != nil:
		return reinstall.Recall{By: *t.Recall}
	}
	return nil
}

// beforeRecheck does for one of a batch whose keys are turned what its turn
// asks for. done: that was all for now.
func (d *Desk) beforeRecheck(ctx context.Context, l leased) (done bool, err error) {
	t, err := d.turn(ctx, l.Op)
	switch {
	case err != nil || t.Go():
		return err != nil, err
	case rights(t) != nil:
		return true, d.advance(ctx, l, rights(t))
	case t.Soon:
		d.release(ctx, l.Claim, again)
		return true, nil
	case l.Op.Leads(): // its countdown begins when all can go
		return true, d.waits(ctx, l, t.Wait)
	case l.Op.Batch.Checked && l.Op.Waits == t.Wait:
		d.release(ctx, l.Claim, waitPoll)
		return true, nil
	}
	r, why := d.reread(ctx, l.Op)
	if why != "" {
		return true, d.waitsToRead(ctx, l, r, why)
	}
	return true, d.advance(ctx, l, reinstall.AwaitTurn{Reading: r, Why: t.Wait})
}

// stillItsTurn is the last look at the others before one of a batch is armed.
func (d *Desk) stillItsTurn(ctx context.Context, op reinstall.Operation) (bool, error) {
	t, err := d.turn(ctx, op)
	return err == nil && t.Go(), err
}

// stoppedMeanwhile says why one that is armed does not go out after all: another
// of its batch has ended and is not done.
func (d *Desk) stoppedMeanwhile(ctx context.Context, op reinstall.Operation) (string, error) {
	t, err := d.turn(ctx, op)
	if err != nil || t.Stop == nil {
		return "", err
	}
	return t.Stop.TypedName() + " " + t.Stop.State.Words() + " at that very moment", nil
}

// passOn has the others of a batch follow at once where one has ended and is not
// done, or has lost its keys. What fails here they find out by themselves.
func (d *Desk) passOn(ctx context.Context, before, after reinstall.Operation, e reinstall.Event) {
	switch e.(type) {
	case reinstall.Stopped, reinstall.Recall, reinstall.Shared:
		return
	}
	if after.Batch == nil || !after.Stops() && after.Batch.Round == before.Batch.Round {
		return
	}
	for _, id := range after.Batch.Members {
		if id == after.ID {
			continue
		}
		if err := d.follows(ctx, id, after.ID); err != nil {
			d.log.Warn("another one of a batch is not told yet; it finds out by itself", "op", id, "of", after.ID, "err", err)
		}
	}
}

// follows sets one of a batch right by the others.
func (d *Desk) follows(ctx context.Context, id, of string) error {
	rec, err := d.store.Load(ctx, id)
	if err != nil {
		return err
	}
	if !rec.Op.State.Open() {
		if !rec.Op.Leads() {
			return nil
		}
		recs, err := d.batchOf(ctx, rec.Op)
		if err != nil {
			return err
		}
		return d.leadKnows(ctx, recs)
	}
	t, err := d.turn(ctx, rec.Op)
	e := rights(t)
	if err != nil || e == nil {
		return err
	}
	command := fmt.Sprintf("%s:%d:%s:%s", id, rec.Rev, e.Name(), of)
	_, err = d.change(ctx, id, command, "twokey", func(context.Context, port.Record) (reinstall.Event, *reinstall.Refusal, error) { return e, nil, nil })
	return err
}

// leadOf is the record whose card shows an operation.
func (d *Desk) leadOf(ctx context.Context, rec port.Record) (port.Record, error) {
	if rec.Op.Leads() {
		return rec, nil
	}
	return d.store.Load(ctx, rec.Op.LeadID())
}

// forward hands what one of a batch has to tell to the lead's outbox, so that
// one outbox tells the thread and draws the card, in order. to is empty where
// the operation's card is its own.
func (d *Desk) forward(ctx context.Context, p port.Post) (to string, err error) {
	if p.Kind != port.PostCard && p.Kind != port.PostLine {
		return "", nil
	}
	rec, err := d.store.Recent(ctx, p.Op)
	if port.IsNotFound(err) || err == nil && rec.Op.Leads() {
		return "", nil
	}
	if err != nil {
		return p.Op, err
	}
	p.Op, p.Stream = rec.Op.LeadID(), ""
	return p.Op, d.store.Tell(ctx, p.Op, p)
}

// stopsArmed is the very last look, once the intent is burned: a freeze, a stop
// that was acknowledged before, and of several machines one that has ended and is
// not done.
func (d *Desk) stopsArmed(ctx context.Context, op reinstall.Operation) (string, error) {
	if why, err := d.lastStop(ctx); err != nil || why != "" {
		return why, err
	}
	if asked, err := d.store.Stopping(ctx, op.ID, op.LeadID()); err != nil || asked {
		return "somebody asked to stop it at that very moment", err
	}
	return d.stoppedMeanwhile(ctx, op)
}
