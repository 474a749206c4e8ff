package engine

import (
	"context"
	"slices"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

// lookAround completes what the cloud saw around the machine by what the
// machine and the memory tell, and returns the terms that this comes to. owed
// is what an approval more was owed for before.
func (m *machines) lookAround(ctx context.Context, f *model.Facts, owed ...string) model.Terms {
	f.Around = model.CompleteAround(f.Instance, append(slices.Clone(f.Around), m.nearSibling(ctx, *f)))
	return m.policy().TermsFor(f.Subject()).Weighed(f.Around, owed...)
}

// nearSibling looks for a sibling that is being reinstalled.
func (m *machines) nearSibling(ctx context.Context, f model.Facts) model.Nearby {
	observed := model.Nearby{Code: model.NearSiblings, Detection: model.NotDetected}
	rec, found, err := m.findSibling(ctx, model.MakePlan(model.Request{}, f, model.Terms{}), reinstall.State.Wiping)
	switch {
	case err != nil:
		m.log.Warn("could not look for siblings", "instance", f.Instance.Instance, "err", err)
		observed.Detection, observed.What = model.Unchecked, "Redis did not answer"
	case found && rec.Op.State == reinstall.Unknown:
		observed.Detection, observed.What = model.Detected,
			"has a sibling of which nobody knows whether it was reinstalled: "+proposalLabel(rec)
	case found:
		observed.Detection, observed.What = model.Detected, "has a sibling that is being reinstalled now: "+proposalLabel(rec)
	}
	return observed
}

func proposalLabel(rec port.Record) string {
	return rec.Op.TypedName() + " (proposal " + rec.Op.ID + ")"
}

// findSibling finds a live operation of a sibling in a state that counts.
func (m *machines) findSibling(ctx context.Context, p model.Plan, counts func(reinstall.State) bool) (port.Record, bool,
	error,
) {
	live, err := m.store.Live(ctx)
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

// siblingFirst says which sibling's proposal the call has to wait for. What is
// being wiped is looked up; that two do not start at the same moment is the
// memory's to say: each kind has one place, taken before the call.
func (q *waiting) siblingFirst(ctx context.Context, op reinstall.Operation) (string, error) {
	const never = ", and two of a kind are never wiped at once"
	rec, found, err := q.machines.findSibling(ctx, op.Plan, reinstall.State.Wiping)
	switch {
	case err != nil:
		return "", err
	case found && rec.Op.State == reinstall.Unknown:
		return "nobody knows yet what became of its sibling " + proposalLabel(rec) + never +
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
		rec, found, err := q.machines.findSibling(ctx, op.Plan,
			func(s reinstall.State) bool { return s == reinstall.Approved || s == reinstall.Ready })
		if err != nil || !found {
			return "a sibling of it goes first" + never, err
		}
		return "its sibling " + proposalLabel(rec) + " goes first" + never, nil
	}
	return "", nil
}

// releaseSiblingKeys gives the places of its kind back.
func (k *kernel) releaseSiblingKeys(ctx context.Context, op reinstall.Operation) {
	for _, kin := range op.Plan.SiblingKeys() {
		if err := k.store.Unreserve(ctx, kin, op.ID); err != nil {
			k.log.Warn("the place of a kind was not given back; it is found when it is needed", "op", op.ID, "err", err)
		}
	}
}
