package commands

import (
	"context"
	"slices"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/screen"
	"twokey/commands/screen/form"
)

// openResolve asks how somebody knows what became of a machine; in.As is what they say.
func (h *Handler) openResolve(ctx context.Context, in port.Inbound) port.Reply {
	recs, r := h.machinesOf(ctx, in.Op, model.VerbResolve)
	if r != nil {
		return refusalReply(r)
	}
	if !saysOutcome(in.As) {
		return refusalReply(model.Refuse(model.RefusalTitle(model.VerbResolve), "this button does not say what became of it",
			"Use the newest card, or /reinstall resolve "+in.Op+" done|failed TEXT"))
	}
	waiting := screen.ResolvedWaiting(port.Ops(recs))
	if len(waiting) == 0 {
		return refusalReply(model.Refuse(model.RefusalTitle(model.VerbResolve), "no outcome of "+in.Op+" is unknown now",
			"Read the card again; it shows what can be done now"))
	}
	return h.openForm(ctx, in, withReason(form.Resolve(waiting, in.As, in.Op, in.Rev), in))
}

// saysOutcome reports whether a button or a form says what became of a machine.
func saysOutcome(as string) bool { return as == screen.AsWiped || as == screen.AsNotWiped }

// submitResolve takes what somebody says, with how they know it.
func (h *Handler) submitResolve(ctx context.Context, in port.Inbound) port.Reply {
	why := model.CleanText(in.Values[form.FieldReason])
	if why == "" {
		return port.Reply{Errors: map[string]string{form.FieldReason: "Say how you know the outcome."}}
	}
	if !saysOutcome(in.Memo) {
		return port.Reply{Errors: map[string]string{form.FieldReason: "Open the form again from the card: this one does " +
			"not say what became of it."}}
	}
	recs, r := h.machinesOf(ctx, in.Op, model.VerbResolve)
	if r != nil {
		return refusalReply(r)
	}
	id, picked := in.Values[form.FieldTarget]
	if !picked {
		waiting := screen.ResolvedWaiting(port.Ops(recs))
		if len(waiting) != 1 {
			return refusalReply(model.Refuse(model.RefusalTitle(model.VerbResolve), "it is not clear which machine is meant",
				"Open the form again from the card"))
		}
		id = waiting[0].ID
	}
	i := slices.IndexFunc(recs, func(r port.Record) bool { return r.Op.ID == id })
	if i < 0 {
		return port.Reply{Errors: map[string]string{form.FieldTarget: "Pick a machine."}}
	}
	in.Op, in.Rev = id, recs[i].Rev
	return h.storeItem(ctx, in, port.Line{
		Verb: model.VerbResolve, ID: id, As: string(reinstall.State(in.Memo)), Text: why,
	}, nil)
}
