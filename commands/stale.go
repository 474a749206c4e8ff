package commands

import (
	"context"
	"slices"

	"twokey/commands/reinstall"
)

// Who presses a button on a card that has been drawn anew since is told so where
// that is why it has no effect. What the card still asks for counts: somebody
// else's key in between changes nothing of the plan that was read.

// meanwhile words a refusal of what was pressed on a card as it is no longer.
func meanwhile(r *reinstall.Refusal) text {
	return say(sign("no_entry"), " ", strong("This changed meanwhile."), " ", r.What, ": ", whyNot(r))
}

// refusalOf words the refusal of an item.
func (d *Desk) refusalOf(ctx context.Context, it Item, r *reinstall.Refusal) text {
	if d.movedOn(ctx, it) {
		return meanwhile(r)
	}
	return refusal(r)
}

// movedOn reports whether a proposal has left behind what somebody saw of it:
// the plan or the round of keys is another one, or the button is gone. Where that
// cannot be read, nothing is said of it.
func (d *Desk) movedOn(ctx context.Context, it Item) bool {
	rec, err := d.store.Load(ctx, it.Op)
	if it.Rev < 1 || err != nil || rec.Rev <= it.Rev {
		return false
	}
	if turnsKeys(it.Verb) && it.Verb != VerbResume {
		if same, err := d.samePlan(ctx, it, rec); err == nil && !same {
			return true
		}
	}
	return d.gone(ctx, it.Verb, rec)
}

func (d *Desk) samePlan(ctx context.Context, it Item, rec Record) (bool, error) {
	if rec.Op.Batch != nil {
		return d.sameRound(ctx, it, rec)
	}
	print, err := d.printAt(ctx, it, rec)
	return print == rec.Op.Print, err
}

// gone reports whether the button of a verb is no longer on the card, and what it
// would do can be done no more. Whoever wants to stop it may do so while it is
// open, whatever button they found.
func (d *Desk) gone(ctx context.Context, verb string, rec Record) bool {
	if stops := verb == VerbReject || verb == VerbCancel; stops && rec.Op.State.Open() {
		return false
	}
	c, _, err := d.bare(ctx, rec)
	return err == nil && !slices.ContainsFunc(c.Buttons, func(b Button) bool { return b.Verb == verb })
}

// outOfDate refuses a press of a button that is gone, before a form is opened
// for it.
func (d *Desk) outOfDate(ctx context.Context, in Inbound) (Reply, bool) {
	rec, err := d.store.Load(ctx, in.Op)
	if in.Rev < 1 || err != nil || rec.Rev <= in.Rev || !d.gone(ctx, in.Verb, rec) {
		return Reply{}, false
	}
	why := "it is no longer asked for"
	if rec.Op.State != reinstall.Proposed {
		why = rec.Op.ID + " " + rec.Op.State.Words()
	}
	return Reply{Text: meanwhile(reinstall.Refuse(doingOf(in.Verb), why, "Read the card again; it shows what can be done now")), no: true}, true
}
