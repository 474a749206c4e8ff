package policy

import (
	"twokey/commands/reinstall"
)

// tell reads how approvers are told.
func (r *reader) tell(path string, s *string) *reinstall.Tell {
	if s == nil {
		return nil
	}
	t := reinstall.Tell(*s)
	switch *s {
	case "channel":
		t = reinstall.TellChannel
	case "direct", "both":
	default:
		r.wrong(path, "%q is not known; use channel, direct or both", *s)
	}
	return &t
}

// tellWords says how approvers are told, for whoever keeps the policy.
func tellWords(t reinstall.Tell) string {
	switch t {
	case reinstall.TellDirect:
		return "Approvers are told in direct messages, and the channel's first post calls nobody; the proposer gets the outcome directly."
	case reinstall.TellBoth:
		return "Approvers are called in the channel and told in direct messages; the proposer gets the outcome directly."
	}
	return "Approvers are called in the channel; nobody gets a direct message."
}
