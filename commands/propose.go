package commands

import (
	"context"
	"errors"
	"fmt"

	"twokey/commands/reinstall"
)

// found is one machine, read, with the plan that the wish comes to.
type found struct {
	facts    reinstall.Facts
	plan     reinstall.Plan
	findings []reinstall.Finding
}

// examine finds the one machine that a wish means, and runs the preflight. An
// empty or ambiguous wish is refused: never 'all', never the first.
func (d *Desk) examine(ctx context.Context, w reinstall.Wish, what string) (found, error) {
	hits, err := d.seekOne(ctx, what, w.Target, w.Account, w.Region, true)
	if err != nil {
		return found{}, err
	}
	ref, picked := parseRef(w.Target)
	switch {
	case len(hits) == 0 && picked:
		return found{}, reinstall.Refuse(what, "the cloud does not show "+ref.Instance+" in "+ref.Region+" of account "+ref.Account+" just now",
			"Try again in a minute: the form's list may be some minutes old, or the cloud's. Look at the console, or pick another machine: /reinstall")
	case len(hits) == 0:
		return found{}, reinstall.Refuse(what, "no machine has the name, id or IP "+reinstall.Quote(w.Target)+" in the accounts and regions that Twokey looks after",
			"Check the spelling (letter case counts), or pick it from the form: /reinstall")
	case len(hits) > 1:
		return found{}, ambiguous(what, w.Target, hits)
	}
	f, err := d.cloud.Read(ctx, hits[0].Ref, w, "")
	if r := asRefusal(err); r != nil {
		return found{}, reinstall.Refuse(what, r.Why, r.Next)
	}
	if err != nil {
		return found{}, err
	}
	terms := d.lookAround(ctx, &f)
	p := reinstall.MakePlan(w, f, terms)
	return found{f, p, reinstall.Preflight(reinstall.Case{Wish: w, Facts: f, Terms: terms, Plan: p, Now: d.now()})}, nil
}

// seekOne finds what a target names. Where a region could not be asked, and what
// the others have may not be all, it is a refusal; flags says that the verb takes
// --region.
func (d *Desk) seekOne(ctx context.Context, what, target, account, region string, flags bool) ([]reinstall.Instance, error) {
	hits, err := d.cloud.Find(ctx, target, account, region)
	if no := (*UnaskedError)(nil); errors.As(err, &no) {
		if len(no.Asked) > 0 {
			return nil, notSought(no, what, target, hits, flags)
		}
		return nil, err
	}
	if r := asRefusal(err); r != nil {
		return nil, reinstall.Refuse(what, r.Why, r.Next)
	}
	return hits, err
}

func ambiguous(what, target string, hits []reinstall.Instance) *reinstall.Refusal {
	return reinstall.Refuse(what, fmt.Sprintf("%d machines are called %s: %s", len(hits), reinstall.Quote(target), listed(hits)), "Use the id of the one you mean")
}

// listed names machines so that one can be told from another.
func listed(hits []reinstall.Instance) string {
	list := ""
	for i, h := range hits {
		if i == 5 {
			list += fmt.Sprintf(" and %d more", len(hits)-5)
			break
		}
		if i > 0 {
			list += ", "
		}
		ip := ""
		if len(h.PrivateIPs) > 0 {
			ip = " " + h.PrivateIPs[0]
		}
		list += h.Instance + " (" + h.Region + ip + ")"
	}
	return list
}

