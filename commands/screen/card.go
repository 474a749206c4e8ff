package screen

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/view"
)

// Draw draws the machines of a proposal as one card, but for a freeze: the
// lead's, with a row for each machine if there are several. What is the same for
// several is said once. currency is an account's; now is when it is drawn, for what
// grows too old; before is how long earlier resets took, by operation.
func Draw(
	ops []oper, rev int64, currency func(account string) string, now time.Time, before map[string]Earlier,
) view.Card {
	first := ops[0]
	c := view.Card{
		ID: first.ID, Rev: rev, Channel: first.Channel, Title: title(ops), Status: status(ops), Lead: lead(ops), Progress: progress(ops, before),
		Facts: facts(ops, currency), Keys: keys(ops, now), Foot: foot(ops), Buttons: buttons(ops, now),
	}
	c.Haste = len(InState(ops, reinstall.Approved, reinstall.Ready)) > 0
	if len(ops) > 1 {
		for _, op := range ops {
			c.Machines = append(c.Machines, machineRow(op))
			c.Details = append(c.Details, view.Row{Label: op.TypedName(), Value: machineDetails(op.Plan)})
		}
	}
	if open := OpenOnes(ops); len(open) > 0 {
		c.Changed = told(open, changed)
		c.Findings = told(open, func(op oper) []text { return findings(op, now) })
		c.Around = told(open, func(op oper) []text { return AroundLines(op.Around, op.Plan.Terms, true) })
	}
	c.Counts = countingOn(ops...)
	c.Summary = summary(ops, c)
	return c
}

// title names the machine; several are counted and named.
func title(ops []oper) string {
	names := strings.Join(namesOf(ops), ", ")
	if len(ops) == 1 {
		return names
	}
	return Several(len(ops)) + ": " + names
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
		t = append(append(t, say(", ")...), making(op)...)
	case op.State == reinstall.Unknown, op.State == reinstall.Tampered:
		t = append(t, say(": /reinstall resolve ", op.ID, " done|failed TEXT")...)
	}
	t = append(t, say(" · ", whichOne(p))...)
	wipes, _ := tense(op.State)
	t = append(t, say(" · ", small(wipes), ": ", systemDisk(p), ", "+p.FromOS)...)
	return view.Row{Label: op.TypedName(), Value: append(t, say(" · plan ", mono(op.Print[:min(8, len(op.Print))]))...)}
}

// machineDetails are what of a machine's row stays the same from state to state.
func machineDetails(p reinstall.Plan) text {
	return say(whichOne(p), " · system disk: ", systemDisk(p), ", "+p.FromOS)
}

// askedBy is who made a proposal, and when if that is known: of a record that was
// changed outside Twokey it is not.
func askedBy(op oper) text {
	t := say("asked by ", who(op.Proposer))
	if !op.ProposedAt.IsZero() {
		t = append(t, say(", ", at(op.ProposedAt))...)
	}
	return t
}

// foot is who asked and when, until when it is open, and what it is known by: the
// plan of one machine, the operations of several.
func foot(ops []oper) text {
	first := ops[0]
	t := append(say(mono(first.ID), " · "), askedBy(first)...)
	if wait := InState(ops, reinstall.Proposed, reinstall.Held); len(wait) > 0 {
		t = append(t, say(" · open until ", at(soonest(wait)))...)
	}
	switch {
	case len(ops) > 1:
		ids := make([]string, len(ops))
		for i, op := range ops {
			ids[i] = op.ID
		}
		return append(t, say(" · operations ", strings.Join(ids, " "))...)
	case first.Print == "":
		return t
	}
	return append(t, say(" · plan ", mono(first.Print[:min(8, len(first.Print))]))...)
}

// cardButtons are all that a card can have, in their order.
var cardButtons = []view.Button{
	{Label: "Approve", Verb: reinstall.VerbApprove, Style: "primary"},
	{Label: "Reject", Verb: reinstall.VerbReject, Style: ""},
	{Label: "Confirm backup", Verb: reinstall.VerbBackup, Style: ""},
	{Label: "Make backup image", Verb: reinstall.VerbImage, Style: ""},
	{Label: "Hold", Verb: reinstall.VerbHold, Style: "primary"},
	{Label: "Resume", Verb: reinstall.VerbResume, Style: "primary"},
	{Label: "Cancel", Verb: reinstall.VerbCancel, Style: "danger"},
	{Label: "Show password", Verb: reinstall.VerbPassword, Style: ""},
}

// buttons are those that any of the machines takes now. Keys are not asked for
// while the machines are of different rounds.
func buttons(ops []oper, now time.Time) []view.Button {
	agreed := sameRound(ops)
	var out []view.Button
	for _, b := range cardButtons {
		if reinstall.TurnsKeys(b.Verb) && !agreed {
			continue
		}
		if slices.ContainsFunc(ops, func(op oper) bool { return takes(op, b.Verb, now) }) {
			out = append(out, b)
		}
	}
	return out
}

// takes reports whether a machine's state has the button of a verb.
func takes(op oper, verb string, now time.Time) bool {
	k := op.Keys()
	switch op.State {
	case reinstall.Proposed:
		switch verb {
		case reinstall.VerbApprove:
			return len(k.By) < k.Needed
		case reinstall.VerbBackup:
			return !k.Backup
		case reinstall.VerbImage:
			return !k.Backup && op.MayMakeImage(now)
		}
		return verb == reinstall.VerbReject || verb == reinstall.VerbCancel
	case reinstall.Approved, reinstall.Ready:
		return verb == reinstall.VerbHold || verb == reinstall.VerbCancel
	case reinstall.Held:
		return verb == reinstall.VerbResume || verb == reinstall.VerbCancel
	case reinstall.Done, reinstall.Resolved:
		return verb == reinstall.VerbPassword && op.Password != ""
	}
	return false
}

// aName is a word that is written as it is: an id, a region, whatever has a
// digit in it. No sentence makes another one of it.
var aName = regexp.MustCompile(`^(ins|img|snap|l?disk|skey|ap|eu|me|na|sa)-|[0-9]`)

// Capital begins a sentence with a capital letter, unless with a name.
func Capital(s string) string {
	if first, _, _ := strings.Cut(s, " "); aName.MatchString(first) {
		return s
	}
	for i, r := range s {
		return strings.ToUpper(string(r)) + s[i+len(string(r)):]
	}
	return s
}

// LabelPort is the row of what a login service said, which the thread tells anyway.
const LabelPort = "Login port"
