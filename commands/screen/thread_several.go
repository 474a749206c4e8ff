package screen

import (
	"fmt"
	"slices"

	"twokey/commands/reinstall"
)

// The sentences of a proposal for several machines.

// Several is "3 machines".
func Several(n int) string { return fmt.Sprintf("%d machines", n) }

// allOf is "both machines" or "all 3 machines".
func allOf(n int) string {
	if n == 2 {
		return "both machines"
	}
	return "all " + Several(n)
}

func namesOf(ops []oper) []string {
	out := make([]string, len(ops))
	for i, op := range ops {
		out[i] = op.TypedName()
	}
	return out
}

// shared words what somebody did for several machines at once: as for one, and
// for which it is.
func shared(before, after oper, e reinstall.Shared) []text {
	lines := Tell(before, after, e.Event)
	if len(lines) == 0 || len(e.For) == 0 {
		return lines
	}
	which := reinstall.And(e.For)
	if e.All {
		which = allOf(len(e.For))
	}
	lines[0] = append(lines[0], say(" This is for ", which, ".")...)
	return lines
}

// ThreadLines are the lines that go into the thread: of one of several, each
// begins with the machine's name.
func ThreadLines(op oper, e reinstall.Event, lines []text) []text {
	s, isShared := e.(reinstall.Shared)
	switch {
	case onCardOnly(e):
		return nil
	case op.Batch == nil:
		return lines
	case isShared && len(s.For) == 0:
		return nil // another one has told it
	case isShared:
		return lines
	}
	out := make([]text, len(lines))
	for i, l := range lines {
		if out[i] = l; !forAll(e) {
			out[i] = say(strong(op.TypedName()), ": ", l)
		}
	}
	return out
}

// onCardOnly reports whether an event is told by the card, and not in the thread.
func onCardOnly(e reinstall.Event) bool {
	switch e.(type) {
	case reinstall.CountdownShown, reinstall.CountdownUnseen, reinstall.CountdownShowable:
		return true
	}
	return false
}

// forAll reports whether a line names its machines by itself.
func forAll(e reinstall.Event) bool {
	switch e.(type) {
	case reinstall.Remind, reinstall.Escalate, reinstall.Unheard, reinstall.Heard:
		return true
	}
	return false
}

// readAgain says what follows once the keys are turned.
func readAgain(op oper) string {
	if op.Batch == nil {
		return " Everything is read once more before the countdown starts."
	}
	return " Once they are for " + allOf(len(op.Batch.Members)) + ", everything is read once more before the first countdown starts."
}

// recalled is the end of a line that takes keys back.
func recalled(op oper) string {
	if op.Batch != nil {
		return "\nRead the card again. The keys of all machines of this proposal that have not started are asked for anew."
	}
	return "\nRead the card again. All keys are asked for anew."
}

// OpeningOf is opening for several machines.
func OpeningOf(ops []oper) text {
	lead := ops[0]
	t := say(who(lead.Proposer), " asks to wipe and reinstall ", Several(len(ops)), ": ")
	for i, op := range ops {
		if i > 0 {
			t = append(t, say(", ")...)
		}
		t = append(t, say(strong(op.TypedName()), " (", mono(op.Plan.Instance), ", ", op.Plan.Region, ")")...)
	}
	if lead.Wish.Reason != "" {
		t = append(t, say(": ", reinstall.Quote(lead.Wish.Reason))...)
	}
	t = append(t, say(". ")...)
	called := slices.DeleteFunc(slices.Clone(ops), func(op oper) bool { return !op.Plan.Terms.Asking.Tell.InChannel() })
	if len(called) == 0 {
		return append(t, toldDirectly(ops)...)
	}
	return append(append(t, callsOf(called)...), say("please read the card; it says how many of you must approve, by ", at(soonest(ops)), ".")...)
}

// callsOf mentions all who may approve any of them, each once.
func callsOf(ops []oper) text {
	var all reinstall.People
	for _, op := range ops {
		p := op.Approvers()
		all.Groups = append(all.Groups, p.Groups...)
		all.Users = append(all.Users, p.Users...)
	}
	slices.Sort(all.Groups)
	slices.Sort(all.Users)
	all.Groups, all.Users = slices.Compact(all.Groups), slices.Compact(all.Users)
	return mention(all, ops[0].Proposer)
}

// order says in which order they go.
func order(ops []oper) text {
	rest := "the others"
	if len(ops) == 2 {
		rest = ops[1].TypedName()
	}
	t := say(strong(ops[0].TypedName()), " first, alone; when it is done, ", rest, ". After one that is not done, nothing more goes out")
	if a, b := ofAKind(ops); a != "" {
		t = append(t, say("; ", a, " and ", b, " are of a kind, so they are never wiped at once")...)
	}
	return t
}

// ofAKind names two that are siblings.
func ofAKind(ops []oper) (a, b string) {
	for i := range ops {
		for _, o := range ops[i+1:] {
			if reinstall.Siblings(ops[i].Plan, o.Plan) {
				return ops[i].TypedName(), o.TypedName()
			}
		}
	}
	return "", ""
}

// OneOf says that an operation is one of several; nothing where it is alone.
func OneOf(op oper) text {
	if op.Batch == nil {
		return nil
	}
	return say(fmt.Sprintf(" (%d of %d in proposal ", op.Batch.Index+1, len(op.Batch.Members)), mono(op.LeadID()), ")")
}
