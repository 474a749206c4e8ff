package screen

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/view"
)

// DrawAll draws the records of a batch as one card: the lead's, with a row for
// each machine. What is the same for several machines is told once. before is
// how long earlier resets took, by operation.
func DrawAll(ops []oper, rev int64, currency func(account string) string, now time.Time, before map[string]Earlier) view.Card {
	first := ops[0]
	c := view.Card{
		ID: first.ID, Rev: rev, Channel: first.Channel, Title: Several(len(ops)) + ": " + strings.Join(namesOf(ops), ", "),
		Status: statusOfAll(ops), Lead: leadOfAll(ops), Progress: progressOfAll(ops, before), Facts: factsOfAll(ops, currency), Foot: footOfAll(ops), Buttons: buttonsOfAll(ops, now),
	}
	c.Haste = len(InState(ops, reinstall.Approved, reinstall.Ready)) > 0
	for _, op := range ops {
		c.Machines = append(c.Machines, machineRow(op))
		c.Details = append(c.Details, view.Row{Label: op.TypedName(), Value: machineDetails(op.Plan)})
	}
	if open := OpenOnes(ops); len(open) > 0 {
		c.Keys = keysOfAll(open, now)
		c.Changed = told(open, changed)
		c.Findings = told(open, func(op oper) []text { return findings(op, now) })
		c.Around = told(open, func(op oper) []text { return AroundLines(op.Around, op.Plan.Terms, true) })
	}
	c.Counts = countingOn(ops...)
	c.Summary = summaryOfAll(ops, c)
	return c
}

func OpenOnes(ops []oper) []oper {
	return slices.DeleteFunc(slices.Clone(ops), func(op oper) bool { return !op.State.Open() })
}

// InState are those in one of these states.
func InState(ops []oper, states ...reinstall.State) []oper {
	return slices.DeleteFunc(slices.Clone(ops), func(op oper) bool { return !slices.Contains(states, op.State) })
}

// soonest is when the first of those that are open expires.
func soonest(ops []oper) time.Time {
	var out time.Time
	for _, op := range OpenOnes(ops) {
		if out.IsZero() || op.Expires.Before(out) {
			out = op.Expires
		}
	}
	return out
}

// statusOfAll is the one word that matters: of what runs, then of what waits for
// people, then of the end.
func statusOfAll(ops []oper) view.Status {
	for _, s := range []reinstall.State{
		reinstall.Tampered, reinstall.Unknown, reinstall.Armed, reinstall.Sent, reinstall.Held, reinstall.Proposed,
	} {
		if in := InState(ops, s); len(in) > 0 {
			for _, op := range in { // of which keys were taken back, before the others
				if op.Recalled != nil {
					return status(op)
				}
			}
			return statuses[s]
		}
	}
	if open := OpenOnes(ops); len(open) > 0 {
		for _, op := range open { // the countdown, before those that wait for it
			if s := status(op); s.Word != "Waiting" {
				return s
			}
		}
		return status(open[0])
	}
	if len(InState(ops, ops[0].State)) == len(ops) {
		return statuses[ops[0].State]
	}
	if len(well(ops)) == len(ops) { // green is what the cloud said, of all
		return statuses[reinstall.Resolved]
	}
	return view.Status{Emoji: ":no_entry:", Word: "Stopped"}
}

func well(ops []oper) []oper {
	return slices.DeleteFunc(slices.Clone(ops), func(op oper) bool { return !op.Well() })
}

