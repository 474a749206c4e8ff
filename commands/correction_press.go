package commands

import (
	"context"
	"strings"

	"twokey/commands/grammar"
	"twokey/commands/people"
	"twokey/commands/port"
	"twokey/commands/reinstall/model"
	"twokey/commands/screen/form"
	"twokey/commands/search"
	"twokey/commands/view"
)

// A correction is a button for a line that somebody may have meant. Its value counts as
// what is typed does: all is checked when it is pressed, and whoever made it is not asked.

// readByCorrection are the verbs that change nothing: a correction does them.
var readByCorrection = map[string]bool{
	model.VerbHelp: true, model.VerbList: true, model.VerbShow: true, model.VerbCheck: true, model.VerbHistory: true,
}

// openedByCorrection are the verbs that have a form: a correction opens it. All other
// verbs are left to be typed.
var openedByCorrection = map[string]bool{
	model.VerbPropose: true, model.VerbReject: true, model.VerbBackup: true, model.VerbImage: true,
	model.VerbResolve: true,
}

// isPressable reports whether a correction can stand for a line. The form of a proposal
// is for one machine.
func isPressable(l port.Line) bool {
	return readByCorrection[l.Verb] || openedByCorrection[l.Verb] && len(l.Targets) == 0
}

// meantBy says which lines may have been meant by what was typed, with a button for each
// that can have one.
func meantBy(typed string) (view.Text, []view.Correction) {
	lines := grammar.Meant(typed)
	if len(lines) == 0 {
		return nil, nil
	}
	t := view.Say(" Did you mean ")
	var buttons []view.Correction
	for n, line := range lines {
		switch {
		case n > 0 && n == len(lines)-1:
			t = append(t, view.Span{Text: " or "})
		case n > 0:
			t = append(t, view.Span{Text: ", "})
		}
		t = append(t, view.Mono("/reinstall "+line))
		if l, no := grammar.Parse(line); no == nil && isPressable(l) {
			buttons = append(buttons, view.Correction{Label: correctionLabel(l), Line: line})
		}
	}
	t = append(t, view.Span{Text: "?"})
	if len(buttons) == 0 {
		t = append(t, view.Span{Text: " If so, type that."})
	}
	return t, buttons
}

// correctionLabel is what stands on the button for a line.
func correctionLabel(l port.Line) string {
	if l.Verb == model.VerbPropose {
		return view.WithThisReason(l.Request.Target)
	}
	return strings.TrimSpace(l.Verb + " " + l.ID + l.Target + l.Request.Target)
}

// pressCorrection answers the button of a correction.
func pressCorrection(ctx context.Context, h *Handler, in port.Inbound) port.Reply {
	l, no := grammar.Parse(in.Text)
	pressable := no == nil && isPressable(l)
	if pressable && readByCorrection[l.Verb] {
		return h.Command(ctx, in)
	}
	if pressable {
		in.Verb, in.Op, in.As = l.Verb, l.ID, l.As
	}
	if no, ok := h.admitPerson(ctx, in, in.Verb); !ok {
		return h.auditRefusal(ctx, in, in.Verb, no)
	}
	if !pressable {
		return h.auditRefusal(ctx, in, in.Verb, unknownButton())
	}
	return h.auditRefusal(ctx, in, in.Verb, openCorrected(ctx, h, in, l))
}

// openCorrected opens the form of a line's verb, for whoever may open it here.
func openCorrected(ctx context.Context, h *Handler, in port.Inbound, l port.Line) port.Reply {
	asking, cancel := gateContext(ctx)
	defer cancel()
	err := h.people.Gate(asking, people.AskerOf(in))
	if err != nil && (port.AsRefusal(err) != nil || !model.Stops(l.Verb)) {
		return refusalReply(h.people.GateRefusal(l.Verb, err))
	}
	if r := checkChannel(h.policy(), in.Channel, l.Verb); r != nil {
		return refusalReply(r)
	}
	if l.Verb == model.VerbPropose {
		return openFilled(ctx, h, in, l.Request)
	}
	rec, r := h.loadOrRefuse(ctx, l.ID, l.Verb)
	if r == nil && !model.ForOne(l.Verb) {
		if rec, err = h.proposals.LeadOf(ctx, rec); err != nil {
			return h.notStored(l.Verb, err)
		}
	}
	if r != nil {
		return refusalReply(r)
	}
	if l.Verb != model.VerbResolve && !rec.Op.State.Open() { // no form is opened in vain
		return refusalReply(model.Refuse(model.RefusalTitle(l.Verb), whyGone(rec.Op),
			"Look at it: "+model.Typed(model.VerbShow, rec.Op.ID)))
	}
	in.Op, in.Rev = rec.Op.ID, rec.Rev // as for what is typed: the plan as it is now
	in.Values = map[string]string{form.FieldReason: l.Text}
	return verbTable[l.Verb].pressed(h, ctx, in, err == nil)
}

// openFilled opens the form of a proposal with what a line has. If memory has not all that
// the form shows, it opens at once all the same, and is drawn again.
func openFilled(ctx context.Context, h *Handler, in port.Inbound, w model.Request) port.Reply {
	draft := func(ctx context.Context) form.Draft {
		return h.fillDraft(ctx, form.FromRequest(w, h.cloud.Fleet(ctx))).WithImage(w.Image)
	}
	soon, cancel := context.WithTimeout(ctx, shortcutTimeout)
	defer cancel()
	dr := draft(soon)
	_, known := dr.Machine()
	if known && dr.Images != nil || !known && !search.StillReading(dr.Parts) {
		return h.openForm(ctx, in, form.Propose(dr, h.policy()))
	}
	return h.openRefreshed(ctx, in, form.Propose(dr, h.policy()), func(ctx context.Context) (view.Form, bool) {
		reading, cancel := context.WithTimeout(ctx, formRefresh/2) // one region may hang
		defer cancel()
		return form.Propose(draft(reading), h.policy()), true
	})
}

// withReason is a form with what was typed as its reason.
func withReason(f view.Form, in port.Inbound) view.Form {
	for n := range f.Fields {
		if f.Fields[n].ID == form.FieldReason {
			f.Fields[n].Value = in.Values[form.FieldReason]
		}
	}
	return f
}
