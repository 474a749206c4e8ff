package commands

import (
	"context"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/screen"
	"twokey/commands/view"
)

// open shows a dialog on the trigger of what somebody just did.
func (h *Handler) open(ctx context.Context, in port.Inbound, f view.Form) port.Reply {
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
	h.log.Warn("could not open a form", "verb", verb, "err", err)
	return refused(reinstall.Refuse(screen.DoingOf(verb), "Slack did not open the form in time", "Press it again, or type it: /reinstall help"))
}

func (h *Handler) openPropose(ctx context.Context, in port.Inbound) port.Reply {
	return h.open(ctx, in, screen.ProposeForm(screen.Draft{}, h.policy()))
}

func (h *Handler) submitPropose(ctx context.Context, in port.Inbound) port.Reply {
	w, errs := screen.WishOf(in.Values)
	place, picked := in.Values[screen.FieldPlace]
	allowed := true
	if picked {
		in.Channel = place
		if why := h.placed(ctx, place); why != "" {
			errs[screen.FieldPlace] = why
		}
	} else if allowed = h.policy().Allows(in.Channel); !allowed {
		errs[screen.FieldTarget] = "This channel is not one where reinstalls are handled."
	}
	if len(errs) > 0 {
		return port.Reply{Errors: errs, No: !allowed}
	}
	return h.take(ctx, in, port.Line{Verb: reinstall.VerbPropose, Wish: w}, nil)
}

// openReject asks for the reason. Where Slack cannot say who it is the form names
// nothing, for to stop is safe.
func (h *Handler) openReject(ctx context.Context, in port.Inbound, sure bool) port.Reply {
	rec, r := h.find(ctx, in.Op, reinstall.VerbReject)
	if r != nil {
		return refused(r)
	}
	what := reinstall.Strong(in.Op)
	if sure {
		what = reinstall.Strong(screen.TitleOf(rec.Op))
	}
	return h.open(ctx, in, screen.RejectForm(in.Op, in.Rev, what))
}

func (h *Handler) submitReject(ctx context.Context, in port.Inbound) port.Reply {
	why := reinstall.Said(in.Values[screen.FieldReason])
	if why == "" {
		return port.Reply{Errors: map[string]string{screen.FieldReason: "Say why."}}
	}
	return h.take(ctx, in, port.Line{Verb: reinstall.VerbReject, ID: in.Op, Text: why}, nil)
}

func (h *Handler) openImage(ctx context.Context, in port.Inbound) port.Reply {
	rec, r := h.find(ctx, in.Op, reinstall.VerbImage)
	if r != nil {
		return refused(r)
	}
	return h.open(ctx, in, screen.ImageForm(rec.Op, in.Op, in.Rev))
}

// openRefreshed shows a dialog as last read, and redraws it where it is another
// one by now.
func (h *Handler) openRefreshed(ctx context.Context, in port.Inbound, f view.Form, newer func(context.Context) (view.Form, bool)) port.Reply {
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