// leadOfAll is the one sentence that matters now.
func leadOfAll(ops []oper) text {
	done := fmt.Sprintf("%d of %d are done. ", len(InState(ops, reinstall.Done)), len(ops))
	name := strong(ops[0].TypedName())
	if !sameRoundOf(ops) {
		return say("The keys of one machine were taken back, so those of the others are. The card is drawn anew in a moment.")
	}
	switch open := OpenOnes(ops); {
	case len(recalledAt(ops)) > 0:
		if len(open) == len(ops) {
			done = ""
		}
		return say(done, "Something changed at ", someOf(recalledAt(ops)), " after the keys were turned, so the keys of all that have not started were taken back. Read below what changed, then turn them again for ", someOf(namesOf(open)), ".")
	case len(open) == len(ops) && len(InState(ops, reinstall.Proposed)) > 0:
		return say("Their system disks will be wiped, ", name, " first. Nothing happens before all keys are turned for each of them.")
	case len(InState(ops, reinstall.Held)) > 0:
		h := InState(ops, reinstall.Held)[0]
		return because(say(done, "Held by ", who(h.HeldBy)), h.HeldWhy, " Nothing more starts until an approver presses Resume; it expires ", at(h.Expires), ".")
	case len(InState(ops, reinstall.Proposed)) > 0:
		return say(done, "Nothing more starts before all keys are turned for ", someOf(namesOf(open)), ".")
	case len(open) > 0:
		if next := counting(open); next != nil {
			return say(done, "The wipe of ", strong(next.TypedName()), " starts ", startsAt(*next), ". Press Hold to stop it.")
		}
		return say(done, "Each machine's state is below. Hold and Cancel are for those that have not started.")
	case len(InState(ops, reinstall.Armed, reinstall.Sent)) > 0:
		return say(done, "What is under way cannot be stopped any more.")
	case len(InState(ops, reinstall.Done)) == len(ops):
		return say("Verified: ", allOf(len(ops)), inferred(ops), ". What to do next on each is in the thread.")
	}
	return say(done, endOfAll(ops))
}

// recalledAt names those because of which keys were taken back and not turned
// again yet.
func recalledAt(ops []oper) []string {
	return namesOf(slices.DeleteFunc(InState(ops, reinstall.Proposed), func(op oper) bool { return op.Recalled == nil || op.Recalled.Of != "" }))
}

// inferred says of which machines the record alone tells that they are done.
func inferred(ops []oper) string {
	by := namesOf(slices.DeleteFunc(slices.Clone(ops), func(op oper) bool { return !op.Inferred }))
	if len(by) == 0 {
		return ""
	}
	return "; " + reinstall.And(by) + " by the machine's record, for the call's answer was lost"
}

// counting is the one whose countdown ends first, or nil.
func counting(ops []oper) *oper {
	var out *oper
	for i, op := range ops {
		if op.State == reinstall.Ready && op.Waits == "" && (out == nil || soonestStart(op).Before(soonestStart(*out))) {
			out = &ops[i]
		}
	}
	return out
}

// endOfAll says why not all are done: what the first that is not has to say.
func endOfAll(ops []oper) text {
	for _, op := range ops {
		if op.Stops() && op.Batch.Stopped == "" {
			t := say(strong(op.TypedName()), " ", op.State.Words(), ". ")
			switch op.State {
			case reinstall.Rejected, reinstall.Cancelled:
				return append(t, because(say("By ", who(op.End.By)), op.End.Why)...)
			case reinstall.Resolved:
				return append(t, settled(op)...)
			}
			return append(t, say(Capital(view.Dot(op.End.Why)))...)
		}
	}
	return say("The rest is settled by people.")
}

// sameRoundOf reports whether all that are open are of the round that the lead
// has noted: only then its card's revision tells which keys a click is for.
func sameRoundOf(ops []oper) bool {
	return !slices.ContainsFunc(OpenOnes(ops), func(op oper) bool { return op.Batch.Round != ops[0].Batch.Round })
}

