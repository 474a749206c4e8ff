package screen

import (
	"fmt"

	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// reminderText calls those who have not answered.
func reminderText(op oper) text {
	approvals, backup := op.KeysPending()
	k := op.Keys()
	t := say(sign("bell"), fmt.Sprintf(" Reminder %d of %d: ", op.Reminded, model.MostReminders))
	if approvals {
		t = append(t, mentionPeople(op.PendingApprovers(), op.Proposer)...)
		t = append(t, say(fmt.Sprintf("please read the card, %d of %d approvals are there. ", len(k.By), k.Needed))...)
	}
	if backup {
		t = append(t, say(who(op.Proposer), " please confirm the backup. ")...)
	}
	return append(t, say("It expires ", at(op.Expires), ".")...)
}

// escalationText notifies those who may approve from now on.
func escalationText(op oper) text {
	a, k := op.Plan.Terms.Asking, op.Keys()
	t := say(sign("arrow_double_up"), " Not approved within ", model.HumanDuration(a.EscalateAfter),
		", so it is escalated: ")
	t = append(t, mentionPeople(a.EscalateTo, op.Proposer)...)
	return append(t, say(fmt.Sprintf("please read the card, %d of %d approvals are there. From now on you may "+
		"approve it too. It expires ", len(k.By), k.Needed), at(op.Expires), ".")...)
}

// escalatedRows say on the card that others were notified.
func escalatedRows(op oper) []view.Row {
	if op.Escalated.IsZero() {
		return nil
	}
	return []view.Row{{
		Label: "Escalated",
		Value: say(at(op.Escalated), "; the people whom the policy names for this may approve since then"+
			view.AnySlotWords(op.Plan.Terms)),
	}}
}
