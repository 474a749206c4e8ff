package commands

import (
	"context"
	"fmt"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/screen"
	"twokey/commands/view"
)

// lookTime is how long Slack may take to say who may see what, of the time that
// an answer to a command has.
const lookTime = 1500 * time.Millisecond

// list is what somebody's Home shows, as text.
func (d *Desk) list(ctx context.Context, in port.Inbound) port.Reply {
	asking, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	by, r := d.mayLook(asking, in.User, screen.DoingOf(reinstall.VerbList))
	if r != nil {
		return refused(r)
	}
	p, err := d.present(ctx)
	if err != nil {
		return d.notTaken(reinstall.VerbList, err)
	}
	return port.Reply{Text: screen.HomeText(screen.Home(d.seenBy(asking, p, by).shown()))}
}

// show is the card in words.
func (d *Desk) show(ctx context.Context, in port.Inbound) port.Reply {
	rec, r := d.find(ctx, in.Op, reinstall.VerbShow)
	if r != nil {
		return refused(r)
	}
	c, err := d.draw(ctx, rec)
	if err != nil {
		return d.notTaken(reinstall.VerbShow, err)
	}
	t := reinstall.Say(reinstall.Strong(c.Title), " · ", c.Status.Word, "\n", c.Lead)
	for _, p := range append(c.Progress, c.Changed...) {
		t = append(t, reinstall.Say("\n", p)...)
	}
	for _, rows := range [][]view.Row{c.Machines, c.Facts, c.Keys} {
		for _, row := range rows {
			t = append(t, reinstall.Say("\n", reinstall.Strong(row.Label), ": ", row.Value)...)
		}
	}
	for _, f := range c.Findings {
		t = append(t, reinstall.Say("\n", f)...)
	}
	return port.Reply{Text: append(t, reinstall.Say("\n", c.Foot)...)}
}

// history lists a machine's latest operations, newest first, as far as whoever
// asks may see them.
func (d *Desk) history(ctx context.Context, it port.Item, target string) (reinstall.Text, error) {
	f, err := d.seekOne(ctx, screen.DoingOf(reinstall.VerbHistory), target, "", "", false)
	if err != nil {
		return nil, err
	}
	switch {
	case len(f) == 0:
		return nil, reinstall.Refuse(screen.DoingOf(reinstall.VerbHistory), "no machine has the name, id or IP "+reinstall.Quote(target), "Check the spelling (letter case counts)")
	case len(f) > 1:
		return nil, screen.Ambiguous(screen.DoingOf(reinstall.VerbHistory), target, f)
	}
	recs, err := d.store.History(ctx, f[0].Ref, 10)
	if err != nil {
		return nil, err
	}
	if len(recs) == 0 {
		return reinstall.Say("Twokey has never had a proposal for ", screen.Whole(f[0].Called(), f[0].Instance), "."), nil
	}
	t := reinstall.Say("The latest proposals for ", screen.Whole(f[0].Called(), f[0].Instance), ":")
	hidden := 0
	for _, r := range recs {
		yes, err := d.mayRead(ctx, it.User, r.Op)
		switch {
		case err != nil:
			return nil, err
		case !yes:
			hidden++
		default:
			t = append(t, reinstall.Say("\n", screen.EndOf(r.Op, 1000))...)
		}
	}
	if hidden > 0 {
		t = append(t, reinstall.Say(fmt.Sprintf("\n%d made in channels that you are not in", hidden))...)
	}
	return t, nil
}
