package commands

import (
	"context"

	"twokey/commands/port"
	"twokey/commands/screen"
	"twokey/commands/view"
)

// draw makes a record's card as it is now. A freeze stands on every card that
// is open; where it cannot be asked for, the card is drawn later.
func (d *Desk) draw(ctx context.Context, rec port.Record) (view.Card, error) {
	c, open, err := d.bare(ctx, rec)
	if err != nil || !open {
		return c, err
	}
	f, err := d.store.Frozen(ctx)
	if err != nil {
		return view.Card{}, err
	}
	return screen.Under(c, f), nil
}

// bare is a card without what holds for all; open: something of it may still go
// out. Of one of several it is the card of all.
func (d *Desk) bare(ctx context.Context, rec port.Record) (c view.Card, open bool, err error) {
	past := pasts{store: d.store}
	if rec.Op.Batch == nil {
		before, err := past.of(ctx, rec.Op)
		return screen.Draw(rec.Op, rec.Rev, d.currency(rec.Op.Plan.Account), d.now(), before), rec.Op.State.Open(), err
	}
	recs, err := d.batchOf(ctx, rec.Op)
	if err != nil {
		return view.Card{}, false, err
	}
	before := map[string]screen.Earlier{}
	for _, r := range recs {
		if before[r.Op.ID], err = past.of(ctx, r.Op); err != nil {
			return view.Card{}, false, err
		}
	}
	return screen.DrawAll(port.Ops(recs), recs[0].Rev, d.currency, d.now(), before), len(screen.OpenOnes(port.Ops(recs))) > 0, nil
}
