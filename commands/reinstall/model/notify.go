package model

// NotifyVia is how approvers learn of a proposal, and the proposer of its outcome.
type NotifyVia string

// The ways. A record without one means the channel.
const (
	NotifyChannel NotifyVia = ""       // the opening post calls them; nobody gets a direct message
	NotifyDirect  NotifyVia = "direct" // each in a direct message; the opening post calls nobody
	NotifyBoth    NotifyVia = "both"
)

// Directly reports whether people get direct messages.
func (t NotifyVia) Directly() bool { return t == NotifyDirect || t == NotifyBoth }

// InChannel reports whether the opening post calls the approvers.
func (t NotifyVia) InChannel() bool { return t != NotifyDirect }

// String is the word of the policy file.
func (t NotifyVia) String() string {
	if t == NotifyChannel {
		return "channel"
	}
	return string(t)
}
