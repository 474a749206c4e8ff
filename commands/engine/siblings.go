package engine

import (
	"context"
	"slices"

	"twokey/commands/engine/budget"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

// lookAround completes what the cloud saw around the machine by what the
// machine and the memory tell, and returns the terms that this comes to. before
// is what an approval more was needed for until now.
func (m *machines) lookAround(ctx context.Context, f *model.Facts, before ...string) model.Terms {
	f.Around = model.CompleteAround(f.Instance, append(slices.Clone(f.Around), m.nearSibling(ctx, *f)))
	return m.policy().TermsFor(f.Subject()).Weighed(f.Around, before...)
}

// nearSibling looks for a sibling that is being reinstalled.
func (m *machines) nearSibling(ctx context.Context, f model.Facts) model.Nearby {
	observed := model.Nearby{Code: model.NearSiblings, Detection: model.NotDetected}
	rec, found, err := m.queue.FindSibling(ctx, model.MakePlan(model.Request{}, f, model.Terms{}), reinstall.State.Wiping)
	switch {
	case err != nil:
		m.log.Warn("siblings: could not look for them", "instance", f.Instance.Instance, "err", err)
		observed.Detection, observed.What = model.Unchecked, "Redis did not answer"
	case found && rec.Op.State == reinstall.Unknown:
		observed.Detection, observed.What = model.Detected,
			"has a sibling of which nobody knows whether it was reinstalled: "+budget.ProposalLabel(rec)
	case found:
		observed.Detection, observed.What = model.Detected, "has a sibling that is being reinstalled now: "+budget.ProposalLabel(rec)
	}
	return observed
}
