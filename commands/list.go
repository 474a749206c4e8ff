package commands

import (
	"context"
	"fmt"
	"slices"

	"twokey/commands/reinstall"
)

// list shows what is open or running now, oldest first.
func (d *Desk) list(ctx context.Context) Reply {
	recs, err := d.store.Live(ctx)
	if err != nil {
		return d.notTaken(VerbList, err)
	}
	f, err := d.store.Frozen(ctx)
	if err != nil {
		return d.notTaken(VerbList, err)
	}
	var t text
	if f.Why != "" {
		t = say(sign("snowflake"), " Frozen by ", who(f.By), ", ", at(f.When), ": ", reinstall.Quote(f.Why), ". No call goes out.\n")
	}
	if len(recs) == 0 {
		return Reply{Text: append(t, say("Nothing is open or running. /reinstall makes a proposal.")...)}
	}
	slices.SortFunc(recs, func(a, b Record) int { return a.Op.ProposedAt.Compare(b.Op.ProposedAt) })
	for i, r := range recs[:min(len(recs), 20)] {
		if i > 0 {
			t = append(t, say("\n")...)
		}
		t = append(t, row(r.Op)...)
	}
	if n := len(recs) - 20; n > 0 {
		t = append(t, say(fmt.Sprintf("\nand %d more", n))...)
	}
	return Reply{Text: t}
}

// row is an operation in one line.
func row(op oper) text {
	return say(mono(op.ID), " ", strong(op.TypedName()), " ", op.Plan.Instance, ": ", status(op).Word, ", asked by ", who(op.Proposer), ", ", at(op.ProposedAt), oneOf(op))
}

// show is the card in words, with its log.
func (d *Desk) show(ctx context.Context, id string) Reply {
	rec, r := d.find(ctx, id, doing[VerbShow])
	if r != nil {
		return refused(r)
	}
	c, err := d.draw(ctx, rec)
	if err != nil {
		return d.notTaken(VerbShow, err)
	}
	t := say(strong(c.Title), " · ", c.Status.Word, "\n", c.Lead)
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

// history lists a machine's latest operations, newest first.
func (d *Desk) history(ctx context.Context, target string) (text, error) {
	f, err := d.cloud.Find(ctx, target, "", "")
	if err != nil {
		return nil, err
	}
	switch {
	case len(f) == 0:
		return nil, reinstall.Refuse(doing[VerbHistory], "no machine has the name, id or IP "+reinstall.Quote(target), "Check the spelling (letter case counts)")
	case len(f) > 1:
		return nil, ambiguous(doing[VerbHistory], target, f)
	}
	recs, err := d.store.History(ctx, f[0].Ref, 10)
	if err != nil {
		return nil, err
	}
	if len(recs) == 0 {
		return say("Twokey has never had a proposal for ", strong(f[0].Name), " (", mono(f[0].Instance), ")."), nil
	}
	t := say("The latest proposals for ", strong(f[0].Name), " (", mono(f[0].Instance), "):")
	for _, r := range recs {
		t = append(t, say("\n", row(r.Op))...)
		if r.Op.End != nil {
			t = append(t, say(". ", capital(dot(r.Op.End.Why)))...)
		}
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
		{"/reinstall list", "what is open or running"},
		{"/reinstall show ID", "one proposal in words"},
		{"/reinstall history INSTANCE", "a machine's latest proposals"},
		{"/reinstall approve ID", "turns the approval key"},
		{"/reinstall reject ID TEXT", "ends it, with the reason"},
		{"/reinstall backup ID", "confirms a backup"},
		{"/reinstall image ID [--stop]", "makes a backup image"},
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
