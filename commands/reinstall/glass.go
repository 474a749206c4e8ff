package reinstall

import (
	"fmt"
	"time"
	"unicode/utf8"
)

// shortestReason is how many characters a break-glass has to give.
const shortestReason = 10

// Glass is a break-glass: one approval less is needed on the plan of its
// fingerprint. It stays in the record when it no longer counts.
type Glass struct {
	By    string    `json:"by"`
	At    time.Time `json:"at"`
	Why   string    `json:"why"`
	Print string    `json:"fingerprint"`
	Seal  string    `json:"seal,omitempty"` // as of an Approval
}

// Broken reports whether a break-glass counts on the plan as it is.
func (op Operation) Broken() bool {
	return op.Glass != nil && op.Glass.Print == op.Print && op.Plan.Terms.Asking.BreakGlass
}

// needed is how many approvals the plan needs: never fewer than one. Of a
// quorum, a break-glass leaves one place empty: that which is owed last.
func (op Operation) needed() int {
	n := op.Plan.Terms.Wanted()
	if n > 1 && op.Broken() {
		n--
	}
	return n
}

// approvals is how many are needed, as part of the plan.
func (t Terms) approvals() string {
	s := fmt.Sprint(t.Approvals)
	if t.Asking.BreakGlass && t.Approvals > 1 {
		s += ", or one less by break-glass"
	}
	return s
}

// BreakGlass takes one approval less, once for a proposal, where the policy
// allows it.
type BreakGlass struct {
	By    Standing
	Why   string
	Print string
}

func (e BreakGlass) Name() string { return "break-glass" }

func (e BreakGlass) step(op *Operation, now time.Time) *Refusal {
	const what = "Glass not broken"
	if r := op.takesKeys(what, now); r != nil {
		return r
	}
	if r := op.concerns(e.By, what, "takes an approval less"); r != nil {
		return r
	}
	k, why := op.Keys(), Said(e.Why)
	switch {
	case !op.Plan.Terms.Asking.BreakGlass:
		return Refuse(what, "the policy does not allow it for this machine", "Collect the approvals that the card names")
	case op.Glass != nil:
		return Refuse(what, "it was done for this proposal already, and once is all", "Collect the approvals that the card names")
	case e.Print != op.Print:
		return Refuse(what, "the plan changed after you read it", "Read the card again")
	case k.Needed <= 1:
		return Refuse(what, "a single approval is needed, and that one is never given up", "Ask one of the people named on the card")
	case len(k.By) >= k.Needed:
		return Refuse(what, "all approvals are there already", "Look at the card for what is still owed")
	case utf8.RuneCountInString(why) < shortestReason:
		return Refuse(what, fmt.Sprintf("the reason is too short; everybody who is passed over reads it, so it takes %d characters or more", shortestReason),
			"Say why it cannot wait: /reinstall break-glass "+op.ID+" REASON")
	}
	op.Glass = &Glass{By: e.By.ID, At: now, Why: why, Print: e.Print}
	op.settle(now)
	return nil
}