// propose makes a proposal of a wish.
func (d *Desk) propose(ctx context.Context, it Item, w reinstall.Wish) (text, error) {
	me, r, err := d.mayPropose(ctx, it)
	if r != nil || err != nil {
		return nil, either(r, err)
	}
	f, err := d.examine(ctx, w, doingOf(VerbPropose))
	if err != nil {
		return nil, err
	}
	if b := reinstall.Blocking(f.findings); len(b) > 0 {
		if made, err := d.madeBefore(ctx, it); made || err != nil {
			return nil, err
		}
		if live, err := d.liveFor(ctx, f.plan.Ref); err != nil || live != "" {
			if err != nil {
				return nil, err
			}
			return nil, d.locked(ctx, it, live, f)
		}
		return nil, &refusedAtLength{blocked(doingOf(VerbPropose), f.plan, b)}
	}
	if r, err := d.enough(ctx, it.User, &f); r != nil || err != nil {
		return nil, either(r, err)
	}
	if r := closedTooLong(f.plan.Terms, d.now()); r != nil {
		return nil, r
	}
	for range tries {
		id := d.store.NewID(f.plan.Ref)
		op, r := reinstall.Propose(id, it.Channel, it.User, w, f.plan, f.facts, f.findings, d.now())
		if r != nil {
			return nil, r
		}
		op.ProposerMail, op.Reply = me.Mailbox(), it.Reply // the mailbox as it was checked
		_, err := d.store.Create(ctx, d.creation(it, op))
		var locked *LockedError
		switch {
		case errors.Is(err, ErrExists):
			continue
		case errors.As(err, &locked):
			return nil, d.locked(ctx, it, locked.By, f)
		case err != nil:
			return nil, err
		}
		d.count("transition", string(op.State), VerbPropose)
		d.log.Info("proposed", "op", op.ID, "instance", op.Plan.Instance, "by", it.User, "plan", op.Print)
		d.nudge()
		return nil, nil
	}
	return nil, errors.New("no free id was found")
}

// liveFor is the id of the operation that holds the machine, if any.
func (d *Desk) liveFor(ctx context.Context, ref reinstall.Ref) (string, error) {
	live, err := d.store.Live(ctx)
	for _, r := range live {
		if r.Op.Plan.Ref == ref {
			return r.Op.ID, err
		}
	}
	return "", err
}

// madeBefore reports whether an earlier attempt at this very item, before a
// crash, made its proposal: then what blocks now is that proposal's own doing.
func (d *Desk) madeBefore(ctx context.Context, it Item) (bool, error) {
	if it.Tries < 2 {
		return false, nil
	}
	live, err := d.store.Live(ctx)
	if err != nil {
		return false, err
	}
	for _, r := range live {
		if did, err := d.store.Happened(ctx, r.Op.ID, it.ID); did || err != nil {
			return did, err
		}
	}
	return false, nil
}

// creation is the change that stores a new operation.
func (d *Desk) creation(it Item, op reinstall.Operation) Change {
	line := opening(op)
	return Change{
		Op: op, Command: it.ID, By: it.User, What: VerbPropose, Det: line.String(), In: wakeUp(op, d.now()),
		Posts: append([]Post{
			{Kind: PostCard, Key: op.ID + ".1.card", Op: op.ID, Rev: 1},
			{Kind: PostLine, Key: op.ID + ".1.0", Op: op.ID, Rev: 1, Text: line},
		}, callPosts(op.ID, 1, op)...),
	}
}

