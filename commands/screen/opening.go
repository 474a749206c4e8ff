package screen

import (
	"fmt"
	"slices"

	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// OpeningText is the first line of a thread: it calls those who can approve.
func OpeningText(ops []oper) text {
	first := ops[0]
	t := say(who(first.Proposer), " asks to wipe and reinstall ")
	if len(ops) > 1 {
		t = append(t, say(MachineCount(len(ops)), ": ")...)
	}
	for i, op := range ops {
		if i > 0 {
			t = append(t, say(", ")...)
		}
		t = append(t, say(strong(op.TypedName()), " (", mono(op.Plan.Instance), ", ", op.Plan.Region, ")")...)
	}
	if first.Request.Reason != "" {
		t = append(t, say(": ", model.Quote(first.Request.Reason))...)
	}
	return append(append(t, say(". ")...), asksToApprove(ops)...)
}

// asksToApprove calls those who can approve any of the machines, or says that they
// are told directly.
func asksToApprove(ops []oper) text {
	called := slices.DeleteFunc(slices.Clone(ops),
		func(op oper) bool { return !op.Plan.Terms.Asking.Notify.InChannel() })
	first := ops[0]
	need := "one of you"
	switch {
	case len(called) == 0:
		return directNotice(ops)
	case len(ops) > 1:
		return append(mentionAllApprovers(called),
			say("please read the card; it says how many of you must approve, by ", at(earliestExpiry(ops)), ".")...)
	case len(first.Plan.Terms.Quorum) > 0:
		return say("Please read the card: ", quorumText(first), " must approve by ", at(first.Expires), ".")
	case first.Plan.Terms.Approvals > 1:
		need = fmt.Sprintf("%d of you", first.Plan.Terms.Approvals)
	}
	return append(mentionApprovers(first), say("please read the card; "+need+" must approve by ", at(first.Expires),
		".")...)
}

// mentionAllApprovers mentions all who may approve any of them, each once.
func mentionAllApprovers(ops []oper) text {
	var all model.People
	for _, op := range ops {
		p := op.Approvers()
		all.Groups = append(all.Groups, p.Groups...)
		all.Users = append(all.Users, p.Users...)
	}
	slices.Sort(all.Groups)
	slices.Sort(all.Users)
	all.Groups, all.Users = slices.Compact(all.Groups), slices.Compact(all.Users)
	return mentionPeople(all, ops[0].Proposer)
}

// mentionApprovers mentions those who can approve, each followed by a space.
func mentionApprovers(op oper) text { return mentionPeople(op.Approvers(), op.Proposer) }

// mentionPeople names people so that they are notified, each followed by a space.
func mentionPeople(p model.People, except string) text {
	var t text
	for _, g := range p.Groups {
		t = append(t, say(view.Everyone(g), " ")...)
	}
	for _, u := range p.Users {
		if u != except {
			t = append(t, say(who(u), " ")...)
		}
	}
	return t
}

// quorumText words an operation's quorum: "1 of @oncall and 1 of @dba".
func quorumText(op oper) text { return view.SeatWords(op.Plan.Terms, op.Proposer) }
