package reinstall

import "time"

// Reseal is the first write of an open proposal whose record had no seal, for an
// older Twokey made it. Nothing shows who turned its keys, so they are asked for
// anew.
type Reseal struct{}

func (e Reseal) Name() string { return "reseal" }

func (e Reseal) step(op *Operation, now time.Time) *Refusal {
	if r := op.in("Not asked anew", Proposed, Approved, Ready, Held); r != nil {
		return r
	}
	op.void(op.Plan, Recalled{Unsealed: true}, now)
	return nil
}

// Unsealed is an operation as far as it is believed without a seal: what has
// ended is shown, what was sent is followed, and what is open has no keys.
func (op Operation) Unsealed() Operation {
	op.Password = ""
	if op.State.Ended() {
		op.Proof = nil
	}
	if op.State.Open() {
		op.Approvals, op.Backup, op.Glass = nil, nil, nil
		op.State, op.Starts, op.Waits = Proposed, time.Time{}, ""
	}
	return op
}
