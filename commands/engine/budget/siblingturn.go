package budget

import (
	"context"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

// Machines of one kind go one after another.

// ProposalLabel names a record's machine and proposal.
func ProposalLabel(rec port.Record) string {
	return rec.Op.TypedName() + " (proposal " + rec.Op.ID + ")"
}

// FindSibling finds a live operation of a sibling in a state that counts.
func (q *Queue) FindSibling(ctx context.Context, p model.Plan, counts func(reinstall.State) bool) (port.Record, bool,
	error,
) {
	live, err := q.store.Live(ctx)
	if err != nil {
		return port.Record{}, false, err
	}
	for _, rec := range live {
		if counts(rec.Op.State) && model.Siblings(p, rec.Op.Plan) {
			return rec, true, nil
		}
	}
	return port.Record{}, false, nil
}

// SiblingFirst says which sibling's proposal the call has to wait for; empty: for none.
// The records show what is being wiped. The memory keeps two from starting at the same
// moment: each kind has one place, taken before the call.
func (q *Queue) SiblingFirst(ctx context.Context, op reinstall.Operation) (string, error) {
	const never = ", and two of a kind are never wiped at once"
	rec, found, err := q.FindSibling(ctx, op.Plan, reinstall.State.Wiping)
	switch {
	case err != nil:
		return "", err
	case found && rec.Op.State == reinstall.Unknown:
		return "nobody knows yet what became of its sibling " + ProposalLabel(rec) + never +
			"; an approver settles that one first, with /reinstall resolve", nil
	case found:
		return "its sibling " + rec.Op.TypedName() + " is being reinstalled (proposal " + rec.Op.ID + ")" + never, nil
	}
	for _, kin := range op.Plan.SiblingKeys() { // in order, so that no two wait for one another
		p, err := q.store.Reserve(ctx, model.Reservation{
			Account: kin, QueuedOp: model.QueuedOp{Op: op.ID},
			Limits: model.Limits{AtOnce: 1},
		})
		if err != nil {
			return "", err
		}
		if p.OK {
			continue
		}
		rec, found, err := q.FindSibling(ctx, op.Plan,
			func(s reinstall.State) bool { return s == reinstall.Approved || s == reinstall.Ready })
		if err != nil || !found {
			return "a sibling of it goes first" + never, err
		}
		return "its sibling " + ProposalLabel(rec) + " goes first" + never, nil
	}
	return "", nil
}

// ReleaseKinds gives the places of op's kinds back. A fault is logged: a place of an
// operation that has ended is found when it is needed.
func (q *Queue) ReleaseKinds(ctx context.Context, op reinstall.Operation) {
	for _, kin := range op.Plan.SiblingKeys() {
		if err := q.store.Unreserve(ctx, kin, op.ID); err != nil {
			q.log.Warn("budget: could not release the place of a kind, it will be reclaimed", "op", op.ID, "err", err)
		}
	}
}
