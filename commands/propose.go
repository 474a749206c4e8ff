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
	hits, err := d.cloud.Find(ctx, w.Target, w.Account, w.Region)
	if r := asRefusal(err); r != nil {
		return found{}, reinstall.Refuse(what, r.Why, r.Next)
	}
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

func ambiguous(what, target string, hits []reinstall.Instance) *reinstall.Refusal {
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
	return reinstall.Refuse(what, fmt.Sprintf("%d machines are called %s: %s", len(hits), reinstall.Quote(target), list), "Use the id of the one you mean")
}

// propose makes a proposal of a wish.
func (d *Desk) propose(ctx context.Context, it Item, w reinstall.Wish) (text, error) {
	if r, err := d.mayPropose(ctx, it); r != nil || err != nil {
		return nil, either(r, err)
	}
	f, err := d.examine(ctx, w, doing[VerbPropose])
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
		return nil, &refusedAtLength{blocked(doing[VerbPropose], f, b)}
	}
	if r, err := d.enough(ctx, it.User, f.plan.Terms); r != nil || err != nil {
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
		me, err := d.whoIs(ctx, it.User)
		if err != nil {
			return nil, err
		}
		op.ProposerMail, op.Reply = me.Mailbox(), it.Reply
		_, err = d.store.Create(ctx, d.creation(it, op))
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

// enough refuses a proposal that could never be approved: there are not as many
// approvers besides its proposer as it needs.
func (d *Desk) enough(ctx context.Context, proposer string, t reinstall.Terms) (*reinstall.Refusal, error) {
	if len(t.Quorum) > 0 {
		return d.enoughSeats(ctx, proposer, t)
	}
	named, unread := d.everyone(ctx, t.MayEver())
	may := map[string]bool{}
	for _, u := range named {
		may[u] = true
	}
	delete(may, proposer)
	if len(may) >= t.Approvals || unread != nil {
		return nil, unreadUnless(len(may) >= t.Approvals, unread)
	}
	return reinstall.Refuse(doing[VerbPropose], fmt.Sprintf("it needs %d approvals, and besides you the policy names %d who could give one", t.Approvals, len(may)),
		"Let a colleague propose it, or have another approver named"), nil
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
		Posts: []Post{
			{Kind: PostCard, Key: op.ID + ".1.card", Op: op.ID, Rev: 1},
			{Kind: PostLine, Key: op.ID + ".1.0", Op: op.ID, Rev: 1, Text: line},
		},
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
		case rec.Op.State.Open():
			next += ", or cancel it first"
		case rec.Op.State == reinstall.Unknown:
			next = "Its outcome is unknown: an approver settles it first with /reinstall resolve " + by
		default:
			next += "; it is running, wait for its end"
		}
	}
	return reinstall.Refuse(doing[VerbPropose], f.plan.Name+" ("+f.plan.Instance+") has a proposal already: "+by, next)
}

func either(r *reinstall.Refusal, err error) error {
	if r != nil {
		return r
	}
	return err
}

// mayPropose refuses whoever the policy does not let propose, and places where
// proposals are not made.
func (d *Desk) mayPropose(ctx context.Context, it Item) (*reinstall.Refusal, error) {
	what := doing[VerbPropose]
	s, err := d.proposing(ctx, it.User)
	if err != nil {
		return nil, err
	}
	if r := s.Member(what); r != nil {
		return reinstall.Refuse(what, r.Why, "Ask a colleague who is on call"), nil
	}
	if r := s.Known(what); r != nil {
		return r, nil
	}
	if !s.Proposer {
		return reinstall.Refuse(what, "the policy does not let you propose", "Ask a colleague who is on call"), nil
	}
	room, known := d.lately.rooms.get(it.Channel, d.now(), roomAge)
	if !known {
		asked := d.now()
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
func blocked(what string, f found, b []reinstall.Finding) text {
	t := say(sign("no_entry"), " ", strong(what), ": ", strong(f.plan.Name), " (", mono(f.plan.Instance), ") cannot be reinstalled like this.")
	for _, x := range b {
		t = append(t, say("\n• ", capital(dot(x.Why)), " ", dot(x.Next))...)
	}
	return append(t, say("\nNothing was started.")...)
}

// check runs the preflight alone and whispers what it found.
func (d *Desk) check(ctx context.Context, w reinstall.Wish) (text, error) {
	f, err := d.examine(ctx, w, doing[VerbCheck])
	if err != nil {
		return nil, err
	}
	if b := reinstall.Blocking(f.findings); len(b) > 0 {
		return blocked("Would be refused", f, b), nil
	}
	t := say(sign("white_check_mark"), " ", strong(f.plan.Name), " (", mono(f.plan.Instance), ") can be reinstalled: it would become ", f.plan.Image.OSName, ".")
	for _, x := range f.findings {
		t = append(t, say("\n• ", capital(dot(x.Why)))...)
	}
	for _, l := range aroundLines(f.facts.Around, f.plan.Terms, false) {
		t = append(append(t, say("\n")...), l...)
	}
	if live, err := d.liveFor(ctx, f.plan.Ref); err != nil {
		return nil, err
	} else if live != "" {
		t = append(t, say("\n• But proposal ", mono(live), " is open for it: /reinstall show "+live+".")...)
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
