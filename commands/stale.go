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
	return port.Reply{Text: screen.ChangedMeanwhile(model.Refuse(model.RefusalTitle(in.Verb), whyGone(rec.Op),
		"Read the card again; it shows what can be done now")), No: true}, true
}

// whyGone says why an operation has a button no longer.
func whyGone(op reinstall.Operation) string {
	if op.State != reinstall.Proposed {
		return op.ID + " " + op.State.Words()
	}
	return "it is no longer asked for"
}
