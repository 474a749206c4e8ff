package engine

import (
	"context"
	"errors"
	"slices"

	"golang.org/x/sync/errgroup"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/screen"
	"twokey/commands/search"
	"twokey/commands/view"
)

// examined is one machine, read, with the plan that its request comes to.
type examined struct {
	request  model.Request
	facts    model.Facts
	plan     model.Plan
	findings []model.Finding
}

// examineMachine finds the one machine that a request means, and runs the preflight. An
// empty or ambiguous request is refused: never 'all', never the first.
func (m *proposer) examineMachine(ctx context.Context, w model.Request, verb string) (examined, error) {
	what, l := model.RefusalTitle(verb), port.Line{Verb: verb, Request: w}
	hits, err := m.findMachines(ctx, what, w.Target, w.Account, w.Region, true)
	if err != nil {
		return examined{}, err
	}
	ref, picked := search.ParseRef(w.Target)
	switch {
	case len(hits) == 0 && picked:
		return examined{}, model.Refuse(what, "the cloud does not show "+ref.Instance+" in "+ref.Region+" of account "+
			ref.Account+" just now",
			"Try again in a minute: the form's list may be some minutes old, or the cloud's. Look at the console, "+
				"or pick another machine: /reinstall")
	case len(hits) == 0:
		return examined{}, m.refuseUnknown(ctx, l, w.Target, " in the accounts and regions that Twokey looks after",
			"Check the spelling (letter case counts), or pick it from the form: /reinstall")
	case len(hits) > 1:
		return examined{}, refuseAmbiguous(l, w.Target, hits)
	}
	f, err := m.cloud.Read(ctx, hits[0].Ref, w, "")
	if r := port.AsRefusal(err); r != nil {
		return examined{}, model.Refuse(what, r.Why, r.Next)
	}
	if err != nil {
		return examined{}, err
	}
	terms := m.machines.lookAround(ctx, &f)
	p := model.MakePlan(w, f, terms)
	return examined{w, f, p, model.Preflight(model.Case{Request: w, Facts: f, Terms: terms, Plan: p, Now: m.now()})},
		nil
}

// findMachines finds what a target names. Where a region could not be asked, and what
// the others have may not be all, it is a refusal; flags says that the verb takes
// --region.
func (m *proposer) findMachines(
	ctx context.Context, what, target, account, region string, flags bool,
) ([]model.Instance, error) {
	hits, err := m.cloud.Find(ctx, target, account, region)
	if no := (*model.UnaskedError)(nil); errors.As(err, &no) {
		if len(no.Asked) > 0 {
			return nil, screen.SearchIncomplete(no, what, target, hits, flags)
		}
		return nil, err
	}
	if r := port.AsRefusal(err); r != nil {
		return nil, model.Refuse(what, r.Why, r.Next)
	}
	return hits, err
}

// runPreflight checks who proposes, reads every machine and words all that stands
// in the way.
func (m *proposer) runPreflight(
	ctx context.Context, it port.Item, requests []model.Request,
) (me model.Person, fs []examined, err error) {
	me, err = m.mayPropose(ctx, it)
	if err != nil {
		return me, nil, err
	}
	fs = make([]examined, len(requests))
	errs := make([]error, len(requests))
	ForEach(len(requests), func(i int) {
		fs[i], errs[i] = m.examineMachine(ctx, requests[i], model.VerbPropose)
	})
	no := make([]obstacle, len(requests))
	for i, w := range requests {
		if no[i], err = m.objectionsTo(ctx, it, w, &fs[i], errs[i]); err != nil {
			return me, nil, err
		}
	}
	switch {
	case len(no) == 1 && no[0].alone != nil:
		return me, nil, no[0].alone
	case slices.ContainsFunc(no, func(o obstacle) bool { return o.alone != nil }):
		return me, nil, refuseSeveral(requests, fs, no)
	}
	if r := duplicateMachine(fs); r != nil {
		return me, nil, r
	}
	return me, fs, nil
}

