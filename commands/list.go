package commands

import (
	"context"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall/model"
	"twokey/commands/screen"
	"twokey/commands/view"
)

// listTimeout is how long Slack may take to say who may see what, of the time that
// an answer to a command has.
const listTimeout = 1500 * time.Millisecond

// listReply is what somebody's Home shows, as text.
func (h *Handler) listReply(ctx context.Context, in port.Inbound) port.Reply {
	asking, cancel := context.WithTimeout(ctx, listTimeout)
	defer cancel()
	by, r := h.people.CheckMayLook(asking, in.User, model.RefusalTitle(model.VerbList))
	if r != nil {
		return refusalReply(r)
	}
	p, err := h.people.ReadLive(ctx)
	if err != nil {
		return h.notStored(model.VerbList, err)
	}
	return port.Reply{Text: screen.HomeText(screen.Home(h.people.OverviewFor(asking, p, by).Shown()))}
}

// showReply is the card in words.
func (h *Handler) showReply(ctx context.Context, in port.Inbound) port.Reply {
	rec, r := h.loadOrRefuse(ctx, in.Op, model.VerbShow)
	if r != nil {
		return refusalReply(r)
	}
	c, err := h.proposals.Draw(ctx, rec)
	if err != nil {
		return h.notStored(model.VerbShow, err)
	}
	t := view.Say(view.Strong(c.Title), " · ", c.Status.Word, "\n", c.Lead)
	for _, p := range append(c.Progress, c.Changed...) {
		t = append(t, view.Say("\n", p)...)
	}
	for _, rows := range [][]view.Row{c.Machines, c.Facts, c.Keys} {
		for _, row := range rows {
			t = append(t, view.Say("\n", view.Strong(row.Label), ": ", row.Value)...)
		}
	}
	for _, f := range c.Findings {
		t = append(t, view.Say("\n", f)...)
	}
	return port.Reply{Text: append(t, view.Say("\n", c.Foot)...)}
}
