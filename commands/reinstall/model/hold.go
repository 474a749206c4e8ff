package model

// HoldBy is who may stop a countdown. The zero value is every full member of the
// workspace, because stopping is safe; so it is for proposals from before there was
// a choice.
type HoldBy string

// Who may stop a countdown. HoldApprovers includes the proposer.
const (
	HoldAnyone    HoldBy = ""
	HoldApprovers HoldBy = "approvers"
)

// Words names those who may hold, for the middle of a sentence.
func (h HoldBy) Words() string {
	if h == HoldApprovers {
		return "the proposer or an approver"
	}
	return "any full member of the workspace"
}
