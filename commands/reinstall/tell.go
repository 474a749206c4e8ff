package reinstall

import (
	"twokey/commands/reinstall/model"
)

// MayTurnKey reports whether somebody who is named as an approver counts as one: a
// full member of the workspace who did not make the proposal, with any account.
func (op Operation) MayTurnKey(p model.Person) bool {
	mail := p.Mailbox()
	return p.ID != op.Proposer && (Actor{Person: p}).CheckMember("") == nil && mail != "" && mail != op.ProposerMail
}
