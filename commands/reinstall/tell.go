package reinstall

// Tell is how approvers are told of a proposal, and the proposer of its outcome.
type Tell string

// The ways. The channel's is what a record says that says nothing.
const (
	TellChannel Tell = ""       // the opening post calls them; nobody gets a direct message
	TellDirect  Tell = "direct" // each in a direct message; the opening post calls nobody
	TellBoth    Tell = "both"
)

// Directly reports whether people are told in direct messages.
func (t Tell) Directly() bool { return t == TellDirect || t == TellBoth }

// InChannel reports whether the opening post calls the approvers.
func (t Tell) InChannel() bool { return t != TellDirect }

// String is the word of the policy file.
func (t Tell) String() string {
	if t == TellChannel {
		return "channel"
	}
	return string(t)
}

// TellsDirectly reports whether anybody is told in a direct message, by the head
// of the policy or by a rule.
func (p Policy) TellsDirectly() bool {
	if p.Asking.Tell.Directly() {
		return true
	}
	for _, r := range p.Rules {
		if r.Asking.Tell != nil && r.Asking.Tell.Directly() {
			return true
		}
	}
	return false
}

// MayTurn reports whether somebody who is named as an approver counts as one: a
// full member of the workspace who did not make the proposal, with any account.
func (op Operation) MayTurn(p Person) bool {
	mail := p.Mailbox()
	return p.ID != op.Proposer && (Standing{Person: p}).Member("") == nil && mail != "" && mail != op.ProposerMail
}
