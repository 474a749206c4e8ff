package commands

import (
	"context"
	"strings"

	"twokey/commands/people"
	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/screen"
	"twokey/commands/screen/form"
	"twokey/commands/screen/help"
	"twokey/commands/view"
)

// A deed is a verb with every way to it.
type verbActions struct {
	// typed and pressed answer at once; where typed is nil what is typed is stored.
	// sure is false where Slack could not say who it is: only what stops something
	// is answered then, and names nothing.
	typed   func(h *Handler, ctx context.Context, in port.Inbound) port.Reply
	pressed func(h *Handler, ctx context.Context, in port.Inbound, sure bool) port.Reply
	// submitted, suggested and changed are of the verb's form.
	submitted func(h *Handler, ctx context.Context, in port.Inbound) port.Reply
	suggested func(h *Handler, ctx context.Context, in port.Inbound, field, query string) []view.Option
	changed   func(h *Handler, ctx context.Context, in port.Inbound)
	// taken says what is read meanwhile by whoever typed what is stored.
	taken func(l port.Line) view.Text
}

// verbTable are all that there is.
var verbTable = map[string]verbActions{
	model.VerbHelp: {typed: func(_ *Handler, _ context.Context, in port.Inbound) port.Reply {
		if in.As == port.AsAll {
			return port.Reply{Text: help.All()}
		}
		return port.Reply{Text: help.Short()}
	}},
	model.VerbList: {typed: (*Handler).listReply},
	model.VerbShow: {typed: (*Handler).showReply, pressed: atPress((*Handler).openDetails)},

	model.VerbPropose: {
		typed:     (*Handler).openPropose,
		submitted: (*Handler).submitPropose, suggested: (*Handler).suggestField, changed: (*Handler).refreshProposeForm,
		taken: func(l port.Line) view.Text {
			if len(l.Targets) > 0 {
				return view.Say("Looking at ", model.JoinAnd(l.Targets),
					". One proposal for all of them appears in this channel in a moment.")
			}
			return view.Say("Looking at ", view.Mono(l.Request.Target),
				". The proposal appears in this channel in a moment.")
		},
	},
	model.VerbCheck: {
		taken: func(l port.Line) view.Text {
			return view.Say("Checking ", view.Mono(l.Request.Target), ". Nothing is proposed.")
		},
	},
	model.VerbHistory: {
		taken: func(l port.Line) view.Text { return view.Say("Looking up ", view.Mono(l.Target), ".") },
	},
	model.VerbFreeze: {
		taken: noAnswer,
	},
	model.VerbUnfreeze: {
		taken: noAnswer,
	},

	model.VerbApprove:    {pressed: (*Handler).storePress},
	model.VerbHold:       {pressed: (*Handler).storePress},
	model.VerbResume:     {pressed: (*Handler).storePress},
	model.VerbCancel:     {pressed: (*Handler).storePress},
	model.VerbResolve:    {pressed: atPress((*Handler).openResolve), submitted: (*Handler).submitResolve},
	model.VerbBreakGlass: {},
	model.VerbReject:     {pressed: (*Handler).openReject, submitted: (*Handler).submitReject},
	model.VerbBackup: {
		typed: (*Handler).openBackup, pressed: atPress((*Handler).openBackup),
		submitted: (*Handler).submitBackup,
	},
	model.VerbImage: {
		pressed: atPress((*Handler).openImage),
		submitted: func(h *Handler, ctx context.Context, in port.Inbound) port.Reply {
			return h.storeItem(ctx, in, port.Line{Verb: model.VerbImage, ID: in.Op, Stop: in.Values["how"] == "stop"},
				nil)
		},
	},
	model.VerbPassword: {typed: (*Handler).showPassword, pressed: atPress((*Handler).showPassword)},
}

// noAnswer says nothing until it has happened.
func noAnswer(port.Line) view.Text { return view.Text{} }

// atPress is what a button does that is answered to whoever is known.
func atPress(do func(*Handler, context.Context, port.Inbound) port.Reply) func(*Handler, context.Context, port.Inbound,
	bool) port.Reply {
	return func(h *Handler, ctx context.Context, in port.Inbound, _ bool) port.Reply { return do(h, ctx, in) }
}

// storedVerbs are the buttons that are answered by what comes of them.
var storedVerbs = map[string]bool{
	model.VerbApprove: true, model.VerbHold: true, model.VerbResume: true,
	model.VerbCancel: true,
}

func (h *Handler) storePress(ctx context.Context, in port.Inbound, _ bool) port.Reply {
	return h.storeItem(ctx, in, port.Line{Verb: in.Verb, ID: in.Op}, nil)
}

// answeredAtOnce reports whether what was typed is answered at once, and not stored.
func answeredAtOnce(l port.Line) bool {
	return verbTable[l.Verb].typed != nil && l.Request.Target == "" && len(l.Targets) == 0
}

// gateContext is the context of the gate, for what is answered within the ack.
func gateContext(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, admitWithin)
}

