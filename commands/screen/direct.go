package screen

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// NotifiedDirectly are those of which people are told in direct messages.
func NotifiedDirectly(ops []reinstall.Operation) []reinstall.Operation {
	return slices.DeleteFunc(slices.Clone(ops),
		func(op reinstall.Operation) bool { return !op.Plan.Terms.Asking.Notify.Directly() })
}

// personal is an error of the chat that is about one person: others can be told.
type personal interface {
	error
	Personal() bool
}

// The sentences of direct messages, and those that stand for them.

// AskApprovalText asks an approver; the card's link follows.
func AskApprovalText(ops []oper) text {
	first := ops[0]
	t := say(sign("key"), " ", who(first.Proposer), " asks to wipe and reinstall ", machinesLabel(ops))
	if first.Request.Reason != "" {
		t = append(t, say(": ", model.Quote(first.Request.Reason))...)
	}
	return append(t, say(". You may approve it until ", at(earliestExpiry(ops)), ". Read the card first:")...)
}

// machinesLabel names one machine, or counts several.
func machinesLabel(ops []oper) text {
	if len(ops) > 1 {
		return say(strong(MachineCount(len(ops))))
	}
	return say(strong(ops[0].TypedName()), " (", mono(ops[0].Plan.Instance), ", ", ops[0].Plan.Region, ")")
}

// OutcomeText is the outcome, for the proposer; the card's link follows.
func OutcomeText(ops []oper) text {
	if len(ops) > 1 {
		t := say(sign("checkered_flag"), " Ended: ", strong(MachineCount(len(ops))))
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
	t := say(sign(strings.Trim(s.Emoji, ":")), " ", strong(s.Word), ": ", machinesLabel(ops))
	switch op.State {
	case reinstall.Done:
		return append(t, say(" runs ", op.Plan.Image.OSName, ". What to do next is in its thread:")...)
	case reinstall.Rejected, reinstall.Cancelled, reinstall.Resolved:
		t = withReason(append(t, say(", by ", who(op.End.By))...), op.End.Why)
	default:
		t = append(t, say(". ", view.Capitalize(view.EndSentence(op.End.Why)))...)
	}
	return append(t, say(" The card:")...)
}

// ShowHint stands for the card's link.
func ShowHint(op oper) text { return say(" type ", mono("/reinstall show "+op.LeadID())) }

// NotifyHereText notifies all who may approve in the thread instead.
func NotifyHereText(ops []oper, why string) text {
	t := say(sign("warning"), " ", view.Capitalize(view.EndSentence(why)), " So Twokey notifies the approvers here: ")
	return append(append(t, mentionAllApprovers(ops)...), say("please read the card and approve by ",
		at(earliestExpiry(ops)), ".")...)
}

// ApproverHereText notifies one approver in the thread instead.
func ApproverHereText(user, why string, ops []oper) text {
	return say("Twokey could not notify ", who(user), " in a direct message: ", view.EndSentence(why),
		" So here: please read the card and approve by ", at(earliestExpiry(ops)), ".")
}

// OutcomeHereText points the proposer to the thread's outcome instead.
func OutcomeHereText(user, why string) text {
	return say("Twokey could not send ", who(user), " the outcome in a direct message: ", view.EndSentence(why),
		" This thread shows it.")
}

// directNotice stands in the opening post for those whom it does not notify.
func directNotice(ops []oper) text {
	lead := ops[0]
	must := "one of them must approve"
	switch {
	case len(ops) > 1:
		must = "the card shows how many of them must approve"
	case len(lead.Plan.Terms.Quorum) > 0:
		must = "the card shows who of them must approve"
	case lead.Plan.Terms.Approvals > 1:
		must = fmt.Sprintf("%d of them must approve", lead.Plan.Terms.Approvals)
	}
	return say("Twokey notifies the approvers in direct messages; "+must+", by ", at(earliestExpiry(ops)), ".")
}

// SlackReason is what Slack refuses, in its words for people.
func SlackReason(err error) string {
	if w, ok := errors.AsType[Worded](err); ok {
		return w.Words()
	}
	return err.Error()
}

func IsPersonal(err error) bool {
	p, ok := errors.AsType[personal](err)
	return ok && p.Personal()
}