// objectionsTo says what stands in the way of one machine; alone is nil if nothing does.
// f takes the warnings that are found on the way.
func (m *proposer) objectionsTo(ctx context.Context, it port.Item, w model.Request, f *examined, err error) (obstacle,
	error,
) {
	if r := port.AsRefusal(err); r != nil {
		return obstacle{alone: err, line: view.Say(view.Strong(w.Target), ": ", screen.RefusalBody(r))}, nil
	}
	if err != nil {
		return obstacle{}, err
	}
	err = m.refuseIfTaken(ctx, it, *f)
	if r := port.AsRefusal(err); r != nil {
		return obstacle{alone: r, line: screen.RefusalBody(r)}, nil
	}
	if err != nil {
		return obstacle{}, err
	}
	name := view.Strong(f.plan.DisplayName())
	if b := model.Blocking(f.findings); len(b) > 0 {
		t := view.Say(name, ":")
		for _, x := range b {
			t = append(t, view.Say(" ", view.Capitalize(view.EndSentence(x.Why)), " ", view.EndSentence(x.Next))...)
		}
		return obstacle{
			alone: &longRefusal{text: screen.BlockedText(model.RefusalTitle(model.VerbPropose), f.plan, b)}, line: t,
		}, nil
	}
	warn, err := m.people.CheckEnoughApprovers(ctx, it.User, f.plan)
	f.findings = append(f.findings, warn...)
	r := port.AsRefusal(err)
	if err != nil && r == nil {
		return obstacle{}, err
	}
	if r == nil {
		r = view.ClosedTooLong(f.plan.Terms, m.now())
	}
	if r == nil {
		return obstacle{}, nil
	}
	return obstacle{alone: r, line: view.Say(name, ": ", screen.RefusalBody(r))}, nil
}

// refuseIfTaken refuses a machine that has a live operation already, of another proposal.
func (m *proposer) refuseIfTaken(ctx context.Context, it port.Item, f examined) error {
	live, err := m.liveFor(ctx, f.plan.Ref)
	if err != nil || live == "" {
		return err
	}
	if own, err := m.madeByItem(ctx, live, it); own || err != nil {
		return err
	}
	return m.lockedRefusal(ctx, it, live, f)
}

// lockedRefusal words that the machine has a live operation already, unless that one
// is this very item's, made before a crash.
func (m *proposer) lockedRefusal(ctx context.Context, it port.Item, by string, f examined) error {
	did, err := m.store.Happened(ctx, by, it.ID)
	if err != nil || did {
		return err
	}
	next := "Look at it with /reinstall show " + by
	if rec, err := m.store.Load(ctx, by); err == nil {
		switch {
		case !m.people.MaySee(ctx, it, rec.Op):
			return model.Refuse(model.RefusalTitle(model.VerbPropose),
				f.plan.Name+" ("+f.plan.Instance+") has a proposal already, made in a channel that you are not in",
				"Ask a colleague who is on call to invite you there, or wait for its end")
		case rec.Op.State.Open():
			next += ", or cancel it first"
		case rec.Op.State == reinstall.Tampered:
			next = "Its record was changed outside Twokey, so it is stopped: an approver settles it first with " +
				"/reinstall resolve " + by
		case rec.Op.State == reinstall.Unknown:
			next = "Its outcome is unknown: an approver settles it first with /reinstall resolve " + by
		default:
			next += "; it is running, wait for its end"
		}
	}
	return model.Refuse(model.RefusalTitle(model.VerbPropose),
		screen.NameAndID(f.plan.DisplayName(), f.plan.Instance).String()+" has a proposal already: "+by, next)
}

// liveFor is the id of the operation that holds the machine, if any.
func (m *proposer) liveFor(ctx context.Context, ref model.Ref) (string, error) {
	live, err := m.store.Live(ctx)
	for _, r := range live {
		if r.Op.Plan.Ref == ref {
			return r.Op.ID, err
		}
	}
	return "", err
}

// madeByItem reports whether an operation was made by an earlier attempt at this item.
func (m *proposer) madeByItem(ctx context.Context, id string, it port.Item) (bool, error) {
	if id == "" {
		return false, nil
	}
	rec, err := m.store.Load(ctx, id)
	if port.IsNotFound(err) {
		return false, nil
	}
	return err == nil && rec.Op.OfItem(it.ID), err
}

// duplicateMachine refuses a machine that two of the words mean.
func duplicateMachine(fs []examined) *model.Refusal {
	for i := range fs {
		for j := range i {
			if fs[i].plan.Ref == fs[j].plan.Ref {
				return model.Refuse(model.RefusalTitle(model.VerbPropose),
					model.Quote(fs[j].request.Target)+" and "+model.Quote(fs[i].request.Target)+" are the same machine, "+
						fs[i].plan.Instance,
					"Name each machine once")
			}
		}
	}
	return nil
}

// readers is how many machines of one proposal are read at a time.
const readers = 4

// ForEach does something for each of several machines, for some at a time.
func ForEach(n int, do func(i int)) {
	var all errgroup.Group
	all.SetLimit(readers)
	for i := range n {
		all.Go(func() error { do(i); return nil })
	}
	_ = all.Wait() // none of them fails
}
