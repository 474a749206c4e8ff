package model

import (
	"slices"
)

// A Prospect is somebody whom the terms name as an approver, as Slack tells of
// them at the proposal.
type Prospect struct {
	Person
	Seats   []int // those of a quorum that they are named for
	Unread  bool  // Slack did not say who they are: they may count
	Unknown bool  // Slack knows nobody of this id
}

// An IneligibleApprover is one who can never count for a proposal, and why, to
// stand in brackets behind the name.
type IneligibleApprover struct {
	ID     string
	Why    string
	SameAs string // the other account of the same person, to stand behind Why; empty: none
	Known  bool   // Slack can show the name
}

// PossibleApprovals is how many of the approvals that the terms need these people could
// give at most for a proposal of somebody, and who of them cannot give any. All
// accounts of one person count as one, and the proposer's own never.
func (t Terms) PossibleApprovals(proposer Person, ps []Prospect) (can int, none []IneligibleApprover) {
	may, first := map[string][]int{}, map[string]string{}
	for _, p := range ps {
		if p.ID == proposer.ID {
			continue
		}
		who, not := p.Mailbox(), IneligibleApprover{ID: p.ID, Why: p.whyIneligible(proposer), Known: !p.Unknown}
		if p.Unread {
			who = p.ID
		}
		if not.Why == "" {
			may[who] = unionOf(may[who], p.Seats) // either account fills what both may
			if same := first[who]; same != "" {
				not.Why, not.SameAs = "the same person as", same
			} else {
				first[who] = p.ID
			}
		}
		if not.Why != "" {
			none = append(none, not)
		}
	}
	if len(t.Quorum) == 0 {
		return min(len(may), t.Approvals), none
	}
	return t.MostFilled(may), none
}

// whyIneligible says why somebody can give no approval to a proposal of another
// person, whatever they do; empty: they may.
func (p Prospect) whyIneligible(proposer Person) string {
	switch {
	case p.Unread:
		return ""
	case p.Unknown:
		return "unknown to Slack"
	case p.Outside:
		return "of another workspace"
	case p.Bot:
		return "a bot"
	case p.Deleted:
		return "deactivated"
	case p.Guest:
		return "a guest"
	case p.Mailbox() == "":
		return "Slack shows no e-mail address of theirs"
	case p.Mailbox() == proposer.Mailbox():
		return "another account of yours"
	}
	return ""
}

// OwnAccount reports whether one of these people is the proposer.
func OwnAccount(proposer Person, ps []Prospect) bool {
	return slices.ContainsFunc(ps, func(p Prospect) bool {
		return p.ID == proposer.ID || !p.Unread && p.Mailbox() != "" && p.Mailbox() == proposer.Mailbox()
	})
}

// TotalApprovals is how many approvals the terms need.
func (t Terms) TotalApprovals() int { return max(t.Approvals, ApprovalsOfSeats(t.Quorum)) }
