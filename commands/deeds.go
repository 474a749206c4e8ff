package commands

import (
	"context"
	"strings"

	"twokey/commands/reinstall"
)

// A deed is a verb with every way to it. What its answers are about stands first:
// the gate asks for it, and a verb that does not say it is refused to everybody.
type deed struct {
	about subject
	// typed and pressed answer at once; where typed is nil what is typed is stored.
	// sure is false where Slack could not say who it is: only what stops something
	// is answered then, and names nothing.
	typed   func(d *Desk, ctx context.Context, in Inbound) Reply
	pressed func(d *Desk, ctx context.Context, in Inbound, sure bool) Reply
	// submitted, suggested and changed are of the verb's form.
	submitted func(d *Desk, ctx context.Context, in Inbound) Reply
	suggested func(d *Desk, ctx context.Context, in Inbound, field, query string) []Option
	changed   func(d *Desk, ctx context.Context, in Inbound)
	// performed works off what was stored; where it is nil it is a click on a
	// proposal.
	performed func(d *Desk, ctx context.Context, it Item, l Line) (text, error)
	// taken says what is read meanwhile by whoever typed what is stored.
	taken func(l Line) text
}

// deeds are all that there is.
var deeds = map[string]deed{
	VerbHelp: {about: theWords, typed: func(*Desk, context.Context, Inbound) Reply { return Reply{Text: help()} }},
	VerbList: {about: theHouse, typed: (*Desk).list},
	VerbShow: {about: aProposal, typed: (*Desk).show},

	VerbPropose: {
		about: theMachines, typed: (*Desk).openPropose,
		submitted: (*Desk).submitPropose, suggested: (*Desk).suggest, changed: (*Desk).redraw, performed: (*Desk).proposes,
		taken: func(l Line) text {
			if len(l.Targets) > 0 {
				return say("Looking at ", reinstall.And(l.Targets), ". One proposal for all of them appears in this channel in a moment.")
			}
			return say("Looking at ", mono(l.Wish.Target), ". The proposal appears in this channel in a moment.")
		},
	},
	VerbCheck: {
		about:     theMachines,
		performed: func(d *Desk, ctx context.Context, it Item, l Line) (text, error) { return d.check(ctx, it, l.Wish) },
		taken:     func(l Line) text { return say("Checking ", mono(l.Wish.Target), ". Nothing is proposed.") },
	},
	VerbHistory: {
		about:     theMachines,
		performed: func(d *Desk, ctx context.Context, it Item, l Line) (text, error) { return d.history(ctx, it, l.Target) },
		taken:     func(l Line) text { return say("Looking up ", mono(l.Target), ".") },
	},
	VerbFreeze: {
		about:     theHouse,
		performed: func(d *Desk, ctx context.Context, it Item, l Line) (text, error) { return d.freeze(ctx, it, l.Text) },
		taken:     quietly,
	},
	VerbUnfreeze: {
		about:     theHouse,
		performed: func(d *Desk, ctx context.Context, it Item, _ Line) (text, error) { return d.unfreeze(ctx, it) },
		taken:     quietly,
	},

	VerbApprove:    {about: aProposal, pressed: (*Desk).takePress},
	VerbHold:       {about: aProposal, pressed: (*Desk).takePress},
	VerbResume:     {about: aProposal, pressed: (*Desk).takePress},
	VerbCancel:     {about: aProposal, pressed: (*Desk).takePress},
	VerbResolve:    {about: aProposal},
	VerbBreakGlass: {about: aProposal},
	VerbReject:     {about: aProposal, pressed: (*Desk).openReject, submitted: (*Desk).submitReject},
	VerbBackup:     {about: aProposal, typed: (*Desk).openBackup, pressed: atPress((*Desk).openBackup), submitted: (*Desk).submitBackup},
	VerbImage:      {about: aProposal, pressed: atPress((*Desk).openImage), submitted: (*Desk).submitImage},
	VerbPassword:   {about: aProposal, typed: (*Desk).showPassword, pressed: atPress((*Desk).showPassword)},
}

// quietly says nothing until it has happened.
func quietly(Line) text { return text{} }

// atPress is what a button does that is answered to whoever is known.
func atPress(do func(*Desk, context.Context, Inbound) Reply) func(*Desk, context.Context, Inbound, bool) Reply {
	return func(d *Desk, ctx context.Context, in Inbound, _ bool) Reply { return do(d, ctx, in) }
}

// stored are the buttons that are answered by what comes of them.
var stored = map[string]bool{VerbApprove: true, VerbHold: true, VerbResume: true, VerbCancel: true}

func (d *Desk) takePress(ctx context.Context, in Inbound, _ bool) Reply {
	return d.take(ctx, in, Line{Verb: in.Verb, ID: in.Op}, nil)
}

