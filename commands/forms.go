package commands

import (
	"context"

	"twokey/commands/port"
	"twokey/commands/reinstall/model"
	"twokey/commands/screen"
	"twokey/commands/screen/form"
	"twokey/commands/view"
)

// openForm shows a dialog on the trigger of what somebody just did.
func (h *Handler) openForm(ctx context.Context, in port.Inbound, f view.Form) port.Reply {
	f = openedBy(f, in)
	if _, _, err := h.chat.OpenForm(ctx, in.Trigger, f); err != nil {
		return h.notOpened(f.Verb, err)
	}
	return port.Reply{}
}

// openedBy is the form with what it was opened by, so that whoever submits it is
// answered there.
func openedBy(f view.Form, in port.Inbound) view.Form {
	f.Channel, f.Thread, f.Reply = in.Channel, in.Thread, in.Reply
	return f
}

func (h *Handler) notOpened(verb string, err error) port.Reply {
	h.log.Warn("form: could not open it", "verb", verb, "err", err)
	return refusalReply(model.Refuse(model.RefusalTitle(verb), "Slack did not open the form in time",
		"Press it again, or type it: /reinstall help"))
}

func (h *Handler) openPropose(ctx context.Context, in port.Inbound) port.Reply {
	return h.openForm(ctx, in, form.Propose(form.Draft{}, h.policy()))
}

func (h *Handler) submitPropose(ctx context.Context, in port.Inbound) port.Reply {
	w, errs := form.RequestOf(in.Values)
	place, picked := in.Values[form.FieldChannel]
	allowed := true
	if picked {
		in.Channel = place
		if why := h.channels().whyNot(ctx, place); why != "" {
			errs[form.FieldChannel] = why
		}
	} else if allowed = h.policy().AllowsChannel(in.Channel); !allowed {
		errs[form.FieldTarget] = "This channel is not one where reinstalls are handled."
	}
	if len(errs) > 0 {
		return port.Reply{Errors: errs, No: !allowed}
	}
	return h.storeItem(ctx, in, port.Line{Verb: model.VerbPropose, Request: w}, nil)
}

// openReject asks for the reason. Where Slack cannot say who it is the form names
// nothing, for to stop is safe.
func (h *Handler) openReject(ctx context.Context, in port.Inbound, sure bool) port.Reply {
	rec, r := h.loadOrRefuse(ctx, in.Op, model.VerbReject)
	if r != nil {
		return refusalReply(r)
	}
	what := view.Strong(in.Op)
	if sure {
		what = view.Strong(screen.TargetLabel(rec.Op))
	}
	return h.openForm(ctx, in, withReason(form.Reject(in.Op, in.Rev, what), in))
}

func (h *Handler) submitReject(ctx context.Context, in port.Inbound) port.Reply {
	why := model.CleanText(in.Values[form.FieldReason])
	if why == "" {
		return port.Reply{Errors: map[string]string{form.FieldReason: "Say why."}}
	}
	return h.storeItem(ctx, in, port.Line{Verb: model.VerbReject, ID: in.Op, Text: why}, nil)
}

func (h *Handler) openImage(ctx context.Context, in port.Inbound) port.Reply {
	rec, r := h.loadOrRefuse(ctx, in.Op, model.VerbImage)
	if r != nil {
		return refusalReply(r)
	}
	return h.openForm(ctx, in, form.Image(rec.Op, in.Op, in.Rev))
}

// openRefreshed shows a dialog as last read, and redraws it where it is another
// one by now.
func (h *Handler) openRefreshed(ctx context.Context, in port.Inbound, f view.Form,
	newer func(context.Context) (view.Form, bool),
) port.Reply {
	f = openedBy(f, in)
	f.Op, f.Rev = in.Op, in.Rev
	view, hash, err := h.chat.OpenForm(ctx, in.Trigger, f)
	if err != nil {
		return h.notOpened(f.Verb, err)
	}
	h.engine.Background(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), formRefresh)
		defer cancel()
		now, is := newer(ctx)
		if !is {
			return
		}
		now = openedBy(now, in)
		now.Op, now.Rev = f.Op, f.Rev
		if err := h.updateForm(ctx, view, hash, now); err != nil {
			h.log.Info("a form was not redrawn; it may be closed", "op", f.Op, "err", err)
		}
	})
	return port.Reply{}
}
