package commands

import (
	"context"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall/model"
	"twokey/commands/screen"
	"twokey/commands/screen/aftercare"
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

// showReply is the card and its details, in words.
func (h *Handler) showReply(ctx context.Context, in port.Inbound) port.Reply {
	rec, r := h.loadOrRefuse(ctx, in.Op, model.VerbShow)
	if r != nil {
		return refusalReply(r)
	}
	c, err := h.proposals.Draw(ctx, rec)
	if err != nil {
		return h.notStored(model.VerbShow, err)
	}
	f, err := h.proposals.Details(ctx, rec)
	if err != nil {
		return h.notStored(model.VerbShow, err)
	}
	return port.Reply{Text: screen.DetailsText(c, f)}
}

// openDetails shows everything about a proposal, the evidence of an unknown outcome, or
// what to do next.
func (h *Handler) openDetails(ctx context.Context, in port.Inbound) port.Reply {
	recs, r := h.machinesOf(ctx, in.Op, model.VerbShow)
	if r != nil {
		return refusalReply(r)
	}
	if in.As == screen.AsEvidence {
		return h.openForm(ctx, in, screen.EvidenceForm(port.Ops(recs), in.Op))
	}
	if in.As == aftercare.As {
		return h.openForm(ctx, in, aftercare.Form(port.Ops(recs), in.Op))
	}
	f, err := h.proposals.Details(ctx, recs[0])
	if err != nil {
		return h.notStored(model.VerbShow, err)
	}
	return h.openForm(ctx, in, f)
}
