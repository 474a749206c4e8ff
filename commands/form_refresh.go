package commands

import (
	"cmp"
	"context"
	"errors"
	"time"

	"twokey/commands/people"
	"twokey/commands/port"
	"twokey/commands/screen/form"
	"twokey/commands/search"
	"twokey/commands/view"
)

// formTimeout is how long a question from a form may take: Slack waits three seconds.
const formTimeout = 1500 * time.Millisecond

// fillDraft reads from memory what the form needs of the machine that was picked.
func (h *Handler) fillDraft(ctx context.Context, dr form.Draft) form.Draft {
	if dr.Parts == nil {
		dr.Parts = h.cloud.Fleet(ctx)
	}
	i, ok := dr.Machine()
	if !ok {
		return dr
	}
	images, err := h.cloud.Images(ctx, i.Ref)
	if err != nil {
		h.log.Warn("the images for a form could not be read", "instance", i.Instance, "err", err)
	}
	dr.Images = images
	return dr
}

// Change redraws a form in which something was chosen, with only the choices
// that fit it. What was entered stays.
func (h *Handler) Change(ctx context.Context, in port.Inbound) {
	do := verbTable[in.Verb].changed
	if do == nil || h.people.Gate(ctx, people.AskerOf(in)) != nil {
		return
	}
	do(h, ctx, in)
}

// refreshProposeForm redraws a proposal's form.
func (h *Handler) refreshProposeForm(ctx context.Context, in port.Inbound) {
	ctx, cancel := context.WithTimeout(ctx, formRefresh)
	defer cancel()
	dr := form.Draft{Origin: form.ReadOrigin(in.Memo), Values: in.Values}
	if dr.Ask != "" {
		dr.Channels = h.channels().options(ctx)
	}
	f := openedBy(form.Propose(h.fillDraft(ctx, dr), h.policy()), in)
	hash := in.Hash
	if in.Values[form.FieldMore] != "" {
		hash = "" // a press counts, also if the form was redrawn just before it
	}
	if err := h.updateForm(ctx, in.View, hash, f); err != nil {
		h.log.Info("a form was not redrawn; it was closed, or changed again", "err", err)
	}
}

// updateForm redraws an open form, and tries again where Slack could not just
// then: type-ahead is told nothing of what was entered (bot/chat/doc.go 3.5), so
// that it knows the machine by the form alone.
func (h *Handler) updateForm(ctx context.Context, view, hash string, f view.Form) error {
	for {
		err := h.chat.UpdateForm(ctx, view, hash, f)
		wait := port.RetryAfter(err)
		if err == nil || port.IsPermanent(err) || wait <= 0 {
			return err
		}
		again := time.NewTimer(wait)
		select {
		case <-again.C:
		case <-ctx.Done():
			again.Stop()
			return err
		}
	}
}

// Suggest answers the type-ahead of a dialog, from memory.
func (h *Handler) Suggest(ctx context.Context, in port.Inbound, field, query string) []view.Option {
	do := verbTable[in.Verb].suggested
	if do == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, formTimeout)
	defer cancel()
	if err := h.people.Gate(ctx, people.AskerOf(in)); err != nil {
		r := h.people.GateRefusal(in.Verb, err)
		return []view.Option{{
			Value: search.NotAChoice, Label: view.Capitalize(r.Why), Note: r.Next,
			Group: "Nothing is shown",
		}}
	}
	return do(h, ctx, in, field, query)
}

// suggestField answers the type-ahead of a proposal's form.
func (h *Handler) suggestField(ctx context.Context, in port.Inbound, field, query string) []view.Option {
	m := form.ReadOrigin(in.Memo)
	switch field {
	case form.FieldTarget:
		return search.MachineOptions(h.cloud.Fleet(ctx), query, m.Picks)
	case form.FieldImage:
		return h.suggestImages(ctx, cmp.Or(in.Values[form.FieldTarget], m.Target), query)
	}
	return nil
}

func (h *Handler) suggestImages(ctx context.Context, target, query string) []view.Option {
	only := func(label, note string) []view.Option {
		return []view.Option{{Value: search.NotAChoice, Label: label, Note: note, Group: "No images yet"}}
	}
	i, ok := search.FindRemembered(h.cloud.Fleet(ctx), target)
	if !ok {
		return only("Pick the machine first", "The list then has the images that fit it")
	}
	images, err := h.cloud.Images(ctx, i.Ref)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return only("Still reading the images", "Type again in a moment")
	case err != nil:
		h.log.Warn("could not suggest images", "err", err)
		return only("The cloud does not answer for its images", "Type again in a minute, or leave it empty")
	}
	return search.ImageOptions(i, images, query, h.policy())
}
