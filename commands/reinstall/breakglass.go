package reinstall

import (
	"fmt"
	"time"
	"unicode/utf8"

	"twokey/commands/reinstall/model"
)

// shortestReason is how many characters a break-glass has to give.
const shortestReason = 10

// BreakGlassUse is a break-glass: one approval less is needed on the plan of its
// fingerprint. It stays in the record after it stops counting.
type BreakGlassUse struct {
	By          string    `json:"by"`
	At          time.Time `json:"at"`
	Why         string    `json:"why"`
	Fingerprint string    `json:"fingerprint"`
	Seal        string    `json:"seal,omitempty"` // as of an Approval
}

// BreakGlassCounts reports whether a break-glass counts on the plan as it is.
func (op Operation) BreakGlassCounts() bool {
	return op.BreakGlass != nil && op.BreakGlass.Fingerprint == op.Fingerprint && op.Plan.Terms.Asking.BreakGlass
}

// approvalsNeeded is how many approvals the plan needs: never fewer than one. In a
// quorum, a break-glass leaves the place empty that is needed last.
func approvalsNeeded(op Operation) int {
	n := op.Plan.Terms.TotalApprovals()
	if n > 1 && op.BreakGlassCounts() {
		n--
	}
	return n
}

// BreakGlass takes one approval less, once for a proposal, if the policy allows it.
type BreakGlass struct {
	By          Actor
	Why         string
	Fingerprint string
}

func (e BreakGlass) Name() string { return "break-glass" }

func (e BreakGlass) applyTo(op *Operation, now time.Time) *model.Refusal {
	what := model.RefusalTitle(model.VerbBreakGlass)
	if r := checkTakesKeys(op, what, now); r != nil {
		return r
	}
	if r := checkInvolved(*op, e.By, what, "takes an approval less"); r != nil {
		return r
	}
	k, why := op.Keys(), model.CleanText(e.Why)
	switch {
	case !op.Plan.Terms.Asking.BreakGlass:
		return model.Refuse(what, "the policy does not allow it for this machine",
			"Collect the approvals that the card names")
	case op.BreakGlass != nil:
		return model.Refuse(what, "break-glass was already used; it works once per proposal",
			"Collect the approvals that the card names")
	case e.Fingerprint != op.Fingerprint:
		return model.Refuse(what, "the plan changed after you read it", "Read the card again")
	case k.Needed <= 1:
		return model.Refuse(what, "the only approval cannot be waived",
			"Ask one of the people named on the card")
	case len(k.By) >= k.Needed:
		return model.Refuse(what, "all approvals are there already", "Look at the card for what is still needed")
	case utf8.RuneCountInString(why) < shortestReason:
		return model.Refuse(what, fmt.Sprintf("the reason is too short; everybody who is passed over reads it, so "+
			"it takes %d characters or more", shortestReason),
			"Say why it cannot wait: "+model.Typed(model.VerbBreakGlass, op.ID, "REASON"))
	}
	op.BreakGlass = &BreakGlassUse{By: e.By.ID, At: now, Why: why, Fingerprint: e.Fingerprint}
	approveIfComplete(op, now)
	return nil
}
