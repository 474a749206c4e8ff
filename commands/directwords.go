package commands

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"twokey/commands/reinstall"
)

// The sentences of direct messages, and those that stand for them.

// asksYou asks an approver; the card's link follows.
func asksYou(ops []oper) text {
	first := ops[0]
	t := say(sign("key"), " ", who(first.Proposer), " asks to wipe and reinstall ", whichOf(ops))
	if first.Wish.Reason != "" {
		t = append(t, say(": ", reinstall.Quote(first.Wish.Reason))...)
	}
	return append(t, say(". You may approve it until ", at(soonest(ops)), ". Read the card first:")...)
}

// whichOf names one machine, or counts several.
func whichOf(ops []oper) text {
	if len(ops) > 1 {
		return say(strong(several(len(ops))))
	}
	return say(strong(ops[0].TypedName()), " (", mono(ops[0].Plan.Instance), ", ", ops[0].Plan.Region, ")")
}

// ended is the outcome, for the proposer; the card's link follows.
func ended(op oper) text {
	s := status(op)
	t := say(sign(strings.Trim(s.Emoji, ":")), " ", strong(s.Word), ": ", whichOf([]oper{op}))
	switch op.State {
	case reinstall.Done:
		return append(t, say(" runs ", op.Plan.Image.OSName, ". What to do next is in its thread:")...)
	case reinstall.Rejected, reinstall.Cancelled, reinstall.Resolved:
		t = because(append(t, say(", by ", who(op.End.By))...), op.End.Why)
	default:
		t = append(t, say(". ", capital(dot(op.End.Why)))...)
	}
	return append(t, say(" The card:")...)
}

// endedAll is the outcome of several machines.
func endedAll(ops []oper) text {
	t := say(sign("checkered_flag"), " Ended: ", strong(several(len(ops))))
	for i, op := range ops {
		sep := "; "
		if i == 0 {
			sep = ": "
		}
		t = append(t, say(sep, strong(op.TypedName()), " ", op.State.Words())...)
	}
	return append(t, say(". The card:")...)
}

// toShow stands for the card's link.
func toShow(op oper) text { return say(" type ", mono("/reinstall show "+op.LeadID())) }

// calledHere calls all who may approve in the thread instead.
func calledHere(ops []oper, why string) text {
	t := say(sign("warning"), " ", capital(dot(why)), " So the approvers are called here: ")
	return append(append(t, callsOf(ops)...), say("please read the card and approve by ", at(soonest(ops)), ".")...)
}

// youHere calls one approver in the thread instead.
func youHere(user, why string, ops []oper) text {
	return say(who(user), " could not be told in a direct message: ", dot(why), " So here: please read the card and approve by ", at(soonest(ops)), ".")
}

// outcomeHere calls the proposer to the thread's outcome instead.
func outcomeHere(user, why string) text {
	return say(who(user), " could not be told the outcome in a direct message: ", dot(why), " It stands in this thread.")
}

// toldDirectly stands in the opening post for whom it does not call.
func toldDirectly(ops []oper) text {
	lead := ops[0]
	must := "one of them must approve"
	switch {
	case len(ops) > 1:
		must = "the card says how many of them must approve"
	case len(lead.Plan.Terms.Quorum) > 0:
		must = "the card says who of them must approve"
	case lead.Plan.Terms.Approvals > 1:
		must = fmt.Sprintf("%d of them must approve", lead.Plan.Terms.Approvals)
	}
	return say("Twokey tells the approvers in direct messages; "+must+", by ", at(soonest(ops)), ".")
}

// whyOf is what Slack refuses, in its words for people.
func whyOf(err error) string {
	if w := worded(nil); errors.As(err, &w) {
		return w.Words()
	}
	return err.Error()
}

func isPersonal(err error) bool {
	var p personal
	return errors.As(err, &p) && p.Personal()
}

// uncalled is a card whose first post notifies no approver: they stand on it by
// name. Later edits notify nobody, and show them as Slack does.
func (d *Desk) uncalled(ctx context.Context, c Card) Card {
	keys := make([]Row, len(c.Keys))
	for i, r := range c.Keys {
		keys[i] = Row{r.Label, d.byName(ctx, r.Value)}
	}
	c.Keys = keys
	return c
}

func (d *Desk) byName(ctx context.Context, t text) text {
	out := make(text, len(t))
	for i, s := range t {
		name, err := "", error(nil)
		switch s.Kind {
		case reinstall.Group:
			name, err = d.chat.Handle(ctx, s.Text)
		case reinstall.User:
			var p reinstall.Person
			p, err = d.whoIs(ctx, s.Text)
			name = p.Name
		default:
			out[i] = s
			continue
		}
		if err != nil {
			d.log.Debug("a name could not be read for a card", "id", s.Text, "err", err)
		}
		out[i] = reinstall.Span{Text: "@" + orWord(name, s.Text)}
	}
	return out
}
