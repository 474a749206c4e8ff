package screen

import (
	"fmt"
	"strings"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/screen/inuse"
	"twokey/commands/view"
)

// What a notification and a screen reader have of a card. It stands alone: the machine
// and its state in one short sentence. While keys are collected, whether it is in service
// follows, then who asks and why, then what is missing. Later what is asked of whom
// follows, then the card's own lead.

// mostOfName is how much of a name stands in a summary, in code points.
const mostOfName = 60

func summaryText(ops []oper, c view.Card) text {
	first, names := ops[0], shortenName(strings.Join(MachineNames(ops), ", "))
	which := say(names, " (", first.Plan.Instance, ")")
	if len(ops) > 1 {
		which = say(MachineCount(len(ops)), " (", names, ")")
	}
	t := say(which, ": ", lowerFirst(c.Status.Word), ". ")
	if open := OpenOps(ops); isCollecting(ops) {
		t = append(t, say(inuse.Words(open), " ", askedBy(first), " ", askText(ops), " ", lostText(open).String(), ".")...)
	} else {
		t = append(t, say(askText(ops), " ", leadText(ops))...)
	}
	return append(t, say(" Proposal ", first.ID, ".")...)
}

// askedBy is who proposes, and why.
func askedBy(op oper) text {
	if why := model.CleanText(op.Request.Reason); why != "" {
		return say(who(op.Proposer), " asks: ", model.Quote(why), ".")
	}
	return say(who(op.Proposer), " asks, without a reason.")
}

func shortenName(name string) string {
	return view.ShortenTo(name, mostOfName)
}

// lowerFirst is a status' word inside a sentence.
func lowerFirst(word string) string { return strings.ToLower(word[:1]) + word[1:] }

// askText says what is asked of whom: for a machine that waits for people, else for
// one that has ended as nobody wished, else for any.
func askText(ops []oper) string {
	for _, s := range []reinstall.State{
		reinstall.Tampered, reinstall.Unknown, reinstall.Held, reinstall.Proposed,
		reinstall.Ready, reinstall.Approved, reinstall.Armed, reinstall.Sent, reinstall.Failed, reinstall.Superseded,
	} {
		in := InState(ops, s)
		if len(in) == 0 {
			continue
		}
		if s != reinstall.Proposed {
			return askTextOf(in[0])
		}
		for _, op := range in { // of those with a key, none asks for it again
			if approvals, backup := op.KeysPending(); approvals || backup {
				return missingKeys(op)
			}
		}
		return missingKeys(in[0])
	}
	return askTextOf(ops[0])
}

// askTextOf says what is asked of whom for one machine. It names no group: a summary
// goes along with every edit, and would call them all each time.
func askTextOf(op oper) string {
	switch op.State {
	case reinstall.Proposed:
		return missingKeys(op)
	case reinstall.Approved, reinstall.Ready:
		return "No action needed; " + op.Plan.Terms.Hold.Words() + " can press Hold."
	case reinstall.Held:
		return "An approver is asked to press Resume, or to cancel it."
	case reinstall.Armed, reinstall.Sent:
		return "No action needed."
	case reinstall.Done, reinstall.Resolved:
		if op.Password != "" {
			return "The proposer is asked to press Show password."
		}
		return "No action needed."
	case reinstall.Failed, reinstall.Superseded:
		return "The proposer is asked to look at the machine."
	case reinstall.Unknown, reinstall.Tampered:
		return "An approver is asked to say whether it was wiped."
	}
	return "No action needed."
}

// missingKeys says which keys are needed.
func missingKeys(op oper) string {
	k := op.Keys()
	approvals, backup := op.KeysPending()
	var ask []string
	if approvals {
		ask = append(ask, fmt.Sprintf("approvers are asked to approve (%d of %d so far)", len(k.By), k.Needed))
	}
	switch {
	case backup:
		ask = append(ask, "the proposer or an approver to confirm a backup")
	case op.StopPending() && !approvals:
		ask = append(ask, "another approver is asked to agree that the machine is stopped for its backup image")
	case op.Making != nil && !k.Backup && k.Required:
		ask = append(ask, "the backup image is waited for")
	}
	if len(ask) == 1 && backup {
		ask[0] = "the proposer or an approver is asked to confirm a backup"
	}
	return view.Capitalize(view.EndSentence(strings.Join(ask, ", ")))
}
