package proposals

import (
	"context"
	"slices"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/screen"
	"twokey/commands/view"
)

// Draw makes a record's card as it is now. A freeze stands on every card that
// is open; where it cannot be asked for, the card is drawn later.
func (l *Loader) Draw(ctx context.Context, rec port.Record) (view.Card, error) {
	c, open, err := l.bare(ctx, rec)
	if err != nil || !open {
		return c, err
	}
	f, err := l.store.Frozen(ctx)
	if err != nil {
		return view.Card{}, err
	}
	return screen.Under(c, f), nil
}

// bare is the card of a record's proposal without what holds for all; open:
// something of it may still go out.
func (l *Loader) bare(ctx context.Context, rec port.Record) (c view.Card, open bool, err error) {
	recs, err := l.All(ctx, rec)
	if err != nil {
		return view.Card{}, false, err
	}
	ops, past, before := port.Ops(recs), pasts{store: l.store}, map[string]screen.Earlier{}
	for _, op := range ops {
		if before[op.ID], err = past.of(ctx, op); err != nil {
			return view.Card{}, false, err
		}
	}
	return screen.Draw(ops, recs[0].Rev, l.currency, l.now(), before), len(screen.OpenOnes(ops)) > 0, nil
}

// Gone reports whether the button of a verb is no longer on the card, and what it
// would do can be done no more. Whoever wants to stop it may do so while it is
// open, whatever button they found.
func (l *Loader) Gone(ctx context.Context, verb string, rec port.Record) bool {
	if stops := verb == reinstall.VerbReject || verb == reinstall.VerbCancel; stops && rec.Op.State.Open() {
		return false
	}
	c, _, err := l.bare(ctx, rec)
	return err == nil && !slices.ContainsFunc(c.Buttons, func(b view.Button) bool { return b.Verb == verb })
}

func (l *Loader) currency(account string) string {
	for _, a := range l.policy().Accounts {
		if a.Name == account {
			return a.Currency
		}
	}
	return ""
}
