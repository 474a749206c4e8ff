package screen

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"twokey/commands/reinstall"
	"twokey/commands/view"
)

// Directly are those of which people are told in direct messages.
func Directly(ops []reinstall.Operation) []reinstall.Operation {
	return slices.DeleteFunc(slices.Clone(ops), func(op reinstall.Operation) bool { return !op.Plan.Terms.Asking.Tell.Directly() })
}

// personal is an error of the chat that is about one person: others can be told.
type personal interface {
	error
	Personal() bool
}

// The sentences of direct messages, and those that stand for them.

// AsksYou asks an approver; the card's link follows.
func AsksYou(ops []oper) text {
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
		return say(strong(Several(len(ops))))
	}
	return say(strong(ops[0].TypedName()), " (", mono(ops[0].Plan.Instance), ", ", ops[0].Plan.Region, ")")
}

// Ended is the outcome, for the proposer; the card's link follows.
func Ended(ops []oper) text {
	if len(ops) > 1 {
		t := say(sign("checkered_flag"), " Ended: ", strong(Several(len(ops))))
		for i, op := range ops {
			sep := "; "
			if i == 0 {
				sep = ": "
			}
			t = append(t, say(sep, strong(op.TypedName()), " ", op.State.Words())...)
		}
		return append(t, say(". The card:")...)
	}
	op := ops[0]
	s := statusOf(op)
	t := say(sign(strings.Trim(s.Emoji, ":")), " ", strong(s.Word), ": ", whichOf(ops))
	switch op.State {
	case reinstall.Done:
		return append(t, say(" runs ", op.Plan.Image.OSName, ". What to do next is in its thread:")...)
	case reinstall.Rejected, reinstall.Cancelled, reinstall.Resolved:
		t = because(append(t, say(", by ", who(op.End.By))...), op.End.Why)
	default:
		t = append(t, say(". ", Capital(view.Dot(op.End.Why)))...)
	}
	return append(t, say(" The card:")...)
}

// ToShow stands for the card's link.
func ToShow(op oper) text { return say(" type ", mono("/reinstall show "+op.LeadID())) }

// CalledHere calls all who may approve in the thread instead.
func CalledHere(ops []oper, why string) text {
	t := say(sign("warning"), " ", Capital(view.Dot(why)), " So the approvers are called here: ")
	return append(append(t, callsOf(ops)...), say("please read the card and approve by ", at(soonest(ops)), ".")...)
}

// YouHere calls one approver in the thread instead.
func YouHere(user, why string, ops []oper) text {
	return say(who(user), " could not be told in a direct message: ", view.Dot(why), " So here: please read the card and approve by ", at(soonest(ops)), ".")
}

// OutcomeHere calls the proposer to the thread's outcome instead.
func OutcomeHere(user, why string) text {
	return say(who(user), " could not be told the outcome in a direct message: ", view.Dot(why), " It stands in this thread.")
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

// WhyOf is what Slack refuses, in its words for people.
func WhyOf(err error) string {
	if w, ok := errors.AsType[Worded](err); ok {
		return w.Words()
	}
	return err.Error()
}

func IsPersonal(err error) bool {
	p, ok := errors.AsType[personal](err)
	return ok && p.Personal()
}
