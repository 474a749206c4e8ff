package commands

import (
	"context"
	"strings"

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
	typed   func(d *Desk, ctx context.Context, in port.Inbound) port.Reply
	pressed func(d *Desk, ctx context.Context, in port.Inbound, sure bool) port.Reply
	// submitted, suggested and changed are of the verb's form.
	submitted func(d *Desk, ctx context.Context, in port.Inbound) port.Reply
	suggested func(d *Desk, ctx context.Context, in port.Inbound, field, query string) []view.Option
	changed   func(d *Desk, ctx context.Context, in port.Inbound)
	// taken says what is read meanwhile by whoever typed what is stored.
	taken func(l port.Line) reinstall.Text
}

// deeds are all that there is.
var deeds = map[string]deed{
	reinstall.VerbHelp: {typed: func(*Desk, context.Context, port.Inbound) port.Reply { return port.Reply{Text: screen.Help()} }},
	reinstall.VerbList: {typed: (*Desk).list},
	reinstall.VerbShow: {typed: (*Desk).show},

	reinstall.VerbPropose: {
		typed:     (*Desk).openPropose,
		submitted: (*Desk).submitPropose, suggested: (*Desk).suggest, changed: (*Desk).redraw,
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

	reinstall.VerbApprove:    {pressed: (*Desk).takePress},
	reinstall.VerbHold:       {pressed: (*Desk).takePress},
	reinstall.VerbResume:     {pressed: (*Desk).takePress},
	reinstall.VerbCancel:     {pressed: (*Desk).takePress},
	reinstall.VerbResolve:    {},
	reinstall.VerbBreakGlass: {},
	reinstall.VerbReject:     {pressed: (*Desk).openReject, submitted: (*Desk).submitReject},
	reinstall.VerbBackup:     {typed: (*Desk).openBackup, pressed: atPress((*Desk).openBackup), submitted: (*Desk).submitBackup},
	reinstall.VerbImage:      {pressed: atPress((*Desk).openImage), submitted: (*Desk).submitImage},
	reinstall.VerbPassword:   {typed: (*Desk).showPassword, pressed: atPress((*Desk).showPassword)},
}

// quietly says nothing until it has happened.
func quietly(port.Line) reinstall.Text { return reinstall.Text{} }

// atPress is what a button does that is answered to whoever is known.
func atPress(do func(*Desk, context.Context, port.Inbound) port.Reply) func(*Desk, context.Context, port.Inbound, bool) port.Reply {
	return func(d *Desk, ctx context.Context, in port.Inbound, _ bool) port.Reply { return do(d, ctx, in) }
}

// stored are the buttons that are answered by what comes of them.
var stored = map[string]bool{reinstall.VerbApprove: true, reinstall.VerbHold: true, reinstall.VerbResume: true, reinstall.VerbCancel: true}

func (d *Desk) takePress(ctx context.Context, in port.Inbound, _ bool) port.Reply {
	return d.take(ctx, in, port.Line{Verb: in.Verb, ID: in.Op}, nil)
}

func (d *Desk) submitImage(ctx context.Context, in port.Inbound) port.Reply {
	return d.take(ctx, in, port.Line{Verb: reinstall.VerbImage, ID: in.Op, Stop: in.Values["how"] == "stop"}, nil)
}

// answeredAtOnce reports whether what was typed is answered at once, and not stored.
func answeredAtOnce(l port.Line) bool {
	return deeds[l.Verb].typed != nil && l.Wish.Target == "" && len(l.Targets) == 0
}

// askedAtGate is the context of the gate, for what is answered within the ack.
func askedAtGate(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, admitWithin)
}

func (d *Desk) command(ctx context.Context, in port.Inbound, l port.Line) port.Reply {
	sure := reinstall.Stops(l.Verb) && d.knownHere(in)
	if !reinstall.Stops(l.Verb) { // which wait for nobody: they are let through when they are performed
		asking, cancel := askedAtGate(ctx)
		err := d.gate(asking, askerOf(in))
		cancel()
		if sure = err == nil; !sure && (answeredAtOnce(l) || asRefusal(err) != nil) {
			return refused(d.barred(l.Verb, err))
		}
	}
	if !d.policy().Allows(in.Channel) && !anywhere[l.Verb] {
		return refused(reinstall.Refuse(screen.DoingOf(l.Verb), "this channel is not one where reinstalls are handled",
			"Go to one that the policy file names: "+strings.Join(d.policy().Channels, ", ")))
	}
	switch deed := deeds[l.Verb]; {
	case answeredAtOnce(l):
		return deed.typed(d, ctx, in)
	case deed.taken != nil:
		return d.take(ctx, in, l, deed.taken(l))
	}
	return d.takeTyped(ctx, in, l, sure)
}

