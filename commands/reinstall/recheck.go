package reinstall

import (
	"cmp"
	"fmt"
	"time"
)

// Expire ends a proposal that nobody completed in time, or whose keys have
// become too old before the call could go out.
type Expire struct{}

func (e Expire) Name() string { return "expire" }

func (e Expire) step(op *Operation, now time.Time) *Refusal {
	if r := op.in("Not expired", Proposed, Approved, Ready, Held); r != nil {
		return r
	}
	if now.Before(op.Expires) {
		return Refuse("Not expired", "its time is not over", "Wait until "+stamp(op.Expires))
	}
	why := "not all keys were turned within " + Ago(op.Plan.Terms.ExpiresAfter)
	switch {
	case op.State == Held:
		why = "nobody resumed it within " + Ago(op.Plan.Terms.ExpiresAfter)
	case op.State != Proposed && op.Waits != "":
		why = "the keys are too old by now, for it had to wait: " + op.Waits
	case op.State != Proposed:
		why = "the keys are too old by now"
	}
	op.end(Expired, now, "", why)
	return nil
}

// Recheck is the reading after the last key: it announces the countdown, or takes
// the keys back, or ends the proposal.
type Recheck struct{ Reading Reading }

func (e Recheck) Name() string { return "re-check" }

func (e Recheck) step(op *Operation, now time.Time) *Refusal {
	if r := op.in("Not re-checked", Approved, Ready); r != nil {
		return r
	}
	if r := op.readable(e.Reading); r != nil {
		return r
	}
	if op.recheck(e.Reading, now) && op.State == Approved {
		op.announce(now)
	}
	return nil
}

// readable refuses a reading that tells too little of the last operation: it
// takes no keys back, and starts nothing.
func (op *Operation) readable(r Reading) *Refusal {
	if why := op.Unclear(r); why != "" && len(Blocking(r.Findings)) == 0 {
		return Refuse("Not re-checked", why, "Read it again")
	}
	return nil
}

// recheck reports whether the reading still is what the keys were turned on.
// Where it is not, the operation has been changed accordingly.
func (op *Operation) recheck(r Reading, now time.Time) bool {
	if e := op.Hidden(r); e != nil && r.Latest.Null() {
		r.By = e
	}
	op.Evidence, op.Around, op.Unseen = r.Evidence, r.Around, nil
	if b := Blocking(r.Findings); len(b) > 0 {
		op.end(NotSent, now, "", sentence(b[0].Why)+" "+b[0].Next)
		return false
	}
	same := !op.operated(r)
	if !same && op.State == Ready {
		op.end(Superseded, now, "", r.Meanwhile())
		op.End.Known = op.outsideRequest(r)
		return false
	}
	gone := op.Backup != nil && op.backupGone(r, now) != nil
	if !same || gone || r.Plan.Fingerprint() != op.Print || !op.Keys().Complete() {
		why := Recalled{Changes: op.Why(r, now)}
		if op.Outside(r) {
			why.Outside = r.Meanwhile()
			op.Told = append(op.Told, op.outsideRequest(r))
		}
		op.Baseline = r.Latest
		op.Warnings = r.Findings
		op.void(r.Plan, why, now)
		return false
	}
	if gone := op.Lapsed(r, now); len(gone) > 0 {
		op.lapse(gone, r, now)
		if !op.Single() { // the keys of a batch are turned together
			op.void(r.Plan, Recalled{}, now)
		}
		return false
	}
	op.reseat(r)
	return true
}

// Why lists what a reading changes against the plan that was approved: the
// drift of the plan, of the latest operation, and of the backup.
func (op Operation) Why(r Reading, now time.Time) []Change {
	out := Drift(op.Plan, r.Plan)
	if len(out) == 0 && r.Plan.Fingerprint() != op.Print { // the keys are of a version that compared less
		out = append(out, Change{"what is compared", "as by an earlier version of Twokey", "more than that, by this one"})
	}
	switch e := op.Hidden(r); {
	case e != nil && r.Latest.Null():
		out = append(out, Change{"last operation", op.Baseline.words(), e.Operation + " (" + e.RequestID + "), by CloudAudit"})
	case op.operated(r):
		out = append(out, Change{"last operation", op.Baseline.words(), r.Latest.words()})
	}
	if op.Backup != nil {
		if why := op.backupGone(r, now); why != nil {
			out = append(out, Change{"backup", op.Backup.Evidence.ID, why.Why})
		}
	}
	return out
}

// Outside reports whether a reading shows a reset that was not there before.
func (op Operation) Outside(r Reading) bool {
	return op.Hidden(r) != nil || wipes(r.Latest.Operation) && op.operated(r)
}

// Meanwhile names what was run on the machine.
func (r Reading) Meanwhile() string {
	if !wipes(r.Latest.Operation) && (r.By == nil || !r.Latest.Null()) {
		return fmt.Sprintf("%s was run on the machine meanwhile (request %s)", orNothing(r.Latest.Operation), orNothing(r.Latest.RequestID))
	}
	if own := r.By.own(); own != "" {
		return "the machine was reinstalled meanwhile by " + own + "; " + r.Latest.whose(r.By)
	}
	return "the machine was reinstalled from outside Twokey meanwhile; " + r.Latest.whose(r.By)
}

// whose says of a reset from outside who made it, as far as it is known.
func (l Latest) whose(by *CloudEvent) string {
	if by == nil {
		return "CloudAudit does not tell by whom, or not yet (ResetInstance, request " + orNothing(l.RequestID) + ")"
	}
	return "CloudAudit shows " + by.words()
}

// Whose is the same for a machine that is only looked at.
func (t Testimony) Whose(l Latest) string {
	if t.Failed != "" {
		return "CloudAudit could not be asked by whom: " + t.Failed + " (ResetInstance, request " + l.RequestID + ")"
	}
	if e, ok := t.Of(l.RequestID); ok {
		return l.whose(&e)
	}
	return l.whose(nil)
}

func (l Latest) words() string {
	if l.Operation == "" {
		return "none"
	}
	return l.Operation + " (" + orNothing(l.RequestID) + ")"
}

func orNothing(s string) string { return cmp.Or(s, "none") }
