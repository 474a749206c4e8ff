package reinstall

import (
	"fmt"
	"time"

	"twokey/commands/reinstall/model"
)

// Expire ends a proposal that nobody completed in time. It also ends one whose keys
// became too old before the call could go out.
type Expire struct{}

func (e Expire) Name() string { return "expire" }

func (e Expire) applyTo(op *Operation, now time.Time) *model.Refusal {
	if r := requireState(op, "Not expired", Proposed, Approved, Ready, Held); r != nil {
		return r
	}
	if now.Before(op.Expires) {
		return model.Refuse("Not expired", "its time is not over", "Wait until "+model.FormatTime(op.Expires))
	}
	why := "not all keys came within " + model.HumanDuration(op.Plan.Terms.ExpiresAfter)
	switch {
	case op.State == Held:
		why = "nobody resumed it within " + model.HumanDuration(op.Plan.Terms.ExpiresAfter)
	case op.State != Proposed && op.Waits != "":
		why = "the keys are too old now, because it had to wait: " + op.Waits
	case op.State != Proposed:
		why = "the keys are too old now"
	}
	finishAs(op, Expired, now, "", why)
	return nil
}

// Recheck is the re-check after the last key. It announces the countdown, or takes the
// keys back, or ends the proposal.
type Recheck struct{ Result RecheckResult }

func (e Recheck) Name() string { return "re-check" }

func (e Recheck) applyTo(op *Operation, now time.Time) *model.Refusal {
	if r := requireState(op, "Not re-checked", Approved, Ready); r != nil {
		return r
	}
	if r := checkClear(op, e.Result); r != nil {
		return r
	}
	if applyRecheck(op, e.Result, now) && op.State == Approved {
		announceCountdown(op, now)
	}
	return nil
}

// checkClear refuses a re-check that shows too little of the last operation: it takes
// no keys back, and starts nothing.
func checkClear(op *Operation, r RecheckResult) *model.Refusal {
	if why := op.WhyUnclear(r); why != "" && len(model.Blocking(r.Findings)) == 0 {
		return model.Refuse("Not re-checked", why, "Read it again")
	}
	return nil
}

// applyRecheck reports whether the re-check still shows what the keys were turned on.
// If not, it has changed the operation accordingly.
func applyRecheck(op *Operation, r RecheckResult, now time.Time) bool {
	if e := op.HiddenReset(r); e != nil && r.Latest.Null() {
		r.OutsideReset = e
	}
	op.Evidence, op.Around, op.Absence = r.Evidence, r.Around, nil
	if b := model.Blocking(r.Findings); len(b) > 0 {
		finishAs(op, NotSent, now, "", model.EndSentence(b[0].Why)+" "+b[0].Next)
		return false
	}
	same := !operatedSince(*op, r)
	if !same && op.State == Ready {
		finishAs(op, Superseded, now, "", r.MeanwhileText())
		op.End.Known = outsideRequest(*op, r)
		return false
	}
	gone := op.Backup != nil && backupGone(*op, r, now) != nil
	if !same || gone || r.Plan.Fingerprint() != op.Fingerprint || !op.Keys().Complete() {
		why := Recalled{Changes: op.ChangesSince(r, now)}
		if op.ResetOutside(r) {
			why.Outside = r.MeanwhileText()
			op.ReportedResets = append(op.ReportedResets, outsideRequest(*op, r))
		}
		op.Baseline = r.Latest
		op.Warnings = r.Findings
		takeKeysBack(op, r.Plan, why, now)
		return false
	}
	if gone := op.RevokedApprovals(r, now); len(gone) > 0 {
		revokeApprovals(op, gone, r, now)
		if !op.Single() { // the keys of a batch are turned together
			takeKeysBack(op, r.Plan, Recalled{}, now)
		}
		return false
	}
	updateSeats(op, r)
	return true
}

// ChangesSince lists what a re-check changes against the plan that was approved: the
// drift of the plan, of the latest operation, and of the backup.
func (op Operation) ChangesSince(r RecheckResult, now time.Time) []model.Change {
	out := model.Drift(op.Plan, r.Plan)
	if len(out) == 0 && r.Plan.Fingerprint() != op.Fingerprint { // the keys are of a version that compared less
		out = append(out, model.Change{
			Name: "what is compared", Old: "as by an earlier version of Twokey",
			New: "more than that, by this one",
		})
	}
	switch e := op.HiddenReset(r); {
	case e != nil && r.Latest.Null():
		out = append(out, model.Change{Name: model.FieldOperation, Old: op.Baseline.OperationText(), New: e.Operation +
			" (" + e.RequestID + "), by CloudAudit"})
	case operatedSince(op, r):
		out = append(out, model.Change{
			Name: model.FieldOperation, Old: op.Baseline.OperationText(),
			New: r.Latest.OperationText(),
		})
	}
	if op.Backup != nil {
		if why := backupGone(op, r, now); why != nil {
			out = append(out, model.Change{Name: "backup", Old: op.Backup.Evidence.ID, New: why.Why})
		}
	}
	return out
}

// ResetOutside reports whether a re-check shows a reset that was not there before.
func (op Operation) ResetOutside(r RecheckResult) bool {
	return op.HiddenReset(r) != nil || model.WipesDisk(r.Latest.Operation) && operatedSince(op, r)
}

// MeanwhileText names what was run on the machine. Its first sentence stands alone.
func (r RecheckResult) MeanwhileText() string {
	if !model.WipesDisk(r.Latest.Operation) && (r.OutsideReset == nil || !r.Latest.Null()) {
		return fmt.Sprintf("%s was run on the machine meanwhile (request %s)", model.OrNone(r.Latest.Operation),
			model.OrNone(r.Latest.RequestID))
	}
	if own := r.OutsideReset.OwnCallText(); own != "" {
		return "the machine was reinstalled by " + own + ". " + r.Latest.WhoseText(r.OutsideReset)
	}
	return "the machine was reinstalled from outside Twokey. " + r.Latest.WhoseText(r.OutsideReset)
}

// WhoseReset is the same for a machine that is only watched.
func (t AuditEvidence) WhoseReset(l model.Latest) string {
	if t.Failed != "" {
		return "CloudAudit could not show by whom: " + t.Failed + " (ResetInstance, request " + l.RequestID + ")"
	}
	if e, ok := t.EventOf(l.RequestID); ok {
		return l.WhoseText(&e)
	}
	return l.WhoseText(nil)
}
