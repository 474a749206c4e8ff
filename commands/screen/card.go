package screen

import (
	"slices"
	"strings"
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// A card shows what a reader must decide on, the weightiest first: what blocks or is
// missing, what would be lost, what is needed. All else is in Details.

// DrawCard draws the machines of a proposal as one card, but for a freeze: the lead's.
// What is the same for several is said once. currency is an account's; now is when it
// is drawn, for what grows too old; before is how long earlier resets took, by
// operation.
func DrawCard(
	ops []oper, rev int64, currency func(account string) string, now time.Time, before map[string]EarlierResets,
) view.Card {
	first := ops[0]
	c := view.Card{
		ID: first.ID, Rev: rev, Channel: first.Channel, Title: titleText(ops), Status: proposalStatus(ops),
		Foot: footText(ops, now), Counts: countdownsOn(ops...),
	}
	switch {
	case isCollecting(ops):
		c.Lines = waitingLines(ops, currency, now)
	case len(OpenOps(ops)) > 0:
		c.Lines = pendingLines(ops, currency, now)
	default:
		c.Lines = calledLines(ops, now, before)
	}
	c.Buttons, c.More = buttonsFor(ops, now)
	if len(c.More) > 0 {
		c.MoreConfirm = confirmMore(ops, c.More)
	}
	c.Summary = summaryText(ops, c)
	return c
}

// isCollecting reports whether keys are what a proposal waits for.
func isCollecting(ops []oper) bool {
	return len(InState(ops, reinstall.Proposed)) > 0 && len(InState(ops, reinstall.Tampered, reinstall.Unknown,
		reinstall.Armed, reinstall.Sent, reinstall.Held)) == 0
}

// titleText asks for the decision, or names the machine. Of several it has as many
// names as a phone shows in two lines.
func titleText(ops []oper) string {
	name := ops[0].TypedName()
	if env := environmentOf(ops); env != "" {
		name += " (" + env + ")"
	}
	if len(ops) > 1 {
		name = MachineCount(len(ops))
		if names := strings.Join(MachineNames(ops), ", "); len([]rune(names)) <= mostOfName {
			name += ": " + names
		}
	}
	if isCollecting(ops) {
		return "Wipe " + name + "?"
	}
	return name
}

// environmentTags are the keys of tags that say what a machine is for.
var environmentTags = []string{"env", "environment", "stage"}

// environmentOf is the tag that says what one machine is for; empty where none does.
func environmentOf(ops []oper) string {
	if len(ops) > 1 {
		return ""
	}
	for _, key := range environmentTags {
		if value := ops[0].Plan.Tags[key]; value != "" {
			return key + "=" + view.ShortenTo(value, mostOfTag)
		}
	}
	return ""
}

const mostOfTag = 20 // code points

// footText is what a proposal is known by, where its machine is, and until when it is
// open. The operations of several stand there too.
func footText(ops []oper, now time.Time) text {
	first := ops[0]
	t := say(mono(first.ID))
	if len(ops) > 1 {
		ids := make([]string, len(ops))
		for i, op := range ops {
			ids[i] = op.ID
		}
		t = append(t, say(" · operations ", strings.Join(ids, " "))...)
	} else {
		t = append(t, say(" · ", first.Plan.Region)...)
		if len(first.Plan.PrivateIPs) > 0 {
			t = append(t, say(" · ", first.Plan.PrivateIPs[0])...)
		}
	}
	if wait := InState(ops, reinstall.Proposed, reinstall.Held); len(wait) > 0 {
		t = append(t, say(" · open until ", view.AtHour(earliestExpiry(wait), now))...)
	}
	return t
}

// askedText is who asked for it, and why.
func askedText(op oper) text {
	if op.Request.Reason == "" {
		return say(who(op.Proposer), " gave no reason")
	}
	return say(who(op.Proposer), ": ", model.Quote(view.OneLine(op.Request.Reason)))
}

// approverMentions are those who may approve, but for the proposer.
func approverMentions(op oper) text {
	var t text
	for _, g := range op.Approvers().Groups {
		t = appendAfter(t, ", ", view.Everyone(g))
	}
	for _, u := range op.Approvers().Users {
		if u != op.Proposer {
			t = appendAfter(t, ", ", who(u))
		}
	}
	return t
}

// appendAfter appends words, behind a separator if something stands before them.
func appendAfter(t text, separator string, words ...any) text {
	if len(t) > 0 {
		t = append(t, say(separator)...)
	}
	return append(t, say(words...)...)
}

// machineRank is how much a machine's state needs somebody, the least first.
func machineRank(op oper) int {
	return slices.Index([]reinstall.State{
		reinstall.Tampered, reinstall.Unknown, reinstall.Failed, reinstall.Refused, reinstall.Superseded,
		reinstall.NotSent, reinstall.Rejected, reinstall.Cancelled, reinstall.Expired, reinstall.Held,
		reinstall.Proposed, reinstall.Armed, reinstall.Sent, reinstall.Ready, reinstall.Approved, reinstall.Resolved,
		reinstall.Done,
	}, op.State)
}
