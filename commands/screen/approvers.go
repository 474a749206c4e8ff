package screen

import (
	"fmt"

	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// mostDiscounts is how many of those who never count are named.
const mostDiscounts = 10

// TooFewApprovers words that a proposal could never be approved, and who does not count.
func TooFewApprovers(t model.Terms, can int, none []model.IneligibleApprover, own bool) *model.Refusal {
	next := "Have whoever runs Twokey name another approver in the policy file"
	if own {
		next = "Let a colleague propose it, or have whoever runs Twokey name another approver in the policy file"
	}
	why := tooFewText(t, can)
	for i, x := range none {
		switch {
		case i == mostDiscounts:
			why = append(why, say(fmt.Sprintf(", and %d more", len(none)-i))...)
		case i == 0:
			why = append(why, say(". Who does not count: ", ineligibleText(x))...)
		case i < mostDiscounts:
			why = append(why, say(", ", ineligibleText(x))...)
		}
	}
	return view.Refuse(model.RefusalTitle(model.VerbPropose), why, next)
}

// tooFewText says how many approvals are needed, and how many there could be.
func tooFewText(t model.Terms, can int) text {
	switch {
	case len(t.Quorum) > 0:
		return say("it needs the approval of ", view.SeatWords(t, ""),
			fmt.Sprintf(", each by another person. Besides you, only %d of these %d places can be filled", can,
				t.TotalApprovals()))
	case t.Approvals == 1:
		return say("it needs 1 approval, and besides you the policy names nobody who could give one")
	}
	return say(fmt.Sprintf("it needs %d approvals, and besides you the policy names %d who could give one",
		t.Approvals, can))
}

// ineligibleText names somebody who does not count, by id if Slack shows no name, and
// why in brackets.
func ineligibleText(x model.IneligibleApprover) text {
	t := say(x.ID)
	if x.Known {
		t = say(who(x.ID))
	}
	if x.SameAs != "" {
		return append(t, say(" (", x.Why, " ", who(x.SameAs), ")")...)
	}
	return append(t, say(" (", x.Why, ")")...)
}

// Nobody is an error of the chat: it knows no such person or group.
type Nobody interface{ Nobody() bool }
