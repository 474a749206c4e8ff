package reinstall

import (
	"cmp"
	"slices"
	"time"

	"twokey/commands/reinstall/model"
)

// A null record shows nothing of a machine's last operation. If a record was shown
// before, it is waited for. If there never was one, CloudAudit is asked. A record that
// appears is a change.

// WhyUnclear says why a re-check shows too little of the machine's last operation, so
// that it is repeated later. It is empty if it shows enough.
func (op Operation) WhyUnclear(r RecheckResult) string {
	switch {
	case !r.Latest.Null():
		return ""
	case !op.Baseline.Null():
		return "the cloud does not show the machine's last operation just now"
	case !r.Audit.Asked.IsZero() || r.Audit.Denied:
		return ""
	}
	return "the cloud shows no record of the machine's last operation, and CloudAudit could not be asked what it " +
		"hides: " +
		cmp.Or(r.Audit.Failed, "nobody asked")
}

// operatedSince reports whether a re-check shows that somebody operated on the machine
// since the baseline.
func operatedSince(op Operation, r RecheckResult) bool {
	switch {
	case op.HiddenReset(r) != nil:
		return true
	case r.Latest.Null() && op.Baseline.Null():
		return r.Latest.Operation != "" && r.Latest.Operation != op.Baseline.Operation
	}
	return !r.Latest.Same(op.Baseline)
}

// HiddenReset is the reset since the proposal that CloudAudit shows of a machine with
// a null record. Whoever made it, it is not ours: ours has not been sent. A reset that
// people read of before they turned the keys counts no more.
func (op Operation) HiddenReset(r RecheckResult) *model.CloudEvent {
	if !op.Baseline.Null() {
		return nil
	}
	since := op.ProposedAt.Add(-model.EventSlack - r.Last.Skew.Abs()).Truncate(time.Second)
	for i, e := range r.Audit.Events {
		if model.WipesDisk(e.Operation) && e.Error == "" && e.RequestID != "" && !e.At.Before(since) &&
			!slices.Contains(op.ReportedResets, e.RequestID) {
			return &r.Audit.Events[i]
		}
	}
	return nil
}

// outsideRequest is the request of a reset that a re-check shows and that was not
// there before.
func outsideRequest(op Operation, r RecheckResult) string {
	if e := op.HiddenReset(r); e != nil && r.Latest.Null() {
		return e.RequestID
	}
	return r.Latest.RequestID
}
