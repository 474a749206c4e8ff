package engine

import (
	"context"
	"slices"

	"twokey/commands/port"
	"twokey/commands/reinstall"
)

// lookAround completes what the cloud saw around the machine by what the
// machine and the memory tell, and returns the terms that this comes to. owed
// is what an approval more was owed for before.
func (m *machines) lookAround(ctx context.Context, f *reinstall.Facts, owed ...string) reinstall.Terms {
	f.Around = reinstall.Around(f.Instance, append(slices.Clone(f.Around), m.nearSibling(ctx, *f)))
	return m.policy().For(f.Subject()).Weighed(f.Around, owed...)
}

// nearSibling looks for a sibling that is being reinstalled.
func (m *machines) nearSibling(ctx context.Context, f reinstall.Facts) reinstall.Nearby {
	sight := reinstall.Nearby{Code: reinstall.NearSiblings, Seen: reinstall.NotSeen}
	rec, found, err := m.sibling(ctx, reinstall.MakePlan(reinstall.Wish{}, f, reinstall.Terms{}), reinstall.State.Wiping)
	switch {
	case err != nil:
		m.log.Warn("could not look for siblings", "instance", f.Instance.Instance, "err", err)
		sight.Seen, sight.What = reinstall.Unchecked, "Redis did not answer"
	case found && rec.Op.State == reinstall.Unknown:
		sight.Seen, sight.What = reinstall.Seen, "has a sibling of which nobody knows whether it was reinstalled: "+named(rec)
	case found:
		sight.Seen, sight.What = reinstall.Seen, "has a sibling that is being reinstalled now: "+named(rec)
	}
	return sight
}

func named(rec port.Record) string { return rec.Op.TypedName() + " (proposal " + rec.Op.ID + ")" }

// sibling finds a live operation of a sibling in a state that counts.
func (m *machines) sibling(ctx context.Context, p reinstall.Plan, counts func(reinstall.State) bool) (port.Record, bool, error) {
	live, err := m.store.Live(ctx)
	if err != nil {
		return port.Record{}, false, err
	}
	for _, rec := range live {
		if counts(rec.Op.State) && reinstall.Siblings(p, rec.Op.Plan) {
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
	rec, found, err := q.machines.sibling(ctx, op.Plan, reinstall.State.Wiping)
	switch {
	case err != nil:
		return "", err
	case found && rec.Op.State == reinstall.Unknown:
		return "nobody knows yet what became of its sibling " + named(rec) + never + "; an approver settles that one first, with /reinstall resolve", nil
	case found:
		return "its sibling " + rec.Op.TypedName() + " is being reinstalled (proposal " + rec.Op.ID + ")" + never, nil
	}
	for _, kin := range op.Plan.Kin() { // in order, so that no two wait for one another
		p, err := q.store.Reserve(ctx, reinstall.Bid{Account: kin, Waiter: reinstall.Waiter{Op: op.ID}, Limits: reinstall.Limits{AtOnce: 1}})
		if err != nil {
			return "", err
		}
		if p.OK {
			continue
		}
		rec, found, err := q.machines.sibling(ctx, op.Plan, func(s reinstall.State) bool { return s == reinstall.Approved || s == reinstall.Ready })
		if err != nil || !found {
			return "a sibling of it goes first" + never, err
		}
		return "its sibling " + named(rec) + " goes first" + never, nil
	}
	return "", nil
}

// leaveKin gives the places of its kind back.
func (k *kernel) leaveKin(ctx context.Context, op reinstall.Operation) {
	for _, kin := range op.Plan.Kin() {
		if err := k.store.Unreserve(ctx, kin, op.ID); err != nil {
			k.log.Warn("the place of a kind was not given back; it is found when it is needed", "op", op.ID, "err", err)
		}
	}
}
