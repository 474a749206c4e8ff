package policy

import (
	"twokey/commands/reinstall/model"
)

// readNotify reads how approvers are told.
func (r *reader) readNotify(path string, s *string) *model.NotifyVia {
	if s == nil {
		return nil
	}
	t := model.NotifyVia(*s)
	switch *s {
	case "channel":
		t = model.NotifyChannel
	case "direct", "both":
	default:
		r.addMistake(path, "%q is not known; use channel, direct or both", *s)
	}
	return &t
}

// notifyWords says how approvers are told, for whoever keeps the policy.
func notifyWords(t model.NotifyVia) string {
	switch t {
	case model.NotifyDirect:
		return "Twokey notifies approvers in direct messages, not in the channel; the proposer gets the outcome " +
			"directly."
	case model.NotifyBoth:
		return "Twokey notifies approvers in the channel and in direct messages; the proposer gets the outcome " +
			"directly."
	}
	return "Twokey notifies approvers in the channel; nobody gets a direct message."
}
