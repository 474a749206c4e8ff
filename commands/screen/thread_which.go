package screen

import (
	"fmt"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

// For which of a proposal's machines a line of the thread is, and what it says of
// the others.

// sayFor adds for which machines it is what somebody did for several at once.
func sayFor(lines []text, e reinstall.Shared) []text {
	if len(lines) == 0 || len(e.For) == 0 {
		return lines
	}
	which := model.JoinAnd(e.For)
	if e.All {
		which = allMachines(len(e.For))
	}
	lines[0] = append(lines[0], say(" This is for ", which, ".")...)
	return lines
}

// onCardOnly reports whether an event is told by the card, and not in the thread.
func onCardOnly(e reinstall.Event) bool {
	switch e.(type) {
	case reinstall.CountdownShown, reinstall.CountdownNotShown, reinstall.CountdownShowable:
		return true
	}
	return false
}

// namesMachines reports whether a line names its machines by itself.
func namesMachines(e reinstall.Event) bool {
	switch e.(type) {
	case reinstall.Remind, reinstall.Escalate, reinstall.CloudUnreachable, reinstall.CloudReachable:
		return true
	}
	return false
}

// rereadText says what follows once the keys are turned.
func rereadText(op oper) string {
	if op.Single() {
		return " Everything is checked again before the countdown starts."
	}
	return " Once they are for " + allMachines(len(op.Members())) +
		", everything is checked again before the first countdown starts."
}

// keysAskedAgain is the end of a line that takes keys back.
func keysAskedAgain(op oper) string {
	if !op.Single() {
		return "\nRead the card again. All machines of this proposal that have not started need their keys again."
	}
	return "\nRead the card again. All keys are needed again."
}

// BatchPosition says that an operation is one of several; nothing where it is alone.
func BatchPosition(op oper) text {
	if op.Single() {
		return nil
	}
	return say(fmt.Sprintf(" (%d of %d in proposal ", op.Index()+1, len(op.Members())), mono(op.LeadID()), ")")
}

// ForSeveral says that a proposal is for several machines; nothing if it is for one.
func ForSeveral(op oper) text {
	if op.Single() {
		return nil
	}
	return say(", a proposal for ", MachineCount(len(op.Members())))
}