func (d *Desk) submitImage(ctx context.Context, in Inbound) Reply {
	return d.take(ctx, in, Line{Verb: VerbImage, ID: in.Op, Stop: in.Values["how"] == "stop"}, nil)
}

func (d *Desk) proposes(ctx context.Context, it Item, l Line) (text, error) {
	if len(l.Targets) > 0 {
		return d.proposeAll(ctx, it, l)
	}
	return d.propose(ctx, it, l.Wish)
}

// answeredAtOnce reports whether what was typed is answered at once, and not stored.
func answeredAtOnce(l Line) bool {
	return deeds[l.Verb].typed != nil && l.Wish.Target == "" && len(l.Targets) == 0
}

// askedAtGate is the context of the gate, for what is answered within the ack.
func askedAtGate(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, admitWithin)
}

func (d *Desk) command(ctx context.Context, in Inbound, l Line) Reply {
	sure := stops(l.Verb) && d.knownHere(in)
	if !stops(l.Verb) { // which wait for nobody: they are let through when they are performed
		asking, cancel := askedAtGate(ctx)
		err := d.gate(asking, askerOf(in))
		cancel()
		if sure = err == nil; !sure && (answeredAtOnce(l) || asRefusal(err) != nil) {
			return refused(d.barred(l.Verb, err))
		}
	}
	if !d.policy().Allows(in.Channel) && !anywhere[l.Verb] {
		return refused(reinstall.Refuse(doingOf(l.Verb), "this channel is not one where reinstalls are handled",
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
func (d *Desk) knownHere(in Inbound) bool {
	p, known := d.lately.clicks.get(in.User, d.now(), clickAge)
	return known && (reinstall.Standing{Person: p}).Member("") == nil
}

// takeTyped stores what was typed about a proposal. Where it is not sure that they
// may see it, what they read is the same whether there is one or not.
func (d *Desk) takeTyped(ctx context.Context, in Inbound, l Line, sure bool) Reply {
	typed, of := l.ID, text(nil)
	rec, err := d.store.Load(ctx, l.ID)
	if err != nil && !isNotFound(err) {
		d.troubled("could not load an operation", l.Verb, err, "op", l.ID)
		return refused(unreached(doingOf(l.Verb), whyRefused(err)))
	}
	if err == nil {
		of = oneOf(rec.Op)
		if rec.Op.Batch != nil && !alone[l.Verb] {
			lead, err := d.leadOf(ctx, rec)
			if err != nil {
				return d.notTaken(l.Verb, err)
			}
			if rec, l.ID = lead, lead.Op.ID; of != nil {
				of = say(", a proposal for ", several(len(rec.Op.Batch.Members)))
			}
		}
		in.Rev = rec.Rev // what is typed binds to the plan as it is now, not as it will be
	}
	if sure && (!stops(l.Verb) || rec.Op.Channel == in.Channel) {
		typed = l.ID
	} else {
		of = nil
	}
	return d.take(ctx, in, l, say("Noted for ", mono(typed), of, ". The thread, or a note to you alone, tells what comes of it."))
}

// anywhere are the verbs that are never refused for the place: asking, and
// stopping.
var anywhere = map[string]bool{
	VerbHelp: true, VerbList: true, VerbShow: true, VerbHold: true, VerbCancel: true, VerbReject: true, VerbFreeze: true,
}

func (d *Desk) press(ctx context.Context, in Inbound) Reply {
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
	if err != nil && (asRefusal(err) != nil || !stops(in.Verb)) {
		return refused(d.barred(in.Verb, err))
	}
	if err == nil && deed.submitted != nil { // no form is opened in vain
		if r, is := d.outOfDate(ctx, in); is {
			return r
		}
	}
	return deed.pressed(d, ctx, in, err == nil)
}

func (d *Desk) submit(ctx context.Context, in Inbound) Reply {
	deed := deeds[in.Verb]
	if deed.submitted == nil {
		return Reply{}
	}
	a := askerOf(in)
	if in.Verb == VerbPropose { // a channel that they picked says nothing of where they are
		_, picked := in.Values[fieldPlace]
		if picked {
			a.at = ""
		}
	}
	if !stops(in.Verb) {
		asking, cancel := askedAtGate(ctx)
		defer cancel()
		if err := d.gate(asking, a); err != nil {
			return refused(d.barred(in.Verb, err))
		}
	}
	return deed.submitted(d, ctx, in)
}

// performed is perform behind the gate: the memory may be older than what Slack
// says by now.
func (d *Desk) performed(ctx context.Context, it Item, l Line) (text, error) {
	if err := d.passes(ctx, it); err != nil {
		return nil, err
	}
	if do := deeds[it.Verb].performed; do != nil {
		return do(d, ctx, it, l)
	}
	return d.click(ctx, it, l)
}
