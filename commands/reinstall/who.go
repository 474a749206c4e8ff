package reinstall

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"
)

// Mailbox is the same for all accounts of one person, as far as their e-mail
// address tells: letter case and what stands behind a plus sign do not count.
// It is a digest, so that no record keeps the address itself; empty where Slack
// shows none.
func (p Person) Mailbox() string {
	local, domain, ok := strings.Cut(strings.ToLower(strings.TrimSpace(p.Email)), "@")
	if !ok || local == "" || domain == "" {
		return ""
	}
	if name, _, tagged := strings.Cut(local, "+"); tagged && name != "" {
		local = name
	}
	sum := sha256.Sum256([]byte(local + "@" + domain))
	return hex.EncodeToString(sum[:8])
}

// Known refuses somebody of whom it cannot be told whether another account of
// theirs counts as well.
func (p Person) Known(what string) *Refusal {
	if p.Mailbox() != "" {
		return nil
	}
	return Refuse(what, "Slack does not show your e-mail address, so it cannot be told whether you act with two accounts",
		"Whoever runs Twokey gives it the scope users:read.email and installs it again")
}

// twice refuses an approval by a second account of the proposer, or of somebody
// whose approval counts. A record from before mailboxes were kept says nothing
// of its proposer.
func (op Operation) twice(by Person) *Refusal {
	const what = "Not approved"
	if op.ProposerMail != "" {
		if r := by.Known(what); r != nil {
			return r
		}
	}
	mail := by.Mailbox()
	switch {
	case mail == "":
		return nil
	case mail == op.ProposerMail:
		return Refuse(what, "this proposal was made with another account of yours, and the proposer never counts", "Ask one of the people named on the card")
	}
	counts := op.Keys().By
	for _, a := range op.Approvals {
		if a.Mail == mail && a.By != by.ID && a.Print == op.Print && slices.Contains(counts, a.By) {
			return Refuse(what, "you have approved with another account, and one person is one key", "Ask somebody else who is named on the card")
		}
	}
	return nil
}

// other refuses whoever is no approver, or made the proposal, with whichever of
// their accounts. does is what they wanted, to follow "an approver who did not
// make the proposal".
func (op Operation) other(by Standing, what, does string) *Refusal {
	const next = "Ask one of the approvers whom the card names"
	if r := by.MayApprove(what); r != nil {
		return r
	}
	if by.ID == op.Proposer {
		return Refuse(what, "you made this proposal, and only an approver who did not make it "+does, next)
	}
	if op.ProposerMail == "" { // a record from before mailboxes were kept
		return nil
	}
	if r := by.Known(what); r != nil {
		return r
	}
	if op.otherAccount(by) {
		return Refuse(what, "this proposal was made with another account of yours, and only an approver who did not make it "+does, next)
	}
	return nil
}

// otherAccount reports whether somebody is the proposer, with another account.
func (op Operation) otherAccount(by Standing) bool {
	return by.ID != op.Proposer && op.ProposerMail != "" && by.Mailbox() == op.ProposerMail
}

// A Lapse is an approval that counts no longer, because of whoever gave it.
type Lapse struct {
	By  string    `json:"by"`
	At  time.Time `json:"at"`
	Why string    `json:"why"` // to follow a colon, without a full stop
}

// Lapsed lists the approvals that no longer count by what was just read of the
// people who gave them. Who was not read does not count. In a quorum everybody
// keeps those seats only that they may still fill, and must find a place in one.
func (op Operation) Lapsed(r Reading, now time.Time) []Lapse {
	var out []Lapse
	var still []string
	mails := map[string]bool{}
	for _, by := range op.Keys().By {
		s := r.Who[by]
		mail := s.Mailbox()
		why := s.lapsed()
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
			out = append(out, Lapse{By: by, At: now, Why: why})
			continue
		}
		mails[mail] = true
		still = append(still, by)
	}
	for _, by := range op.unseated(still, r) {
		out = append(out, Lapse{By: by, At: now, Why: "they have left the group whose key they turned"})
	}
	return out
}

// lapsed says why somebody whose approval counted may approve no longer.
func (s Standing) lapsed() string {
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

// lapse takes single approvals back and asks for them again; the other keys
// stay turned.
func (op *Operation) lapse(gone []Lapse, r Reading, now time.Time) {
	op.Lapses = append(op.Lapses, gone...)
	op.Approvals = slices.DeleteFunc(op.Approvals, func(a Approval) bool {
		return slices.ContainsFunc(gone, func(l Lapse) bool { return l.By == a.By })
	})
	op.reseat(r)
	op.Warnings = r.Findings
	op.State, op.Starts, op.Waits = Proposed, time.Time{}, ""
	op.Expires = now.Add(op.Plan.Terms.ExpiresAfter)
	op.askAnew(now)
	op.settle(now)
}
