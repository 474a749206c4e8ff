package policy

import (
	"twokey/commands/reinstall/model"
)

// readHold reads who may stop a countdown.
func (r *reader) readHold(path string, s *string) *model.HoldBy {
	anyone := r.readEither(path, s, "anyone", "approvers")
	if anyone == nil {
		return nil
	}
	if *anyone {
		return new(model.HoldAnyone)
	}
	return new(model.HoldApprovers)
}

// holdLine says who may stop a countdown, for whoever keeps the policy.
func holdLine(h model.HoldBy) string {
	return "Hold: " + h.Words() + " may stop a countdown; Resume stays with approvers."
}
