package engine

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/screen"
	"twokey/commands/view"
)

// found is one machine, read, with the plan that its wish comes to.
type found struct {
	wish     reinstall.Wish
	facts    reinstall.Facts
	plan     reinstall.Plan
	findings []reinstall.Finding
}

// examine finds the one machine that a wish means, and runs the preflight. An
// empty or ambiguous wish is refused: never 'all', never the first.
func (m *proposer) examine(ctx context.Context, w reinstall.Wish, what string) (found, error) {
	hits, err := m.seekOne(ctx, what, w.Target, w.Account, w.Region, true)
	if err != nil {
		return found{}, err
	}
	ref, picked := screen.ParseRef(w.Target)
	switch {
	case len(hits) == 0 && picked:
		return found{}, reinstall.Refuse(what, "the cloud does not show "+ref.Instance+" in "+ref.Region+" of account "+ref.Account+" just now",
			"Try again in a minute: the form's list may be some minutes old, or the cloud's. Look at the console, or pick another machine: /reinstall")
	case len(hits) == 0:
		return found{}, reinstall.Refuse(what, "no machine has the name, id or IP "+reinstall.Quote(w.Target)+" in the accounts and regions that Twokey looks after",
			"Check the spelling (letter case counts), or pick it from the form: /reinstall")
	case len(hits) > 1:
		return found{}, screen.Ambiguous(what, w.Target, hits)
	}
	f, err := m.cloud.Read(ctx, hits[0].Ref, w, "")
	if r := port.AsRefusal(err); r != nil {
		return found{}, reinstall.Refuse(what, r.Why, r.Next)
	}
	if err != nil {
		return found{}, err
	}
	terms := m.machines.lookAround(ctx, &f)
	p := reinstall.MakePlan(w, f, terms)
	return found{w, f, p, reinstall.Preflight(reinstall.Case{Wish: w, Facts: f, Terms: terms, Plan: p, Now: m.now()})}, nil
}

// seekOne finds what a target names. Where a region could not be asked, and what
// the others have may not be all, it is a refusal; flags says that the verb takes
// --region.
func (m *proposer) seekOne(
	ctx context.Context, what, target, account, region string, flags bool,
) ([]reinstall.Instance, error) {
	hits, err := m.cloud.Find(ctx, target, account, region)
	if no := (*reinstall.UnaskedError)(nil); errors.As(err, &no) {
		if len(no.Asked) > 0 {
			return nil, screen.NotSought(no, what, target, hits, flags)
		}
		return nil, err
	}
	if r := port.AsRefusal(err); r != nil {
		return nil, reinstall.Refuse(what, r.Why, r.Next)
	}
	return hits, err
}

// preflight checks who proposes, reads every machine and words all that stands
// in the way.
func (m *proposer) preflight(
	ctx context.Context, it port.Item, wishes []reinstall.Wish,
) (me reinstall.Person, fs []found, err error) {
	me, r, err := m.mayPropose(ctx, it)
	if r != nil || err != nil {
		return me, nil, screen.Either(r, err)
	}
	fs = make([]found, len(wishes))
	errs := make([]error, len(wishes))
	ForEach(len(wishes), func(i int) { fs[i], errs[i] = m.examine(ctx, wishes[i], screen.DoingOf(reinstall.VerbPropose)) })
	var no []obstacle
	for i, w := range wishes {
		o, err := m.against(ctx, it, w, &fs[i], errs[i])
		if err != nil {
			return me, nil, err
		}
		if o.alone != nil {
			no = append(no, o)
		}
	}
	switch {
	case len(no) > 0 && len(wishes) == 1:
		return me, nil, no[0].alone
	case len(no) > 0:
		return me, nil, &refusedAtLength{noneOf(len(wishes), no)}
	}
	if r := sameTwice(fs); r != nil {
		return me, nil, r
	}
	return me, fs, nil
}

// An obstacle stands in the way of one machine.
type obstacle struct {
	alone error          // the refusal if no other machine was named
	line  reinstall.Text // the same as a line among those of several
}

// noneOf words what refuses a proposal for several machines: a line for each.
func noneOf(of int, no []obstacle) reinstall.Text {
	t := reinstall.Say(reinstall.Emoji("no_entry"), " ", reinstall.Strong(screen.DoingOf(reinstall.VerbPropose)),
		fmt.Sprintf(": %d of %d machines cannot be reinstalled like this, so nothing is proposed.", len(no), of))
	for _, o := range no {
		t = append(t, reinstall.Say("\n• ", o.line)...)
	}
	return append(t, reinstall.Say("\nNothing was started. Leave them out, or propose them one by one; words that belong together need quotation marks.")...)
}

