package engine

import (
	"cmp"
	"context"
	"errors"

	"twokey/commands/port"
	"twokey/commands/reinstall"
)

// whyMustWait says why the request may not go out yet: a freeze, a Redis that would
// not keep the intent, a sibling that goes first, or a full budget. What holds
// for all, and a full budget, keep their turn: nobody overtakes meanwhile. What
// is about this machine alone keeps none: closed hours (told by pauses), or
// others with open ones would wait for it over a weekend; and a sibling that
// goes first, or the two would wait for one another, one for its kind's place
// and one for its turn.
func (q *waiting) whyMustWait(ctx context.Context, op reinstall.Operation) (reinstall.Waiting, error) {
	if why, err := q.whyFrozen(ctx); err != nil || why != "" {
		return reinstall.Waiting{Why: why, KeepsPosition: true}, err
	}
	if t, err := q.batchClearance(ctx, op); err != nil || !t.Go() {
		return reinstall.Waiting{Why: cmp.Or(t.Wait, "another machine of its proposal stops it")}, err
	}
	switch err := q.store.MayArm(ctx, op.ID); {
	case errors.Is(err, port.ErrCannotArm):
		return reinstall.Waiting{Why: cannotArmText(err), KeepsPosition: true}, nil
	case err != nil:
		return reinstall.Waiting{}, err
	}
	if why, err := q.queue.SiblingFirst(ctx, op); err != nil || why != "" {
		return reinstall.Waiting{Why: why}, err
	}
	return q.queue.Take(ctx, op)
}

// whyFrozen says why nothing may go out at this very moment.
func (q *waiting) whyFrozen(ctx context.Context) (string, error) {
	f, err := q.store.Frozen(ctx)
	if err != nil || f == nil {
		return "", err
	}
	return "everything is frozen: " + cmp.Or(f.Why, "why is not on record"), nil
}

// waitIfStopped has the operation wait where nothing may go out at this very moment:
// also while a stop that was acknowledged is being looked into.
func (q *waiting) waitIfStopped(ctx context.Context, l leased) (done bool, err error) {
	why, err := q.whyFrozen(ctx)
	if err != nil {
		return false, err
	}
	if why == "" {
		asked, err := q.store.Stopping(ctx, l.Op.ID, l.Op.LeadID())
		if asked {
			q.Release(ctx, l.Claim, port.Again)
		}
		return asked, err
	}
	return true, q.noteWait(ctx, l, reinstall.Waiting{Why: why, KeepsPosition: true})
}

// cannotArmText words an ErrCannotArm for the thread.
func cannotArmText(err error) string {
	why := "it cannot be asked"
	if c := (*port.CannotArmError)(nil); errors.As(err, &c) {
		why = c.Why
	}
	return "Redis could lose the record of the ResetInstance request: " + why
}

// waitBecause notes once why the request waits, and looks again soon.
func (q *waiting) waitBecause(ctx context.Context, l leased, why string) error {
	return q.noteWait(ctx, l, reinstall.Waiting{Why: why})
}

func (q *waiting) noteWait(ctx context.Context, l leased, w reinstall.Waiting) error {
	if l.Op.WaitNoted(w) {
		q.Release(ctx, l.Claim, waitPoll)
		return nil
	}
	return q.applyEvent(ctx, l, w)
}