// locked words that the machine has a live operation already, unless that one
// is this very item's, made before a crash.
func (d *Desk) locked(ctx context.Context, it Item, by string, f found) error {
	did, err := d.store.Happened(ctx, by, it.ID)
	if err != nil || did {
		return err
	}
	next := "Look at it with /reinstall show " + by
	if rec, err := d.store.Load(ctx, by); err == nil {
		switch {
		case !d.sees(ctx, it, rec.Op):
			return reinstall.Refuse(doingOf(VerbPropose), f.plan.Name+" ("+f.plan.Instance+") has a proposal already, made in a channel that you are not in",
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
	return reinstall.Refuse(doingOf(VerbPropose), whole(f.plan.Called(), f.plan.Instance).String()+" has a proposal already: "+by, next)
}

func either(r *reinstall.Refusal, err error) error {
	if r != nil {
		return r
	}
	return err
}

// mayPropose refuses whoever the policy does not let propose, and places where
// proposals are not made. It returns who proposes: of them one account counts,
// so that their mailbox is known.
func (d *Desk) mayPropose(ctx context.Context, it Item) (me reinstall.Person, no *reinstall.Refusal, err error) {
	what := doingOf(VerbPropose)
	s, err := d.proposing(ctx, it.User)
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
	no, err = d.mayPlace(ctx, it)
	return s.Person, no, err
}

// mayPlace refuses a channel where proposals are not made.
func (d *Desk) mayPlace(ctx context.Context, it Item) (*reinstall.Refusal, error) {
	what := doingOf(VerbPropose)
	room, known := d.lately.rooms.get(it.Channel, d.now(), roomAge)
	if !known {
		asked := d.now()
		var err error
		room, err = d.chat.Channel(ctx, it.Channel)
		if r := asRefusal(err); r != nil {
			return r, nil
		}
		if err != nil {
			return nil, err
		}
		if room.Member && !room.Shared {
			d.lately.rooms.put(it.Channel, room, asked)
		}
	}
	switch {
	case room.Shared:
		return reinstall.Refuse(what, "this channel is shared with another company", "Propose in a channel of your own workspace"), nil
	case !room.Member:
		return reinstall.Refuse(what, "Twokey is not in this channel, so it could not post the proposal", "Invite it (/invite), then propose again"), nil
	}
	return nil, nil
}

// blocked words a preflight that says no: every finding that blocks.
func blocked(what string, p reinstall.Plan, b []reinstall.Finding) text {
	t := say(sign("no_entry"), " ", strong(what), ": ", whole(p.Called(), p.Instance), " cannot be reinstalled like this.")
	for _, x := range b {
		t = append(t, say("\n• ", capital(dot(x.Why)), " ", dot(x.Next))...)
	}
	return append(t, say("\nNothing was started.")...)
}

// check runs the preflight alone and whispers what it found.
func (d *Desk) check(ctx context.Context, it Item, w reinstall.Wish) (text, error) {
	f, err := d.examine(ctx, w, doingOf(VerbCheck))
	if err != nil {
		return nil, err
	}
	if b := reinstall.Blocking(f.findings); len(b) > 0 {
		return blocked("Would be refused", f.plan, b), nil
	}
	if r, err := d.enough(ctx, it.User, &f); err != nil {
		return nil, err
	} else if r != nil {
		return say(sign("no_entry"), " ", strong("Would be refused"), ": ", whyNot(r), " Nothing was started."), nil
	}
	t := say(sign("white_check_mark"), " ", whole(f.plan.Called(), f.plan.Instance), " can be reinstalled: it would become ", f.plan.Image.OSName, ".")
	for _, x := range f.findings {
		t = append(t, say("\n• ", capital(dot(x.Why)), next(x.Next))...)
	}
	for _, l := range aroundLines(f.facts.Around, f.plan.Terms, false) {
		t = append(append(t, say("\n")...), l...)
	}
	if live, err := d.liveFor(ctx, f.plan.Ref); err != nil {
		return nil, err
	} else if live != "" {
		t = append(t, d.openFor(ctx, it, live)...)
	}
	t = append(t, closedNow(f.plan.Terms, d.now())...)
	n := 0
	for _, e := range f.facts.Evidence {
		if e.Usable(f.plan, d.now()) == nil {
			n++
		}
	}
	return append(t, say(fmt.Sprintf("\nBackups that would count: %d. Approvals needed: %d. Nothing was started.", n, f.plan.Terms.Approvals))...), nil
}

// openFor tells of the proposal that has a machine, by its id to whoever may see
// it.
func (d *Desk) openFor(ctx context.Context, it Item, live string) text {
	if rec, err := d.store.Load(ctx, live); err != nil || !d.sees(ctx, it, rec.Op) {
		return say("\n• But a proposal is open for it, made in a channel that you are not in.")
	}
	return say("\n• But proposal ", mono(live), " is open for it: /reinstall show "+live+".")
}