// knownHere reports whether somebody is remembered as a full member: then they may
// know what stands in the channel where they are.
func (d *Desk) knownHere(in port.Inbound) bool {
	p, known := d.remembered(in.User)
	return known && (reinstall.Standing{Person: p}).Member("") == nil
}

// takeTyped stores what was typed about a proposal. Where it is not sure that they
// may see it, what they read is the same whether there is one or not.
func (d *Desk) takeTyped(ctx context.Context, in port.Inbound, l port.Line, sure bool) port.Reply {
	typed, of := l.ID, reinstall.Text(nil)
	rec, err := d.store.Load(ctx, l.ID)
	if err != nil && !port.IsNotFound(err) {
		d.faults.Error("could not load an operation", l.Verb, err, "op", l.ID)
		return refused(screen.Unreached(screen.DoingOf(l.Verb), port.WhyRefused(err)))
	}
	if err == nil {
		of = screen.OneOf(rec.Op)
		if rec.Op.Batch != nil && !reinstall.ForOne(l.Verb) {
			lead, err := d.leadOf(ctx, rec)
			if err != nil {
				return d.notTaken(l.Verb, err)
			}
			if rec, l.ID = lead, lead.Op.ID; of != nil {
				of = reinstall.Say(", a proposal for ", screen.Several(len(rec.Op.Batch.Members)))
			}
		}
		in.Rev = rec.Rev // what is typed binds to the plan as it is now, not as it will be
	}
	if sure && (!reinstall.Stops(l.Verb) || rec.Op.Channel == in.Channel) {
		typed = l.ID
	} else {
		of = nil
	}
	return d.take(ctx, in, l, reinstall.Say("Noted for ", reinstall.Mono(typed), of, ". The thread, or a note to you alone, tells what comes of it."))
}

// anywhere are the verbs that are never refused for the place: asking, and
// stopping.
var anywhere = map[string]bool{
	reinstall.VerbHelp: true, reinstall.VerbList: true, reinstall.VerbShow: true, reinstall.VerbHold: true, reinstall.VerbCancel: true, reinstall.VerbReject: true, reinstall.VerbFreeze: true,
}

func (d *Desk) press(ctx context.Context, in port.Inbound) port.Reply {
	deed := deeds[in.Verb]
	if deed.pressed == nil {
		return refused(reinstall.Refuse("Not done", "this button is not one of ours", "Use the newest card, or /reinstall list"))
	}
	if in.Channel != "" {
		if r := d.ofItsCard(ctx, in); r != nil {
			return refused(r)
		}
	}
	if stored[in.Verb] {
		return deed.pressed(d, ctx, in, false)
	}
	asking, cancel := askedAtGate(ctx)
	defer cancel()
	err := d.gate(asking, askerOf(in))
	if err != nil && (asRefusal(err) != nil || !reinstall.Stops(in.Verb)) {
		return refused(d.barred(in.Verb, err))
	}
	if err == nil && deed.submitted != nil { // no form is opened in vain
		if r, is := d.outOfDate(ctx, in); is {
			return r
		}
	}
	return deed.pressed(d, ctx, in, err == nil)
}

func (d *Desk) submit(ctx context.Context, in port.Inbound) port.Reply {
	deed := deeds[in.Verb]
	if deed.submitted == nil {
		return port.Reply{}
	}
	a := askerOf(in)
	if in.Verb == reinstall.VerbPropose { // a channel that they picked says nothing of where they are
		_, picked := in.Values[screen.FieldPlace]
		if picked {
			a.at = ""
		}
	}
	if !reinstall.Stops(in.Verb) {
		asking, cancel := askedAtGate(ctx)
		defer cancel()
		if err := d.gate(asking, a); err != nil {
			return refused(d.barred(in.Verb, err))
		}
	}
	return deed.submitted(d, ctx, in)
}
