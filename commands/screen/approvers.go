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
	r := model.Refuse(RefusalTitle(model.VerbPropose), "", next)
	switch needs := fmt.Sprintf("it needs %d approvals", t.Approvals); {
	case len(t.Quorum) > 0:
		r.Words = say("it needs the approval of ", view.SeatWords(t, ""), fmt.Sprintf(", each by another person. Besides you, only %d of these %d places can be filled", can, t.TotalApprovals()))
	case t.Approvals == 1:
		r.Words = say("it needs 1 approval, and besides you the policy names nobody who could give one")
	default:
		r.Words = say(needs, fmt.Sprintf(", and besides you the policy names %d who could give one", can))
	}
	for i, x := range none {
		switch {
		case i == mostDiscounts:
			r.Words = append(r.Words, say(fmt.Sprintf(", and %d more", len(none)-i))...)
		case i == 0:
			r.Words = append(r.Words, say(". Who does not count: ", approverName(x), " (", x.Why, ")")...)
		case i < mostDiscounts:
			r.Words = append(r.Words, say(", ", approverName(x), " (", x.Why, ")")...)
		}
	}
	r.Why = r.Words.String()
	return r
}

// approverName is a name that Slack can show, or the id.
func approverName(x model.IneligibleApprover) model.Span {
	if x.Known {
		return who(x.ID)
	}
	return mono(x.ID)
}

// Nobody is an error of the chat: it knows no such person or group.
type Nobody interface{ Nobody() bool }
