package commands

import (
	"context"
	"strings"

	"twokey/commands/people"
	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/screen"
	"twokey/commands/view"
)

// A deed is a verb with every way to it.
type deed struct {
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
	taken func(l port.Line) reinstall.Text
}

// deeds are all that there is.
var deeds = map[string]deed{
	reinstall.VerbHelp: {typed: func(*Handler, context.Context, port.Inbound) port.Reply { return port.Reply{Text: screen.Help()} }},
	reinstall.VerbList: {typed: (*Handler).list},
	reinstall.VerbShow: {typed: (*Handler).show},

	reinstall.VerbPropose: {
		typed:     (*Handler).openPropose,
		submitted: (*Handler).submitPropose, suggested: (*Handler).suggest, changed: (*Handler).redraw,
		taken: func(l port.Line) reinstall.Text {
			if len(l.Targets) > 0 {
				return reinstall.Say("Looking at ", reinstall.And(l.Targets), ". One proposal for all of them appears in this channel in a moment.")
			}
			return reinstall.Say("Looking at ", reinstall.Mono(l.Wish.Target), ". The proposal appears in this channel in a moment.")
		},
	},
	reinstall.VerbCheck: {
		taken: func(l port.Line) reinstall.Text {
			return reinstall.Say("Checking ", reinstall.Mono(l.Wish.Target), ". Nothing is proposed.")
		},
	},
	reinstall.VerbHistory: {
		taken: func(l port.Line) reinstall.Text { return reinstall.Say("Looking up ", reinstall.Mono(l.Target), ".") },
	},
	reinstall.VerbFreeze: {
		taken: quietly,
	},
	reinstall.VerbUnfreeze: {
		taken: quietly,
	},

	reinstall.VerbApprove:    {pressed: (*Handler).takePress},
	reinstall.VerbHold:       {pressed: (*Handler).takePress},
	reinstall.VerbResume:     {pressed: (*Handler).takePress},
	reinstall.VerbCancel:     {pressed: (*Handler).takePress},
	reinstall.VerbResolve:    {},
	reinstall.VerbBreakGlass: {},
	reinstall.VerbReject:     {pressed: (*Handler).openReject, submitted: (*Handler).submitReject},
	reinstall.VerbBackup:     {typed: (*Handler).openBackup, pressed: atPress((*Handler).openBackup), submitted: (*Handler).submitBackup},
	reinstall.VerbImage:      {pressed: atPress((*Handler).openImage), submitted: (*Handler).submitImage},
	reinstall.VerbPassword:   {typed: (*Handler).showPassword, pressed: atPress((*Handler).showPassword)},
}

// quietly says nothing until it has happened.
func quietly(port.Line) reinstall.Text { return reinstall.Text{} }

// atPress is what a button does that is answered to whoever is known.
func atPress(do func(*Handler, context.Context, port.Inbound) port.Reply) func(*Handler, context.Context, port.Inbound, bool) port.Reply {
	return func(h *Handler, ctx context.Context, in port.Inbound, _ bool) port.Reply { return do(h, ctx, in) }
}

// stored are the buttons that are answered by what comes of them.
var stored = map[string]bool{reinstall.VerbApprove: true, reinstall.VerbHold: true, reinstall.VerbResume: true, reinstall.VerbCancel: true}

func (h *Handler) takePress(ctx context.Context, in port.Inbound, _ bool) port.Reply {
	return h.take(ctx, in, port.Line{Verb: in.Verb, ID: in.Op}, nil)
}

func (h *Handler) submitImage(ctx context.Context, in port.Inbound) port.Reply {
	return h.take(ctx, in, port.Line{Verb: reinstall.VerbImage, ID: in.Op, Stop: in.Values["how"] == "stop"}, nil)
}

// answeredAtOnce reports whether what was typed is answered at once, and not stored.
func answeredAtOnce(l port.Line) bool {
	return deeds[l.Verb].typed != nil && l.Wish.Target == "" && len(l.Targets) == 0
}

// askedAtGate is the context of the gate, for what is answered within the ack.
func askedAtGate(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, admitWithin)
}

