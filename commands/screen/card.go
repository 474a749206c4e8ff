package screen

import (
	"slices"
	"strings"
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// DrawCard draws the machines of a proposal as one card, but for a freeze: the
// lead's, with a row for each machine if there are several. What is the same for
// several is said once. currency is an account's; now is when it is drawn, for what
// grows too old; before is how long earlier resets took, by operation.
func DrawCard(
	ops []oper, rev int64, currency func(account string) string, now time.Time, before map[string]EarlierResets,
) view.Card {
	first := ops[0]
	c := view.Card{
		ID: first.ID, Rev: rev, Channel: first.Channel, Title: titleText(ops), Status: proposalStatus(ops),
		Lead: leadText(ops), Progress: progressLines(ops, before),
		Facts: factRows(ops, currency), Keys: keyRows(ops, now), Foot: footText(ops), Buttons: buttonsFor(ops, now),
	}
	c.Haste = len(InState(ops, reinstall.Approved, reinstall.Ready)) > 0
	if len(ops) > 1 {
		for _, op := range ops {
			c.Machines = append(c.Machines, machineRow(op))
			c.Details = append(c.Details, view.Row{Label: op.TypedName(), Value: machineDetails(op.Plan)})
		}
	}
	if open := OpenOps(ops); len(open) > 0 {
		c.Changed = groupedLines(open, changedLines)
		c.Findings = groupedLines(open, func(op oper) []text { return findingLines(op, now) })
		c.Around = groupedLines(open, func(op oper) []text { return AroundLines(op.Around, op.Plan.Terms, true) })
	}
	c.Counts = countdownsOn(ops...)
	c.Summary = summaryText(ops, c)
	return c
}

// titleText names the machine; several are counted and named.
func titleText(ops []oper) string {
	names := strings.Join(machineNames(ops), ", ")
	if len(ops) == 1 {
		return names
	}
	return MachineCount(len(ops)) + ": " + names
}

// machineRow is one of them: where it stands, which it is, and what is wiped.
func machineRow(op oper) view.Row {
	s := statusOf(op)
	p := op.Plan
	t := say(sign(strings.Trim(s.Emoji, ":")), " ", s.Word)
	switch {
	case op.Waits != "" && (op.State == reinstall.Approved || op.State == reinstall.Ready):
		t = append(t, say(": "+strings.TrimPrefix(op.Waits, "it "))...)
	case op.State == reinstall.Proposed && op.Making != nil && op.Making.Stage != reinstall.ImageMade:
		t = append(append(t, say(", ")...), imageProgress(op)...)
	case op.State == reinstall.Unknown, op.State == reinstall.Tampered:
		t = append(t, say(": /reinstall resolve ", op.ID, " done|failed TEXT")...)
	}
	t = append(t, say(" · ", machineIdentity(p))...)
	wipes, _ := wipeLabels(op.State)
	t = append(t, say(" · ", lowerFirst(wipes), ": ", systemDiskText(p), ", "+p.FromOS)...)
	return view.Row{Label: op.TypedName(), Value: append(t, say(" · plan ",
		mono(op.Fingerprint[:min(8, len(op.Fingerprint))]))...)}
}

// machineDetails are what of a machine's row stays the same from state to state.
func machineDetails(p model.Plan) text {
	return say(machineIdentity(p), " · system disk: ", systemDiskText(p), ", "+p.FromOS)
}

// proposedBy is who made a proposal, and when if that is known: of a record that was
// changed outside Twokey it is not.
func proposedBy(op oper) text {
	t := say("asked by ", who(op.Proposer))
	if !op.ProposedAt.IsZero() {
		t = append(t, say(", ", at(op.ProposedAt))...)
	}
	return t
}

// footText is who asked and when, until when it is open, and what it is known by: the
// plan of one machine, the operations of several.
func footText(ops []oper) text {
	first := ops[0]
	t := append(say(mono(first.ID), " · "), proposedBy(first)...)
	if wait := InState(ops, reinstall.Proposed, reinstall.Held); len(wait) > 0 {
		t = append(t, say(" · open until ", at(earliestExpiry(wait)))...)
	}
	switch {
	case len(ops) > 1:
		ids := make([]string, len(ops))
		for i, op := range ops {
			ids[i] = op.ID
		}
		return append(t, say(" · operations ", strings.Join(ids, " "))...)
	case first.Fingerprint == "":
		return t
	}
	return append(t, say(" · plan ", mono(first.Fingerprint[:min(8, len(first.Fingerprint))]))...)
}

// cardButtons are all that a card can have, in their order.
var cardButtons = []view.Button{
	{Label: "Approve", Verb: model.VerbApprove, Style: "primary"},
	{Label: "Reject", Verb: model.VerbReject, Style: ""},
	{Label: "Confirm backup", Verb: model.VerbBackup, Style: ""},
	{Label: "Make backup image", Verb: model.VerbImage, Style: ""},
	{Label: "Hold", Verb: model.VerbHold, Style: "primary"},
	{Label: "Resume", Verb: model.VerbResume, Style: "primary"},
	{Label: "Cancel", Verb: model.VerbCancel, Style: "danger"},
	{Label: "Show password", Verb: model.VerbPassword, Style: ""},
}

// buttonsFor are those that any of the machines takes now. Keys are not asked for
// while the machines are of different rounds.
func buttonsFor(ops []oper, now time.Time) []view.Button {
	agreed := sameRound(ops)
	var out []view.Button
	for _, b := range cardButtons {
		if model.TurnsKeys(b.Verb) && !agreed {
			continue
		}
		if slices.ContainsFunc(ops, func(op oper) bool { return hasButton(op, b.Verb, now) }) {
			out = append(out, b)
		}
	}
	return out
}

// hasButton reports whether a machine's state has the button of a verb.
func hasButton(op oper, verb string, now time.Time) bool {
	k := op.Keys()
	switch op.State {
	case reinstall.Proposed:
		switch verb {
		case model.VerbApprove:
			return len(k.By) < k.Needed
		case model.VerbBackup:
			return !k.Backup
		case model.VerbImage:
			return !k.Backup && op.MayMakeImage(now)
		}
		return verb == model.VerbReject || verb == model.VerbCancel
	case reinstall.Approved, reinstall.Ready:
		return verb == model.VerbHold || verb == model.VerbCancel
	case reinstall.Held:
		return verb == model.VerbResume || verb == model.VerbCancel
	case reinstall.Done, reinstall.Resolved:
		return verb == model.VerbPassword && op.Password != ""
	}
	return false
}

// LabelPort is the row of what a login service said, which the thread tells anyway.
const LabelPort = "Login port"