// machineRow is one of them: where it stands, which it is, and what is wiped.
func machineRow(op oper) view.Row {
	s := status(op)
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

// factsOfAll are the facts as for one, each told once for those of which it is
// so, by weight: a card with too many leaves out the last. The evidence of an
// unknown outcome comes before all.
func factsOfAll(ops []oper, currency func(string) string) []view.Row {
	row := func(label string, of func(oper) text) view.Row {
		return view.Row{Label: label, Value: grouped(ops, of)}
	}
	var rows []view.Row
	for _, op := range ops {
		for _, r := range doubts(op) {
			rows = append(rows, view.Row{Label: brief(op.TypedName()) + ", " + r.Label, Value: r.Value})
		}
	}
	rows = append(rows, view.Row{Label: "Order", Value: order(ops)}, row(turnsOfAll(ops), func(op oper) text { return becomes(op.Plan) }),
		row("Stays", func(op oper) text { return say(stays(op.Plan)) }))
	if why := ops[0].Wish.Reason; why != "" {
		rows = append(rows, view.Row{Label: "Reason", Value: say(why)})
	}
	rows = append(rows, proofsOf(ops)...)
	return append(rows, row("Login", func(op oper) text { return say(login(op.Plan.Login)) }),
		row("Price", func(op oper) text { return say(price(op.Plan, currency(op.Plan.Account))) }),
		row("Tags", func(op oper) text { return say(tagsOf(op.Plan)) }))
}

// proofsOf is the row of whether one can log in, of those that are done.
func proofsOf(ops []oper) []view.Row {
	looked := slices.DeleteFunc(slices.Clone(ops), func(op oper) bool { return op.Proof == nil })
	if len(looked) == 0 {
		return nil
	}
	var t text
	for i, op := range looked {
		if i > 0 {
			t = append(t, say("; ")...)
		}
		t = append(t, say(strong(op.TypedName()), ": ", proofRow(op)[0].Value)...)
	}
	return []view.Row{{Label: LabelPort, Value: t}}
}

// turnsOfAll is the label of what they become; of different states, the one that
// is true of each.
func turnsOfAll(ops []oper) string {
	_, turns := tense(ops[0].State)
	for _, op := range ops {
		if _, other := tense(op.State); other != turns {
			return "By the plan"
		}
	}
	return turns
}

// grouped says something of each: once where it is the same for all, else behind
// the names of those for which it is.
func grouped(ops []oper, of func(oper) text) text {
	texts, names := alike(ops, func(op oper) []text { return []text{of(op)} })
	if len(texts) == 1 {
		return texts[0]
	}
	var out text
	for i, t := range texts {
		if i > 0 {
			out = append(out, say("; ")...)
		}
		out = append(out, saidOf(names[i], t)...)
	}
	return out
}

// told lists what is said of any of them, each sentence once, with the names of
// those of which it is said.
func told(ops []oper, of func(oper) []text) []text {
	texts, names := alike(ops, of)
	out := make([]text, len(texts))
	for i, t := range texts {
		if out[i] = t; len(names[i]) < len(ops) {
			out[i] = saidOf(names[i], t)
		}
	}
	return out
}

// fewNames is how many names stand before what is said of them. More stand behind
// it: where there is no room for all, the names are what is cut.
const fewNames = 4

func saidOf(names []string, t text) text {
	if len(names) > fewNames {
		return say(t, " (", strong(reinstall.And(names)), ")")
	}
	return say(strong(reinstall.And(names)), ": ", t)
}

// someOf names a few, and counts the others.
func someOf(names []string) string {
	if len(names) <= fewNames+1 {
		return reinstall.And(names)
	}
	return strings.Join(names[:fewNames], ", ") + fmt.Sprintf(" and %d more", len(names)-fewNames)
}

// alike are the texts that are said of any of them, each once, and the names of
// those of which it is said.
func alike(ops []oper, of func(oper) []text) (texts []text, names [][]string) {
	for _, op := range ops {
		for _, t := range of(op) {
			i := slices.IndexFunc(texts, func(u text) bool { return u.String() == t.String() })
			if i < 0 {
				i = len(texts)
				texts, names = append(texts, t), append(names, nil)
			}
			names[i] = append(names[i], op.TypedName())
		}
	}
	return texts, names
}

func footOfAll(ops []oper) text {
	first := ops[0]
	t := append(say(mono(first.ID), " · "), askedBy(first)...)
	if waits := InState(ops, reinstall.Proposed, reinstall.Held); len(waits) > 0 {
		t = append(t, say(" · open until ", at(soonest(waits)))...)
	}
	ids := make([]string, len(ops))
	for i, op := range ops {
		ids[i] = op.ID
	}
	return append(t, say(" · operations ", strings.Join(ids, " "))...)
}
