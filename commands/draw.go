package commands

import (
	"context"

	"twokey/commands/reinstall"
)

// draw makes a record's card as it is now. A freeze stands on every card that
// is open; where it cannot be asked for, the card is drawn later.
func (d *Desk) draw(ctx context.Context, rec Record) (Card, error) {
	c := cardOf(rec, d.currency(rec.Op.Plan.Account), d.now())
	if !rec.Op.State.Open() {
		return c, nil
	}
	f, err := d.store.Frozen(ctx)
	if err != nil {
		return Card{}, err
	}
	if f.Why != "" {
		c.Findings = append([]text{frozen(f)}, c.Findings...)
	}
	return c, nil
}

// frozen says that nothing goes out.
func frozen(f Freeze) text {
	return say(sign("snowflake"), " ", strong("Frozen"), " by ", who(f.By), ", ", at(f.When), ": ", reinstall.Quote(f.Why), ". No call goes out until /reinstall unfreeze.")
}
