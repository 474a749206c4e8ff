package commands

import (
	"context"

	"twokey/commands/reinstall"
)

// draw makes a record's card as it is now. A freeze stands on every card that
// is open; where it cannot be asked for, the card is drawn later.
func (d *Desk) draw(ctx context.Context, rec Record) (Card, error) {
	c, open, err := d.bare(ctx, rec)
	if err != nil || !open {
		return c, err
	}
	f, err := d.store.Frozen(ctx)
	if err != nil {
		return Card{}, err
	}
	return Under(c, f), nil
}

// Under is an open card under a freeze; nil: there is none.
func Under(c Card, f *Freeze) Card {
	if f != nil {
		c.Findings = append([]text{frozen(*f)}, c.Findings...)
	}
	return c
}

// bare is a card without what holds for all; open: something of it may still go
// out. Of one of several it is the card of all.
func (d *Desk) bare(ctx context.Context, rec Record) (c Card, open bool, err error) {
	past := pasts{store: d.store}
	if rec.Op.Batch == nil {
		before, err := past.of(ctx, rec.Op)
		return Draw(rec.Op, rec.Rev, d.currency(rec.Op.Plan.Account), d.now(), before), rec.Op.State.Open(), err
	}
	recs, err := d.batchOf(ctx, rec.Op)
	if err != nil {
		return Card{}, false, err
	}
	before := map[string]Earlier{}
	for _, r := range recs {
		if before[r.Op.ID], err = past.of(ctx, r.Op); err != nil {
			return Card{}, false, err
		}
	}
	return DrawAll(Ops(recs), recs[0].Rev, d.currency, d.now(), before), len(openOnes(Ops(recs))) > 0, nil
}

// frozen says that nothing goes out.
func frozen(f Freeze) text {
	if f.Way != "" {
		return say(sign("snowflake"), " ", strong("Frozen"), ": ", f.Why, ". No call goes out until whoever runs Twokey goes on with ", mono(f.Way), ".")
	}
	if f.Lost {
		return say(sign("snowflake"), " ", strong("Frozen"), ": ", f.Why, ", so it counts as one. No call goes out until /reinstall unfreeze.")
	}
	return say(sign("snowflake"), " ", strong("Frozen"), " by ", who(f.By), uncheckedBy(f), ", ", at(f.When), ": ", reinstall.Quote(f.Why), ". No call goes out until /reinstall unfreeze.")
}

// uncheckedBy says that nobody knows whether they may, if so.
func uncheckedBy(f Freeze) string {
	if f.Unchecked {
		return " (Slack could not say in time whether they may)"
	}
	return ""
}