func (h *Handler) command(ctx context.Context, in port.Inbound, l port.Line) port.Reply {
	sure := reinstall.Stops(l.Verb) && h.knownHere(in)
	if !reinstall.Stops(l.Verb) { // which wait for nobody: they are let through when they are performed
		asking, cancel := askedAtGate(ctx)
		err := h.people.Gate(asking, people.AskerOf(in))
		cancel()
		if sure = err == nil; !sure && (answeredAtOnce(l) || port.AsRefusal(err) != nil) {
			return refused(h.people.Barred(l.Verb, err))
		}
	}
	if !h.policy().Allows(in.Channel) && !anywhere[l.Verb] {
		return refused(reinstall.Refuse(screen.DoingOf(l.Verb), "this channel is not one where reinstalls are handled",
			"Go to one that the policy file names: "+strings.Join(h.policy().Channels, ", ")))
	}
	switch deed := deeds[l.Verb]; {
	case answeredAtOnce(l):
		return deed.typed(h, ctx, in)
	case deed.taken != nil:
		return h.take(ctx, in, l, deed.taken(l))
	}
	return h.takeTyped(ctx, in, l, sure)
}

// knownHere reports whether somebody is remembered as a full member: then they may
// know what stands in the channel where they are.
func (h *Handler) knownHere(in port.Inbound) bool {
	p, known := h.people.Remembered(in.User)
	return known && (reinstall.Standing{Person: p}).Member("") == nil
}

// takeTyped stores what was typed about a proposal. Where it is not sure that they
// may see it, what they read is the same whether there is one or not.
func (h *Handler) takeTyped(ctx context.Context, in port.Inbound, l port.Line, sure bool) port.Reply {
	typed, of := l.ID, reinstall.Text(nil)
	rec, err := h.store.Load(ctx, l.ID)
	if err != nil && !port.IsNotFound(err) {
		h.faults.Error("could not load an operation", l.Verb, err, "op", l.ID)
		return refused(screen.Unreached(screen.DoingOf(l.Verb), port.WhyRefused(err)))
	}
	if err == nil {
		of = screen.OneOf(rec.Op)
		if !reinstall.ForOne(l.Verb) {
			lead, err := h.proposals.LeadOf(ctx, rec)
			if err != nil {
				return h.notTaken(l.Verb, err)
			}
			rec, l.ID, of = lead, lead.Op.ID, screen.OfAll(lead.Op)
		}
		in.Rev = rec.Rev // what is typed binds to the plan as it is now, not as it will be
	}
	if sure && (!reinstall.Stops(l.Verb) || rec.Op.Channel == in.Channel) {
		typed = l.ID
	} else {
		of = nil
	}
	return h.take(ctx, in, l, reinstall.Say("Noted for ", reinstall.Mono(typed), of, ". The thread, or a note to you alone, tells what comes of it."))
}

// anywhere are the verbs that are never refused for the place: asking, and
// stopping.
var anywhere = map[string]bool{
	reinstall.VerbHelp: true, reinstall.VerbList: true, reinstall.VerbShow: true, reinstall.VerbHold: true, reinstall.VerbCancel: true, reinstall.VerbReject: true, reinstall.VerbFreeze: true,
}

func (h *Handler) press(ctx context.Context, in port.Inbound) port.Reply {
	deed := deeds[in.Verb]
	if deed.pressed == nil {
		return refused(reinstall.Refuse("Not done", "this button is not one of ours", "Use the newest card, or /reinstall list"))
	}
	if in.Channel != "" {
		if r := h.ofItsCard(ctx, in); r != nil {
			return refused(r)
		}
	}
	if stored[in.Verb] {
		return deed.pressed(h, ctx, in, false)
	}
	asking, cancel := askedAtGate(ctx)
	defer cancel()
	err := h.people.Gate(asking, people.AskerOf(in))
	if err != nil && (port.AsRefusal(err) != nil || !reinstall.Stops(in.Verb)) {
		return refused(h.people.Barred(in.Verb, err))
	}
	if err == nil && deed.submitted != nil { // no form is opened in vain
		if r, is := h.outOfDate(ctx, in); is {
			return r
		}
	}
	return deed.pressed(h, ctx, in, err == nil)
}

func (h *Handler) submit(ctx context.Context, in port.Inbound) port.Reply {
	deed := deeds[in.Verb]
	if deed.submitted == nil {
		return port.Reply{}
	}
	a := people.AskerOf(in)
	if in.Verb == reinstall.VerbPropose { // a channel that they picked says nothing of where they are
		_, picked := in.Values[screen.FieldPlace]
		if picked {
			a.At = ""
		}
	}
	if !reinstall.Stops(in.Verb) {
		asking, cancel := askedAtGate(ctx)
		defer cancel()
		if err := h.people.Gate(asking, a); err != nil {
			return refused(h.people.Barred(in.Verb, err))
		}
	}
	return deed.submitted(h, ctx, in)
}
