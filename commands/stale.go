package commands

import (
	"context"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/screen"
)

// outOfDate refuses a press of a button that is gone, before a form is opened
// for it.
func (h *Handler) outOfDate(ctx context.Context, in port.Inbound) (port.Reply, bool) {
	rec, err := h.store.Load(ctx, in.Op)
	if in.Rev < 1 || err != nil || rec.Rev <= in.Rev || !h.proposals.ButtonGone(ctx, in.Verb, rec) {
		return port.Reply{}, false
	}
	why := "it is no longer asked for"
	if rec.Op.State != reinstall.Proposed {
		why = rec.Op.ID + " " + rec.Op.State.Words()
	}
	return port.Reply{Text: screen.ChangedMeanwhile(model.Refuse(model.RefusalTitle(in.Verb), why,
		"Read the card again; it shows what can be done now")), No: true}, true
}
