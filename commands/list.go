package commands

import (
	"context"
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
func (h *Handler) list(ctx context.Context, in port.Inbound) port.Reply {
	asking, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	by, r := h.people.MayLook(asking, in.User, screen.DoingOf(reinstall.VerbList))
	if r != nil {
		return refused(r)
	}
	p, err := h.people.Present(ctx)
	if err != nil {
		return h.notTaken(reinstall.VerbList, err)
	}
	return port.Reply{Text: screen.HomeText(screen.Home(h.people.SeenBy(asking, p, by).Shown()))}
}

// show is the card in words.
func (h *Handler) show(ctx context.Context, in port.Inbound) port.Reply {
	rec, r := h.find(ctx, in.Op, reinstall.VerbShow)
	if r != nil {
		return refused(r)
	}
	c, err := h.proposals.Draw(ctx, rec)
	if err != nil {
		return h.notTaken(reinstall.VerbShow, err)
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
