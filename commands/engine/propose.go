package engine

import (
	"context"
	"errors"
	"fmt"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/screen"
	"twokey/commands/view"
)

// found is one machine, read, with the plan that the wish comes to.
type found struct {
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
	return found{f, p, reinstall.Preflight(reinstall.Case{Wish: w, Facts: f, Terms: terms, Plan: p, Now: m.now()})}, nil
}

// seekOne finds what a target names. Where a region could not be asked, and what
// the others have may not be all, it is a refusal; flags says that the verb takes
// --region.
func (m *proposer) seekOne(ctx context.Context, what, target, account, region string, flags bool) ([]reinstall.Instance, error) {
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

// propose makes a proposal of a wish.
func (m *proposer) propose(ctx context.Context, it port.Item, w reinstall.Wish) (reinstall.Text, error) {
	me, r, err := m.mayPropose(ctx, it)
	if r != nil || err != nil {
		return nil, screen.Either(r, err)
	}
	f, err := m.examine(ctx, w, screen.DoingOf(reinstall.VerbPropose))
	if err != nil {
		return nil, err
	}
	if b := reinstall.Blocking(f.findings); len(b) > 0 {
		if made, err := m.madeBefore(ctx, it); made || err != nil {
			return nil, err
		}
		if live, err := m.liveFor(ctx, f.plan.Ref); err != nil || live != "" {
			if err != nil {
				return nil, err
			}
			return nil, m.locked(ctx, it, live, f)
		}
		return nil, &refusedAtLength{screen.Blocked(screen.DoingOf(reinstall.VerbPropose), f.plan, b)}
	}
	warn, r, err := m.people.Enough(ctx, it.User, f.plan)
	if f.findings = append(f.findings, warn...); r != nil || err != nil {
		return nil, screen.Either(r, err)
	}
	if r := view.ClosedTooLong(f.plan.Terms, m.now()); r != nil {
		return nil, r
	}
	for range tries {
		id := m.store.NewID(f.plan.Ref)
		op, r := reinstall.Propose(id, it.Channel, it.User, w, f.plan, f.facts, f.findings, m.now())
		if r != nil {
			return nil, r
		}
		op.ProposerMail, op.Reply = me.Mailbox(), it.Reply // the mailbox as it was checked
		_, err := m.store.Create(ctx, m.creation(it, op))
		var locked *port.LockedError
		switch {
		case errors.Is(err, port.ErrExists):
			continue
		case errors.As(err, &locked):
			return nil, m.locked(ctx, it, locked.By, f)
		case err != nil:
			return nil, err
		}
		m.count("transition", string(op.State), reinstall.VerbPropose)
		m.log.Info("proposed", "op", op.ID, "instance", op.Plan.Instance, "by", it.User, "plan", op.Print)
		m.Nudge()
		return nil, nil
	}
	return nil, errors.New("no free id was found")
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

// madeBefore reports whether an earlier attempt at this very item, before a
// crash, made its proposal: then what blocks now is that proposal's own doing.
func (m *proposer) madeBefore(ctx context.Context, it port.Item) (bool, error) {
	if it.Tries < 2 {
		return false, nil
	}
	live, err := m.store.Live(ctx)
	if err != nil {
		return false, err
	}
	for _, r := range live {
		if did, err := m.store.Happened(ctx, r.Op.ID, it.ID); did || err != nil {
			return did, err
		}
	}
	return false, nil
}

// creation is the change that stores a new operation.
func (m *proposer) creation(it port.Item, op reinstall.Operation) port.Change {
	line := screen.Opening(op)
	return port.Change{
		Op: op, Command: it.ID, By: it.User, What: reinstall.VerbPropose, Det: line.String(), In: wakeUp(op, m.now()),
		Posts: append([]port.Post{
			{Kind: port.PostCard, Key: op.ID + ".1.card", Op: op.ID, Rev: 1},
			{Kind: port.PostLine, Key: op.ID + ".1.0", Op: op.ID, Rev: 1, Text: line},
		}, callPosts(op.ID, 1, op)...),
	}
}

// locked words that the machine has a live operation already, unless that one
// is this very item's, made before a crash.
func (m *proposer) locked(ctx context.Context, it port.Item, by string, f found) error {
	did, err := m.store.Happened(ctx, by, it.ID)
	if err != nil || did {
		return err
	}
	next := "Look at it with /reinstall show " + by
	if rec, err := m.store.Load(ctx, by); err == nil {
		switch {
		case !m.people.Sees(ctx, it, rec.Op):
			return reinstall.Refuse(screen.DoingOf(reinstall.VerbPropose), f.plan.Name+" ("+f.plan.Instance+") has a proposal already, made in a channel that you are not in",
				"Ask a colleague who is on call to invite you there, or wait for its end")
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
	return reinstall.Refuse(screen.DoingOf(reinstall.VerbPropose), screen.Whole(f.plan.Called(), f.plan.Instance).String()+" has a proposal already: "+by, next)
}

// mayPropose refuses whoever the policy does not let propose, and places where
// proposals are not made. It returns who proposes: of them one account counts,
// so that their mailbox is known.
func (m *proposer) mayPropose(ctx context.Context, it port.Item) (me reinstall.Person, no *reinstall.Refusal, err error) {
	what := screen.DoingOf(reinstall.VerbPropose)
	s, err := m.people.Proposing(ctx, it.User)
	if err != nil {
		return me, nil, err
	}
	if r := s.Member(what); r != nil {
		return me, reinstall.Refuse(what, r.Why, "Ask a colleague who is on call"), nil
	}
	if r := s.Known(what); r != nil {
		return me, r, nil
	}
	if !s.Proposer {
		return me, reinstall.Refuse(what, "the policy does not let you propose", "Ask a colleague who is on call"), nil
	}
	no, err = m.mayPlace(ctx, it)
	return s.Person, no, err
}

// mayPlace refuses a channel where proposals are not made.
func (m *proposer) mayPlace(ctx context.Context, it port.Item) (*reinstall.Refusal, error) {
	what := screen.DoingOf(reinstall.VerbPropose)
	room, err := m.people.ProposalChannel(ctx, it.Channel)
	if r := port.AsRefusal(err); r != nil {
		return r, nil
	}
	if err != nil {
		return nil, err
	}
	switch {
	case room.Shared:
		return reinstall.Refuse(what, "this channel is shared with another company", "Propose in a channel of your own workspace"), nil
	case !room.Member:
		return reinstall.Refuse(what, "Twokey is not in this channel, so it could not post the proposal", "Invite it (/invite), then propose again"), nil
	}
	return nil, nil
}

// check runs the preflight alone and whispers what it found.
func (m *proposer) check(ctx context.Context, it port.Item, w reinstall.Wish) (reinstall.Text, error) {
	f, err := m.examine(ctx, w, screen.DoingOf(reinstall.VerbCheck))
	if err != nil {
		return nil, err
	}
	if b := reinstall.Blocking(f.findings); len(b) > 0 {
		return screen.Blocked("Would be refused", f.plan, b), nil
	}
	warn, r, err := m.people.Enough(ctx, it.User, f.plan)
	if err != nil {
		return nil, err
	}
	if f.findings = append(f.findings, warn...); r != nil {
		return reinstall.Say(reinstall.Emoji("no_entry"), " ", reinstall.Strong("Would be refused"), ": ", screen.WhyNot(r), " Nothing was started."), nil
	}
	t := reinstall.Say(reinstall.Emoji("white_check_mark"), " ", screen.Whole(f.plan.Called(), f.plan.Instance), " can be reinstalled: it would become ", f.plan.Image.OSName, ".")
	for _, x := range f.findings {
		t = append(t, reinstall.Say("\n• ", screen.Capital(view.Dot(x.Why)), screen.Next(x.Next))...)
	}
	for _, l := range screen.AroundLines(f.facts.Around, f.plan.Terms, false) {
		t = append(append(t, reinstall.Say("\n")...), l...)
	}
	if live, err := m.liveFor(ctx, f.plan.Ref); err != nil {
		return nil, err
	} else if live != "" {
		t = append(t, m.openFor(ctx, it, live)...)
	}
	t = append(t, screen.ClosedNow(f.plan.Terms, m.now())...)
	n := 0
	for _, e := range f.facts.Evidence {
		if e.Usable(f.plan, m.now()) == nil {
			n++
		}
	}
	return append(t, reinstall.Say(fmt.Sprintf("\nBackups that would count: %d. Approvals needed: %d. Nothing was started.", n, f.plan.Terms.Approvals))...), nil
}

// openFor tells of the proposal that has a machine, by its id to whoever may see
// it.
func (m *proposer) openFor(ctx context.Context, it port.Item, live string) reinstall.Text {
	if rec, err := m.store.Load(ctx, live); err != nil || !m.people.Sees(ctx, it, rec.Op) {
		return reinstall.Say("\n• But a proposal is open for it, made in a channel that you are not in.")
	}
	return reinstall.Say("\n• But proposal ", reinstall.Mono(live), " is open for it: /reinstall show "+live+".")
}

// proposes makes the proposal that an item asks for, for one machine or several.
func (m *proposer) proposes(ctx context.Context, it port.Item, l port.Line) (reinstall.Text, error) {
	if len(l.Targets) > 0 {
		return m.proposeAll(ctx, it, l)
	}
	return m.propose(ctx, it, l.Wish)
}
