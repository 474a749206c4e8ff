package reinstall

import (
	"slices"
	"time"

	"twokey/commands/reinstall/model"
)

// checkOtherAccount refuses an approval by a second account of the proposer, or of
// somebody whose approval counts. Records from before mailboxes were kept do not name
// the proposer's.
func checkOtherAccount(op Operation, by model.Person) *model.Refusal {
	what := model.RefusalTitle(model.VerbApprove)
	if op.ProposerMail != "" {
		if r := by.CheckMailbox(what); r != nil {
			return r
		}
	}
	mail := by.Mailbox()
	switch {
	case mail == "":
		return nil
	case mail == op.ProposerMail:
		return model.Refuse(what, "this proposal was made with another account of yours, and the proposer never counts",
			"Ask one of the people named on the card")
	}
	counts := op.Keys().By
	for _, a := range op.Approvals {
		if a.Mail == mail && a.By != by.ID && a.Fingerprint == op.Fingerprint && slices.Contains(counts, a.By) {
			return model.Refuse(what, "you have approved with another account; each person counts once",
				"Ask somebody else who is named on the card")
		}
	}
	return nil
}

// checkOtherApprover refuses everybody but an approver who did not make the proposal,
// with any of their accounts. does is what they wanted, to follow "an approver who did
// not make the proposal".
func checkOtherApprover(op Operation, by Actor, what, does string) *model.Refusal {
	const next = "Ask one of the approvers whom the card names"
	if r := by.CheckApprover(what); r != nil {
		return r
	}
	if by.ID == op.Proposer {
		return model.Refuse(what, "you made this proposal, and only an approver who did not make it "+does, next)
	}
	if op.ProposerMail == "" { // a record from before mailboxes were kept
		return nil
	}
	if r := by.CheckMailbox(what); r != nil {
		return r
	}
	if isOtherAccount(op, by) {
		return model.Refuse(what, "this proposal was made with another account of yours, and only an approver who "+
			"did not make it "+does, next)
	}
	return nil
}

// isOtherAccount reports whether somebody is the proposer, with another account.
func isOtherAccount(op Operation, by Actor) bool {
	return by.ID != op.Proposer && op.ProposerMail != "" && by.Mailbox() == op.ProposerMail
}

// A RevokedApproval is one that counts no longer, because of whoever gave it.
type RevokedApproval struct {
	By  string    `json:"by"`
	At  time.Time `json:"at"`
	Why string    `json:"why"` // to follow a colon, without a full stop
}

// RevokedApprovals lists the approvals that count no longer, by what was just read of
// the people who gave them. Who was not read does not count. In a quorum people keep
// only the seats that they may still fill, and must find a place in one.
func (op Operation) RevokedApprovals(r RecheckResult, now time.Time) []RevokedApproval {
	var out []RevokedApproval
	var still []string
	mails := map[string]bool{}
	for _, by := range op.Keys().By {
		s := r.Actors[by]
		mail := s.Mailbox()
		why := s.whyRevoked()
		switch {
		case why != "":
		case mail == "" && op.ProposerMail != "":
			why = "Slack no longer shows their e-mail address"
		case mail != "" && mail == op.ProposerMail:
			why = "it is another account of the proposer's"
		case mail != "" && mails[mail]:
			why = "it is another account of somebody whose approval counts already"
		}
		if why != "" {
			out = append(out, RevokedApproval{By: by, At: now, Why: why})
			continue
		}
		mails[mail] = true
		still = append(still, by)
	}
	for _, by := range whoLostSeat(op, still, r) {
		out = append(out, RevokedApproval{By: by, At: now, Why: "they have left the group that they approved for"})
	}
	return out
}

// whyRevoked says why somebody whose approval counted may approve no longer.
func (s Actor) whyRevoked() string {
	switch {
	case s.ID == "":
		return "who they are could not be read again"
	case s.Outside:
		return "they belong to another workspace now"
	case s.Bot:
		return "it is the account of a bot"
	case s.Deleted:
		return "their account has been deactivated"
	case s.Guest:
		return "they have become a guest"
	case !s.Approver:
		return "they are no longer among the approvers"
	}
	return ""
}

// revokeApprovals takes single approvals back and asks for them again. The other keys
// stay turned.
func revokeApprovals(op *Operation, gone []RevokedApproval, r RecheckResult, now time.Time) {
	op.Revoked = append(op.Revoked, gone...)
	op.Approvals = slices.DeleteFunc(op.Approvals, func(a Approval) bool {
		return slices.ContainsFunc(gone, func(l RevokedApproval) bool { return l.By == a.By })
	})
	updateSeats(op, r)
	op.Warnings = r.Findings
	op.State, op.Starts, op.Waits = Proposed, time.Time{}, ""
	op.Expires = now.Add(op.Plan.Terms.ExpiresAfter)
	restartReminders(op, now)
	approveIfComplete(op, now)
}
