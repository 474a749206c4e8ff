package commands

import (
	"context"

	"twokey/commands/reinstall"
)

// What becomes of a backup image for which the machine is powered off: when it
// may be begun, and what people read of it (reinstall.Operation.MayStop).

// mayStop has an image that would stop the machine wait until it may be begun:
// asked before anything is done for it, and at the very end once more.
func (d *Desk) mayStop(ctx context.Context, l leased) (done bool, err error) {
	if !l.Op.StopAsked() {
		return false, nil
	}
	if l.Op.StopOwed() { // people are waited for, and wake it
		d.release(ctx, l.Claim, wakeUp(l.Op, d.now()))
		return true, nil
	}
	w := &reinstall.ImageWaits{Why: whoUnread}
	if who, err := d.agreed(ctx, l.Op); err == nil { // that takes a while; the rest is read last
		frozen, err := d.lastStop(ctx)
		if err != nil {
			return true, err
		}
		w = l.Op.MayStop(frozen, d.policy().For(l.Op.Plan.Subject()).Calendar, who, d.now())
	}
	switch {
	case w != nil && l.Op.ImageWaiting(*w):
		d.release(ctx, l.Claim, waitPoll)
		return true, nil
	case w != nil:
		return true, d.advance(ctx, l, *w)
	case l.Op.Making.Waits != "":
		return true, d.advance(ctx, l, reinstall.ImageGoesOn{})
	}
	return d.stopMoved(ctx, l)
}

// stopMoved is the last look before the machine is stopped: its record is the one
// that was decided on, and nobody has just asked to end it.
func (d *Desk) stopMoved(ctx context.Context, l leased) (moved bool, err error) {
	asked, err := d.store.Stopping(ctx, l.Op.ID, l.Op.LeadID())
	if err != nil {
		return true, err
	}
	rec, err := d.store.Load(ctx, l.Op.ID)
	if err != nil {
		return true, err
	}
	if asked || rec.Rev != l.Rev {
		d.release(ctx, l.Claim, again)
		return true, nil
	}
	return false, nil
}

// agreed reads again who they are on whose word the machine is stopped.
func (d *Desk) agreed(ctx context.Context, op oper) (map[string]reinstall.Standing, error) {
	who, err := d.witnesses(ctx, op)
	by := op.Making.Agreed
	if err != nil || by == "" {
		return who, err
	}
	ctx, cancel := context.WithTimeout(ctx, witnessFor)
	defer cancel()
	s := reinstall.Standing{}
	if s.Person, err = d.person(ctx, by); err == nil {
		s.Approver, err = d.withinNow(ctx, by, op.Approvers())
	}
	if err != nil {
		return nil, d.unwitnessed(op, err)
	}
	if _, read := who[by]; !read {
		who[by] = s
	}
	return who, nil
}

// willStop is the warning that the machine is going to be stopped for its image.
// It stands on the card from the moment it is asked for.
func willStop(op oper) []text {
	if !op.StopAsked() {
		return nil
	}
	m := op.Making
	t := say(sign("warning"), " ", strong("Warning:"), " ", strong(op.TypedName()), " ", strong("WILL BE STOPPED"), " for its backup image, as ", who(m.By), " asks. ")
	switch {
	case op.StopOwed():
		return []text{append(t, say(stopOwed(op))...)}
	case m.Waits != "":
		return []text{append(append(t, stopWaits(*m)...), say(" Then it is stopped.")...)}
	}
	return []text{append(t, say("That is agreed to, and is done now.")...)}
}

// stopOwed says who has to agree that the machine is stopped.
func stopOwed(op oper) string {
	approve := "To approve means to agree to that, too: it is stopped once all approvals are there, or as soon as"
	if k := op.Keys(); len(k.By) >= k.Needed {
		approve = "A break-glass is not for that: it is stopped once"
	}
	return approve + " an approver who did not make the proposal agrees: Make backup image, or /reinstall image " + op.ID + " --stop."
}

// stopWaits says why a stop that is agreed to is not made yet.
func stopWaits(m reinstall.BackupImage) text {
	if m.Until.IsZero() {
		return say("It waits: ", dot(m.Waits))
	}
	return say("It waits: ", m.Waits, "; the next opening is ", at(m.Until), ".")
}

// stopAsked words that somebody asked for an image, or agreed to one, for which
// the machine is stopped.
func stopAsked(before, after oper, e reinstall.AskImage) text {
	name := strong(after.TypedName())
	switch {
	case before.StopAsked():
		return say(sign("key"), " ", who(e.By.ID), " agreed that ", name, " is stopped for its backup image.")
	case after.StopOwed():
		return say(who(e.By.ID), " asked for a backup image for which ", name, " WILL BE STOPPED. Nobody stops a machine alone. ", stopOwed(after))
	}
	return say(who(e.By.ID), " asked for a backup image, with the machine powered off: ", name, " WILL BE STOPPED for it. It will be named ", mono(after.Making.Name), ".")
}

// stopsNow says on whose word the machine is stopped.
func stopsNow(before, after oper) text {
	if !after.StopAsked() || before.Making == nil || before.Making.Looked {
		return nil
	}
	return say("By the word of ", everyName(after.AgreedBy()), ", ", strong(after.TypedName()), " is stopped for its backup image now.")
}

// everyName names several people: "@Bob and @Cho".
func everyName(ids []string) text {
	var t text
	for i, id := range ids {
		switch {
		case i > 0 && i == len(ids)-1:
			t = append(t, say(" and ")...)
		case i > 0:
			t = append(t, say(", ")...)
		}
		t = append(t, who(id))
	}
	return t
}
