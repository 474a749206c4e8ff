package proposals

import (
	"context"
	"slices"

	"twokey/commands/port"
	"twokey/commands/reinstall/model"
	"twokey/commands/screen"
	"twokey/commands/view"
)

// Draw makes a record's card as it is now. A freeze stands on every card that
// is open; where it cannot be asked for, the card is drawn later.
func (l *Loader) Draw(ctx context.Context, rec port.Record) (view.Card, error) {
	c, open, err := l.drawBare(ctx, rec)
	if err != nil || !open {
		return c, err
	}
	f, err := l.store.Frozen(ctx)
	if err != nil {
		return view.Card{}, err
	}
	return screen.UnderFreeze(c, f), nil
}

// drawBare is the card of a record's proposal without what holds for all; open:
// something of it may still go out.
func (l *Loader) drawBare(ctx context.Context, rec port.Record) (c view.Card, open bool, err error) {
	recs, err := l.All(ctx, rec)
	if err != nil {
		return view.Card{}, false, err
	}
	ops, past, before := port.Ops(recs), earlierFinder{store: l.store}, map[string]screen.EarlierResets{}
	for _, op := range ops {
		if before[op.ID], err = past.earlierOf(ctx, op); err != nil {
			return view.Card{}, false, err
		}
	}
	return screen.DrawCard(ops, recs[0].Rev, l.currencyOf, l.now(), before), len(screen.OpenOps(ops)) > 0, nil
}

// ButtonGone reports whether the button of a verb is no longer on the card, and what it
// would do can be done no more. Whoever wants to stop it may do so while it is
// open, whatever button they found.
func (l *Loader) ButtonGone(ctx context.Context, verb string, rec port.Record) bool {
	if stops := verb == model.VerbReject || verb == model.VerbCancel; stops && rec.Op.State.Open() {
		return false
	}
	c, _, err := l.drawBare(ctx, rec)
	return err == nil && !slices.ContainsFunc(c.AllButtons(), func(b view.Button) bool { return b.Verb == verb })
}

// Details is everything about a record's proposal, as it is now.
func (l *Loader) Details(ctx context.Context, rec port.Record) (view.Form, error) {
	recs, err := l.All(ctx, rec)
	if err != nil {
		return view.Form{}, err
	}
	return screen.DetailsForm(port.Ops(recs), recs[0].Rev, l.currencyOf, l.now()), nil
}

func (l *Loader) currencyOf(account string) string {
	for _, a := range l.policy().Accounts {
		if a.Name == account {
			return a.Currency
		}
	}
	return ""
}