func (h *Handler) answerCommand(ctx context.Context, in port.Inbound, l port.Line) port.Reply {
	sure := model.Stops(l.Verb) && h.knownHere(in)
	if !model.Stops(l.Verb) { // which wait for nobody: they are let through when they are performed
		asking, cancel := gateContext(ctx)
		err := h.people.Gate(asking, people.AskerOf(in))
		cancel()
		if sure = err == nil; !sure && (answeredAtOnce(l) || port.AsRefusal(err) != nil) {
			return refusalReply(h.people.GateRefusal(l.Verb, err))
		}
	}
	if r := checkChannel(h.policy(), in.Channel, l.Verb); r != nil {
		return refusalReply(r)
	}
	switch deed := verbTable[l.Verb]; {
	case answeredAtOnce(l):
		return deed.typed(h, ctx, in)
	case deed.taken != nil:
		meant, buttons := meantBy(in.Text)
		r := h.storeItem(ctx, in, l, append(deed.taken(l), meant...))
		if r.Corrections = buttons; r.No || len(r.Text) == 0 {
			r.Corrections = nil
		}
		return r
	}
	return h.storeTyped(ctx, in, l, sure)
}

// checkChannel refuses a channel in which a verb is not for anybody.
func checkChannel(p model.Policy, channel, verb string) *model.Refusal {
	if p.AllowsChannel(channel) || anywhere[verb] {
		return nil
	}
	return model.Refuse(model.RefusalTitle(verb), "this channel is not one where reinstalls are handled",
		"Go to one that the policy file names: "+strings.Join(p.Channels, ", "))
}

// knownHere reports whether somebody is remembered as a full member: then they may
// know what stands in the channel where they are.
func (h *Handler) knownHere(in port.Inbound) bool {
	p, known := h.people.Remembered(in.User)
	return known && (reinstall.Actor{Person: p}).CheckMember("") == nil
}

// storeTyped stores what was typed about a proposal. Where it is not sure that they
// may see it, what they read is the same whether there is one or not.
func (h *Handler) storeTyped(ctx context.Context, in port.Inbound, l port.Line, sure bool) port.Reply {
	typed, of := l.ID, view.Text(nil)
	rec, err := h.store.Load(ctx, l.ID)
	if err != nil && !port.IsNotFound(err) {
		h.faults.Error("operation: could not load it", l.Verb, err, "op", l.ID)
		return refusalReply(screen.StoreUnreachable(model.RefusalTitle(l.Verb), port.WhyRefused(err)))
	}
	if err == nil {
		of = screen.BatchPosition(rec.Op)
		if !model.ForOne(l.Verb) {
			lead, err := h.proposals.LeadOf(ctx, rec)
			if err != nil {
				return h.notStored(l.Verb, err)
			}
			rec, l.ID, of = lead, lead.Op.ID, screen.ForSeveral(lead.Op)
		}
		in.Rev = rec.Rev // what is typed binds to the plan as it is now, not as it will be
	}
	if sure && (!model.Stops(l.Verb) || rec.Op.Channel == in.Channel) {
		typed = l.ID
	} else {
		of = nil
	}
	return h.storeItem(ctx, in, l, view.Say("Noted for ", view.Mono(typed), of,
		". The thread, or a note to you alone, shows what comes of it."))
}

// anywhere are the verbs that are never refused for the place: asking, and
// stopping.
var anywhere = map[string]bool{
	model.VerbHelp: true, model.VerbList: true, model.VerbShow: true, model.VerbHold: true, model.VerbCancel: true,
	model.VerbReject: true, model.VerbFreeze: true,
}

// unknownButton refuses a button that no verb has.
func unknownButton() port.Reply {
	return refusalReply(model.Refuse("Not done", "this button is not one of ours",
		"Use the newest card, or /reinstall list"))
}

func (h *Handler) answerPress(ctx context.Context, in port.Inbound) port.Reply {
	deed := verbTable[in.Verb]
	if deed.pressed == nil {
		return unknownButton()
	}
	if in.Channel != "" {
		if r := h.checkCardChannel(ctx, in); r != nil {
			return refusalReply(r)
		}
	}
	if storedVerbs[in.Verb] {
		return deed.pressed(h, ctx, in, false)
	}
	asking, cancel := gateContext(ctx)
	defer cancel()
	err := h.people.Gate(asking, people.AskerOf(in))
	if err != nil && (port.AsRefusal(err) != nil || !model.Stops(in.Verb)) {
		return refusalReply(h.people.GateRefusal(in.Verb, err))
	}
	if err == nil && deed.submitted != nil { // no form is opened in vain
		if r, is := h.outOfDate(ctx, in); is {
			return r
		}
	}
	return deed.pressed(h, ctx, in, err == nil)
}

func (h *Handler) answerSubmit(ctx context.Context, in port.Inbound) port.Reply {
	deed := verbTable[in.Verb]
	if deed.submitted == nil {
		return port.Reply{}
	}
	a := people.AskerOf(in)
	if in.Verb == model.VerbPropose { // a channel that they picked says nothing of where they are
		_, picked := in.Values[form.FieldChannel]
		if picked {
			a.At = ""
		}
	}
	if !model.Stops(in.Verb) {
		asking, cancel := gateContext(ctx)
		defer cancel()
		if err := h.people.Gate(asking, a); err != nil {
			return refusalReply(h.people.GateRefusal(in.Verb, err))
		}
	}
	return deed.submitted(h, ctx, in)
}
