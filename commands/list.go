package commands

import (
	"context"
	"fmt"
	"time"

	"twokey/commands/reinstall"
)

// lookTime is how long Slack may take to say who may see what, of the time that
// an answer to a command has.
const lookTime = 1500 * time.Millisecond

// list is what somebody's Home shows, as text.
func (d *Desk) list(ctx context.Context, in Inbound) Reply {
	asking, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	by, r := d.mayLook(asking, in.User, doingOf(VerbList))
	if r != nil {
		return refused(r)
	}
	p, err := d.present(ctx)
	if err != nil {
		return d.notTaken(VerbList, err)
	}
	return Reply{Text: homeText(home(d.seenBy(asking, p, by).shown()))}
}

// show is the card in words.
func (d *Desk) show(ctx context.Context, in Inbound) Reply {
	rec, r := d.find(ctx, in.Op, VerbShow)
	if r != nil {
		return refused(r)
	}
	c, err := d.draw(ctx, rec)
	if err != nil {
		return d.notTaken(VerbShow, err)
	}
	t := say(strong(c.Title), " · ", c.Status.Word, "\n", c.Lead)
	for _, p := range append(c.Progress, c.Changed...) {
		t = append(t, say("\n", p)...)
	}
	for _, rows := range [][]Row{c.Machines, c.Facts, c.Keys} {
		for _, row := range rows {
			t = append(t, say("\n", strong(row.Label), ": ", row.Value)...)
		}
	}
	for _, f := range c.Findings {
		t = append(t, say("\n", f)...)
	}
	return Reply{Text: append(t, say("\n", c.Foot)...)}
}

// history lists a machine's latest operations, newest first, as far as whoever
// asks may see them.
func (d *Desk) history(ctx context.Context, it Item, target string) (text, error) {
	f, err := d.seekOne(ctx, doingOf(VerbHistory), target, "", "", false)
	if err != nil {
		return nil, err
	}
	switch {
	case len(f) == 0:
		return nil, reinstall.Refuse(doingOf(VerbHistory), "no machine has the name, id or IP "+reinstall.Quote(target), "Check the spelling (letter case counts)")
	case len(f) > 1:
		return nil, ambiguous(doingOf(VerbHistory), target, f)
	}
	recs, err := d.store.History(ctx, f[0].Ref, 10)
	if err != nil {
		return nil, err
	}
	if len(recs) == 0 {
		return say("Twokey has never had a proposal for ", whole(f[0].Called(), f[0].Instance), "."), nil
	}
	t := say("The latest proposals for ", whole(f[0].Called(), f[0].Instance), ":")
	hidden := 0
	for _, r := range recs {
		yes, err := d.mayRead(ctx, it.User, r.Op)
		switch {
		case err != nil:
			return nil, err
		case !yes:
			hidden++
		default:
			t = append(t, say("\n", endOf(r.Op, 1000))...)
		}
	}
	if hidden > 0 {
		t = append(t, say(fmt.Sprintf("\n%d made in channels that you are not in", hidden))...)
	}
	return t, nil
}

// help lists the verbs.
func help() text {
	t := say("Twokey reinstalls a machine's operating system when two keys are turned: somebody else's approval, and a proven backup.")
	for _, l := range [][2]string{
		{"/reinstall", "opens a form; so does the shortcut Reinstall a machine, and Reinstall this machine in a message's menu"},
		{"/reinstall INSTANCE [--image ID|NAME] [--disk GIB] [--login message-center|keep-image|key:ID,..|password] [--hostname H] [--backup image|snapshot:ID|image:ID] [--reason \"TEXT\"] [--account A] [--region R]", "proposes in one line; INSTANCE is an id, a name or an IP"},
		{"/reinstall INSTANCE INSTANCE .. [the same]", "proposes up to 20 machines at once: one card, the first alone, then the others, until one is not done"},
		{"/reinstall check INSTANCE [the same]", "tells what would block or warn, and starts nothing"},
		{"/reinstall list", "what waits for your key, what you proposed, what runs, the last ten; the Home tab shows the same"},
		{"/reinstall show ID", "one proposal in words"},
		{"/reinstall history INSTANCE", "a machine's latest proposals"},
		{"/reinstall approve ID", "turns the approval key"},
		{"/reinstall reject ID TEXT", "ends it, with the reason"},
		{"/reinstall backup ID", "confirms a backup"},
		{"/reinstall image ID [--stop]", "makes a backup image; with --stop others have to agree, for the machine is powered off"},
		{"/reinstall hold ID [TEXT] · resume ID · cancel ID [TEXT]", "until the call goes out"},
		{"/reinstall break-glass ID REASON", "takes one approval less, once, where the policy allows it; everybody who is passed over is told"},
		{"/reinstall resolve ID done|failed TEXT", "settles an unknown outcome"},
		{"/reinstall password ID", "shows a generated password once, to the proposer"},
		{"/reinstall freeze TEXT · unfreeze", "stops all calls, everywhere"},
	} {
		t = append(t, say("\n", mono(l[0]), "  ", l[1])...)
	}
	return t
}
