package commands

import (
	"context"
	"slices"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/screen"
	"twokey/commands/view"
)

// refusalOf words the refusal of an item.
func (d *Desk) refusalOf(ctx context.Context, it port.Item, r *reinstall.Refusal) reinstall.Text {
	if d.movedOn(ctx, it) {
		return screen.Meanwhile(r)
	}
	return screen.Refusal(r)
}

// movedOn reports whether a proposal has left behind what somebody saw of it:
// the plan or the round of keys is another one, or the button is gone. Where that
// cannot be read, nothing is said of it.
func (d *Desk) movedOn(ctx context.Context, it port.Item) bool {
	rec, err := d.store.Load(ctx, it.Op)
	if it.Rev < 1 || err != nil || rec.Rev <= it.Rev {
		return false
	}
	if reinstall.TurnsKeys(it.Verb) && it.Verb != reinstall.VerbResume {
		if same, err := d.samePlan(ctx, it, rec); err == nil && !same {
			return true
		}
	}
	return d.gone(ctx, it.Verb, rec)
}

func (d *Desk) samePlan(ctx context.Context, it port.Item, rec port.Record) (bool, error) {
	if rec.Op.Batch != nil {
		return d.sameRound(ctx, it, rec)
	}
	print, err := d.printAt(ctx, it, rec)
	return print == rec.Op.Print, err
}

// gone reports whether the button of a verb is no longer on the card, and what it
// would do can be done no more. Whoever wants to stop it may do so while it is
// open, whatever button they found.
func (d *Desk) gone(ctx context.Context, verb string, rec port.Record) bool {
	if stops := verb == reinstall.VerbReject || verb == reinstall.VerbCancel; stops && rec.Op.State.Open() {
		return false
	}
	c, _, err := d.bare(ctx, rec)
	return err == nil && !slices.ContainsFunc(c.Buttons, func(b view.Button) bool { return b.Verb == verb })
}

// outOfDate refuses a press of a button that is gone, before a form is opened
// for it.
func (d *Desk) outOfDate(ctx context.Context, in port.Inbound) (port.Reply, bool) {
	rec, err := d.store.Load(ctx, in.Op)
	if in.Rev < 1 || err != nil || rec.Rev <= in.Rev || !d.gone(ctx, in.Verb, rec) {
		return port.Reply{}, false
	}
	why := "it is no longer asked for"
	if rec.Op.State != reinstall.Proposed {
		why = rec.Op.ID + " " + rec.Op.State.Words()
	}
	return port.Reply{Text: screen.Meanwhile(reinstall.Refuse(screen.DoingOf(in.Verb), why, "Read the card again; it shows what can be done now")), No: true}, true
}
