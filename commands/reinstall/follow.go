package reinstall

import (
	"fmt"
	"time"
)

// A Sight is what one read of the machine shows after arming.
type Sight struct {
	Instance Instance
	// ServerTime is the cloud's clock when it was read (its Date header).
	ServerTime time.Time
}

// Reconcile says what a sight proves of an operation that is armed and whose
// answer nobody has: an event, or nil while only time can tell
// (facts/engine.md, "After a crash in armed"). It never leads to another call.
func Reconcile(op Operation, s Sight) Event {
	l, base := s.Instance.Latest, op.Arming.Baseline
	dead := op.Arming.At.Add(DeadAfter)
	switch {
	case l.Same(base) && base.RequestID != "": // a null record proves nothing
		if s.ServerTime.Before(dead) {
			return nil
		}
		return NothingSent{Why: "the call never reached the cloud: " + Ago(DeadAfter) +
			" after it was signed, the machine's record still shows what it showed before, and the signature is dead"}
	case l.Operation == "" || l.RequestID == "":
		if s.ServerTime.Before(op.Arming.At.Add(LostAfter)) {
			return nil // a null record; it may fill up
		}
		return LostTrack{Why: "the answer to the call was lost, and the cloud shows no record of the machine's last operation"}
	case l.Operation == "ResetInstance":
		return Accepted{RequestID: l.RequestID, Inferred: true}
	}
	return LostTrack{Why: fmt.Sprintf("the answer to the call was lost, and %s (request %s) has since covered the machine's record",
		l.Operation, l.RequestID)}
}

// Follow says what a sight proves of a reset that the cloud took: an event, or
// nil while it runs. Success is the one thing that is never assumed: it is ours
// by request id, the image is the planned one, and the machine runs.
func Follow(op Operation, s Sight) Event {
	l := s.Instance.Latest
	over := !s.ServerTime.Before(op.Arming.At.Add(LostAfter))
	ours := l.Operation == "ResetInstance" && l.RequestID == op.RequestID
	switch {
	case ours && l.State == "FAILED":
		return Broke{Why: orWords(l.Error, "the cloud gives no reason")}
	case ours && l.State == "SUCCESS" && s.Instance.ImageID == op.Plan.Image.ID && s.Instance.State == "RUNNING":
		return Succeeded{}
	case ours && l.State == "SUCCESS" && s.Instance.ImageID != op.Plan.Image.ID && over:
		return LostTrack{Why: "the cloud reports success, but the machine shows image " + s.Instance.ImageID + ", not " + op.Plan.Image.ID}
	case ours && l.State == "SUCCESS" && over:
		return LostTrack{Why: "the cloud reports success, but the machine is " + orNothing(s.Instance.State) + ", not RUNNING"}
	case !ours && !l.Same(op.Arming.Baseline) && l.Operation != "" && l.RequestID != "":
		return LostTrack{Why: fmt.Sprintf("%s (request %s) has covered the record of our reset (request %s) before its end was seen; the machine shows image %s and is %s",
			l.Operation, l.RequestID, op.RequestID, s.Instance.ImageID, s.Instance.State)}
	case over:
		return LostTrack{Why: "the reset has run for " + Ago(LostAfter) + " without an end"}
	}
	return nil
}

// Gone says what it means that the cloud no longer knows the machine.
func Gone(op Operation, serverTime time.Time) Event {
	if serverTime.Before(op.Arming.At.Add(SlowAfter)) {
		return nil
	}
	return LostTrack{Why: "the cloud no longer shows the machine"}
}

func orWords(s, or string) string {
	if s == "" {
		return or
	}
	return s
}