// against says what stands in the way of one machine; alone is nil if nothing does.
// f takes the warnings that are found on the way.
func (m *proposer) against(ctx context.Context, it port.Item, w reinstall.Wish, f *found, err error) (obstacle, error) {
	if r := port.AsRefusal(err); r != nil {
		return obstacle{r, reinstall.Say(reinstall.Strong(w.Target), ": ", screen.WhyNot(r))}, nil
	}
	if err != nil {
		return obstacle{}, err
	}
	if r, err := m.taken(ctx, it, *f); r != nil {
		return obstacle{r, screen.WhyNot(r)}, nil
	} else if err != nil {
		return obstacle{}, err
	}
	name := reinstall.Strong(f.plan.Called())
	if b := reinstall.Blocking(f.findings); len(b) > 0 {
		t := reinstall.Say(name, ":")
		for _, x := range b {
			t = append(t, reinstall.Say(" ", screen.Capital(view.Dot(x.Why)), " ", view.Dot(x.Next))...)
		}
		return obstacle{&refusedAtLength{screen.Blocked(screen.DoingOf(reinstall.VerbPropose), f.plan, b)}, t}, nil
	}
	warn, r, err := m.people.Enough(ctx, it.User, f.plan)
	f.findings = append(f.findings, warn...)
	if r == nil && err == nil {
		r = view.ClosedTooLong(f.plan.Terms, m.now())
	}
	if r == nil {
		return obstacle{}, err
	}
	return obstacle{r, reinstall.Say(name, ": ", screen.WhyNot(r))}, nil
}

// taken refuses a machine that has a live operation already, of another proposal.
func (m *proposer) taken(ctx context.Context, it port.Item, f found) (*reinstall.Refusal, error) {
	live, err := m.liveFor(ctx, f.plan.Ref)
	if err != nil || live == "" {
		return nil, err
	}
	if own, err := m.isOf(ctx, live, it); own || err != nil {
		return nil, err
	}
	return m.locked(ctx, it, live, f)
}

// locked words that the machine has a live operation already, unless that one
// is this very item's, made before a crash.
func (m *proposer) locked(ctx context.Context, it port.Item, by string, f found) (*reinstall.Refusal, error) {
	did, err := m.store.Happened(ctx, by, it.ID)
	if err != nil || did {
		return nil, err
	}
	next := "Look at it with /reinstall show " + by
	if rec, err := m.store.Load(ctx, by); err == nil {
		switch {
		case !m.people.Sees(ctx, it, rec.Op):
			return reinstall.Refuse(screen.DoingOf(reinstall.VerbPropose),
				f.plan.Name+" ("+f.plan.Instance+") has a proposal already, made in a channel that you are not in",
				"Ask a colleague who is on call to invite you there, or wait for its end"), nil
		case rec.Op.State.Open():
			next += ", or cancel it first"
		case rec.Op.State == reinstall.Tampered:
			next = "Its record was changed outside Twokey, so it is stopped: an approver settles it first with /reinstall resolve " + by
		case rec.Op.State == reinstall.Unknown:
			next = "Its outcome is unknown: an approver settles it first with /reinstall resolve " + by
		default:
			next += "; it is running, wait for its end"
		}
	}
	return reinstall.Refuse(screen.DoingOf(reinstall.VerbPropose),
		screen.Whole(f.plan.Called(), f.plan.Instance).String()+" has a proposal already: "+by, next), nil
}

// liveFor is the id of the operation that holds the machine, if any.
func (m *proposer) liveFor(ctx context.Context, ref reinstall.Ref) (string, error) {
	live, err := m.store.Live(ctx)
	for _, r := range live {
		if r.Op.Plan.Ref == ref {
			return r.Op.ID, err
		}
	}
	return "", err
}

// isOf reports whether an operation was made by an earlier attempt at this item.
func (m *proposer) isOf(ctx context.Context, id string, it port.Item) (bool, error) {
	if id == "" {
		return false, nil
	}
	rec, err := m.store.Load(ctx, id)
	if port.IsNotFound(err) {
		return false, nil
	}
	return err == nil && rec.Op.OfItem(it.ID), err
}

// sameTwice refuses a machine that two of the words mean.
func sameTwice(fs []found) *reinstall.Refusal {
	for i := range fs {
		for j := range i {
			if fs[i].plan.Ref == fs[j].plan.Ref {
				return reinstall.Refuse(screen.DoingOf(reinstall.VerbPropose),
					reinstall.Quote(fs[j].wish.Target)+" and "+reinstall.Quote(fs[i].wish.Target)+" are the same machine, "+fs[i].plan.Instance,
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
