package reinstall

import (
	"cmp"
	"fmt"
	"time"

	"twokey/commands/reinstall/model"
)

// An Observation is what one read of the machine shows after arming.
type Observation struct {
	Instance model.Instance
	// ServerTime is the cloud's clock when it was read (its Date header).
	ServerTime time.Time
}

// WorthAuditing reports whether an event is worth asking CloudAudit before it is
// believed: it infers, it gives up, or it says that nothing happened.
func WorthAuditing(e Event) bool {
	switch e := e.(type) {
	case Accepted:
		return e.Inferred
	case BecameUnknown, NothingSent:
		return true
	}
	return false
}

// NeedsAudit reports whether CloudAudit is to be asked what became of an armed
// operation. The observation alone leads to a weighty event; or it never leads to one,
// because there is no baseline.
func NeedsAudit(op Operation, e Event) bool {
	return WorthAuditing(e) || op.Arming.Baseline.Null()
}

// Reconcile says what an observation and CloudAudit prove of an armed operation whose
// answer was lost. It is an event, or nil while only time can tell (bot/store/doc.go
// 6.7). It never leads to another call. What CloudAudit shows as somebody else's is
// never taken for ours.
func Reconcile(op Operation, s Observation, t AuditEvidence) Event {
	if e, ok := t.ourReset(*op.Arming); ok {
		return Accepted{RequestID: e.RequestID, Audited: true}
	}
	l, base := s.Instance.Latest, op.Arming.Baseline
	dead := op.Arming.At.Add(model.DeadAfter)
	doubt := lastKnown(op, s, t)
	switch {
	case l.Same(base): // a null record proves nothing
		if s.ServerTime.Before(dead) {
			return nil
		}
		return NothingSent{Why: "the request never reached the cloud. " + model.HumanDuration(model.DeadAfter) +
			" after it was signed, the machine's record was unchanged, and the signature is dead"}
	case l.Null():
		if s.ServerTime.Before(op.Arming.At.Add(model.LostAfter)) {
			return nil // a null record; it may fill up
		}
		return BecameUnknown{Why: "the answer was lost, and the cloud shows no record of the machine's " +
			"last operation", LastKnown: doubt}
	case l.Operation == model.OpReset && op.OtherReset != nil && op.OtherReset.RequestID == l.RequestID:
		if s.ServerTime.Before(dead) {
			return nil // ours may still arrive, or be shown
		}
		return BecameUnknown{Why: "the answer was lost, and the reset that the machine shows is not ours: it is " +
			op.OtherReset.EventText() + ". Whether our own request arrived as well is not known", LastKnown: doubt}
	case l.Operation == model.OpReset:
		if e, ok := t.EventOf(l.RequestID); ok && e.Caller == model.CallerForeign {
			return Disowned{Event: e}
		}
		if base.Null() { // it may have been there all the time, behind the null record
			if s.ServerTime.Before(dead) {
				return nil
			}
			return BecameUnknown{
				Why: "the answer was lost, and before the request the machine had no record of an " +
					"operation. CloudAudit does not show whether its reset now (request " + l.RequestID + ") is ours",
				LastKnown: doubt,
			}
		}
		return Accepted{RequestID: l.RequestID, Inferred: true}
	}
	if base.Null() && s.ServerTime.Before(dead) {
		return nil // it may have been there all the time; ours may still be shown
	}
	return BecameUnknown{Why: fmt.Sprintf("the answer was lost, and %s (request %s) has since covered "+
		"the machine's record",
		l.Operation, l.RequestID), LastKnown: doubt}
}

// Follow says what an observation and CloudAudit prove of a reset that the cloud took:
// an event, or nil while it runs. Success is never assumed: the request id is ours,
// the image is the planned one, and the machine runs.
func Follow(op Operation, s Observation, t AuditEvidence) Event {
	if op.Inferred {
		if e := checkInferred(op, s, t); e != nil {
			return e
		}
	}
	l := s.Instance.Latest
	over := !s.ServerTime.Before(op.Arming.At.Add(model.LostAfter))
	ours := l.Operation == model.OpReset && l.RequestID == op.RequestID
	lost := func(why string) Event { return BecameUnknown{Why: why, LastKnown: lastKnown(op, s, t)} }
	switch {
	case ours && l.State == "FAILED":
		return ResetFailed{Why: cmp.Or(l.Error, "the cloud gives no reason")}
	case ours && l.State == "SUCCESS" && s.Instance.ImageID == op.Plan.Image.ID && s.Instance.State == "RUNNING":
		return Succeeded{LogIn: model.LogInOf(s.Instance)}
	case ours && l.State == "SUCCESS" && s.Instance.ImageID != op.Plan.Image.ID && over:
		return lost("the cloud reports success, but the machine shows image " + s.Instance.ImageID + ", not " +
			op.Plan.Image.ID)
	case ours && l.State == "SUCCESS" && over:
		return lost("the cloud reports success, but the machine is " + model.OrNone(s.Instance.State) + ", not RUNNING")
	case !ours && op.Arming.Baseline.Null() && s.ServerTime.Before(op.Arming.At.Add(model.DeadAfter)):
		return nil // what it shows may have been there all the time, behind the null record
	case !ours && !l.Same(op.Arming.Baseline) && !l.Null():
		return lost(fmt.Sprintf("%s (request %s) covered the record of our reset (request %s) before its end was "+
			"seen. The machine shows image %s and is %s",
			l.Operation, l.RequestID, op.RequestID, s.Instance.ImageID, s.Instance.State))
	case over:
		return lost("the reset has run for " + model.HumanDuration(model.LostAfter) + " without an end")
	}
	return nil
}

// checkInferred says what CloudAudit proves of a request id that was only inferred.
func checkInferred(op Operation, s Observation, t AuditEvidence) Event {
	if e, ok := t.ourReset(*op.Arming); ok {
		return Accepted{RequestID: e.RequestID, Audited: true}
	}
	if e, ok := t.EventOf(op.RequestID); ok && e.Caller == model.CallerForeign {
		return BecameUnknown{
			Why: "the reset that was followed is not ours: it is " + e.EventText() +
				". The answer to our own request was lost; whether it arrived as well is not known",
			LastKnown: lastKnown(op, s, t),
		}
	}
	return nil
}

// JudgeAbsence says what it means that the cloud answers without showing the machine.
// It means nothing until every answer for some minutes was like that, and a reset
// should be over. now is our own clock.
func JudgeAbsence(op Operation, now time.Time, t AuditEvidence) Event {
	if AbsentFor(op, now) < AbsenceBelievedAfter || now.Before(op.Arming.At.Add(model.SlowAfter)) {
		return nil
	}
	d := lastKnown(op, Observation{}, t)
	d.Gone = true
	return BecameUnknown{Why: "the cloud no longer shows the machine", LastKnown: d}
}

// LastKnown is what was known when an outcome became unknown. It is shown beside the
// baseline.
type LastKnown struct {
	Latest model.Latest `json:"latest"`
	State  string       `json:"state,omitempty"`
	Image  string       `json:"image,omitempty"`
	Gone   bool         `json:"gone,omitempty"` // the cloud showed no machine at all
	Audit  string       `json:"audit"`          // what CloudAudit says, or why it could not be asked
}

func lastKnown(op Operation, s Observation, t AuditEvidence) LastKnown {
	return LastKnown{
		Latest: s.Instance.Latest, State: s.Instance.State, Image: s.Instance.ImageID,
		Audit: t.Summary(op.Arming.At),
	}
}
