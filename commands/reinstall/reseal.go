package reinstall

import (
	"time"

	"twokey/commands/reinstall/model"
)

// Why nothing shows that the keys of a proposal were turned.
const (
	WhyUnsealed = "an older Twokey kept them, and nothing there shows who gave them"
	WhyOlder    = "Redis shows an older record of this proposal than was seen before"
)

// Reseal asks again for the keys of an open proposal. Its record does not show that
// people turned them and still want it. Either it has no seal, because an older Twokey
// made it, or it is older than one that was seen.
type Reseal struct{ Why string }

func (e Reseal) Name() string { return "reseal" }

func (e Reseal) applyTo(op *Operation, now time.Time) *model.Refusal {
	if r := requireState(op, "Not asked again", Proposed, Approved, Ready, Held); r != nil {
		return r
	}
	takeKeysBack(op, op.Plan, Recalled{Distrust: e.Why}, now)
	return nil
}

// Unsealed is an operation as far as it is believed without a seal. What has ended is
// shown, what was sent is followed, and what is open has no keys.
func (op Operation) Unsealed() Operation {
	op.Password = ""
	if op.State.Ended() {
		op.Proof = nil
	}
	if op.State.Open() {
		op.Approvals, op.Backup, op.BreakGlass = nil, nil, nil
		op.State, op.Starts, op.Waits = Proposed, time.Time{}, ""
	}
	return op
}
