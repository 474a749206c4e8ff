package reinstall

import (
	"time"

	"twokey/commands/reinstall/model"
)

// Arm burns the intent: after it the call may be out, and no edge leads back. Password
// is the sealed one, if the login asks for one.
type Arm struct {
	Recheck  RecheckResult
	At       time.Time // T0, by the clock that signs
	Password string
	// Key is the fingerprint of the id of the access key that signs the call.
	Key string
}

func (e Arm) Name() string { return "arm" }

func (e Arm) applyTo(op *Operation, now time.Time) *model.Refusal {
	if r := op.Armable(e.Recheck, now); r != nil {
		return r
	}
	if (op.Plan.Login.Kind == model.LoginPassword) != (e.Password != "") {
		return model.Refuse("Not sent", "the password could not be prepared", "Propose again")
	}
	updateSeats(op, e.Recheck)
	op.State, op.Reply = Armed, ""
	op.Arming = &Arming{At: e.At, Baseline: e.Recheck.Last.Instance.Latest, Skew: e.Recheck.Last.Skew, Key: e.Key}
	op.Password = e.Password
	return nil
}

// Accepted is the cloud's answer to the one ResetInstance request: it took it. Inferred says that the
// request id was read back from the machine's record. Audited says that CloudAudit
// shows it as a call of our own.
type Accepted struct {
	RequestID string
	Inferred  bool
	Audited   bool
}

func (e Accepted) Name() string {
	switch {
	case e.Inferred:
		return "sent (inferred)"
	case e.Audited:
		return "sent (CloudAudit)"
	}
	return "sent"
}

func (e Accepted) applyTo(op *Operation, _ time.Time) *model.Refusal {
	if r := checkAwaitsAnswer(op, e); r != nil {
		return r
	}
	if e.RequestID == "" {
		return model.Refuse("Not noted", "there is no request id", "Reconcile")
	}
	if op.RequestID != e.RequestID {
		giveUpRequest(op)
	}
	op.State, op.RequestID, op.Inferred, op.End = Sent, e.RequestID, e.Inferred, nil
	op.Audited = e.Audited
	return nil
}

// Disowned says that the reset which the machine shows is somebody else's, according
// to CloudAudit. What became of our own call is still open.
type Disowned struct{ Event model.CloudEvent }

func (e Disowned) Name() string { return "not ours" }

func (e Disowned) applyTo(op *Operation, _ time.Time) *model.Refusal {
	if r := requireState(op, "Not noted", Armed); r != nil {
		return r
	}
	if e.Event.Caller != model.CallerForeign || e.Event.RequestID == "" {
		return model.Refuse("Not noted", "nothing says that it is somebody else's", "Reconcile")
	}
	op.OtherReset = &e.Event
	return nil
}

// requestGuessed reports whether what is taken for the call's request did not come
// from the call's own answer.
func requestGuessed(op *Operation) bool {
	return op.Arming != nil && (op.Inferred || op.Audited)
}

// checkAwaitsAnswer refuses an answer that nobody waits for. The answer itself
// corrects what was only inferred while the sender waited. CloudAudit corrects what
// the machine's record suggested.
func checkAwaitsAnswer(op *Operation, e Accepted) *model.Refusal {
	switch {
	case e.Inferred:
	case op.State == Unknown && op.Arming != nil && (op.RequestID == "" || requestGuessed(op)),
		op.State == Sent && op.Inferred, op.State == Sent && op.Audited && !e.Audited:
		return nil
	}
	return requireState(op, "Not noted", Armed)
}

// checkTakesRefusal refuses the sender's report that nothing happened, if the sender
// is known to have reported otherwise. Until then it counts, even after an end that
// was taken for ours. The sender knows best whether anything was sent.
func checkTakesRefusal(op *Operation) *model.Refusal {
	if op.Arming != nil && op.State == Unknown && op.RequestID == "" {
		return nil
	}
	if requestGuessed(op) && (op.State == Sent || op.State == Unknown || op.State == Done || op.State == Failed) {
		return nil
	}
	return requireState(op, "Not noted", Armed)
}

// giveUpRequest gives up what was taken for the operation's own reset: it is somebody
// else's.
func giveUpRequest(op *Operation) {
	if op.RequestID != "" {
		op.Disclaimed = op.RequestID
	}
	op.RequestID, op.Inferred, op.Audited = "", false, false
	op.Proof, op.MachineStatus, op.Slow = nil, "", false
}

// Declined is the cloud's refusal of the one ResetInstance request: nothing happened.
type Declined struct{ Code, Why string }

func (e Declined) Name() string { return "refused" }

func (e Declined) applyTo(op *Operation, now time.Time) *model.Refusal {
	if r := checkTakesRefusal(op); r != nil {
		return r
	}
	giveUpRequest(op)
	finishAs(op, Refused, now, "", e.Why)
	op.End.Code, op.Password = e.Code, ""
	return nil
}

// NothingSent is the proof that no call of ours reached the cloud, and that none can
// any more. What was taken for ours meanwhile is somebody else's.
type NothingSent struct{ Why string }

func (e NothingSent) Name() string { return "not sent" }

func (e NothingSent) applyTo(op *Operation, now time.Time) *model.Refusal {
	if r := requireState(op, "Not noted", Proposed, Approved, Ready); r != nil {
		if r := checkTakesRefusal(op); r != nil {
			return r
		}
	}
	giveUpRequest(op)
	finishAs(op, NotSent, now, "", e.Why)
	op.Password = ""
	return nil
}

// BecameUnknown says that what happened cannot be known from here, and what is
// known.
type BecameUnknown struct {
	Why       string
	LastKnown LastKnown
}

func (e BecameUnknown) Name() string { return "unknown" }

func (e BecameUnknown) applyTo(op *Operation, now time.Time) *model.Refusal {
	if r := requireState(op, "Not noted", Armed, Sent); r != nil {
		return r
	}
	finishAs(op, Unknown, now, "", e.Why)
	op.End.LastKnown = &e.LastKnown
	return nil
}

// Succeeded is the verified success. Probe asks for the machine's own proof. LogIn is
// how the cloud then says to log in.
type Succeeded struct {
	Probe *model.Probe
	LogIn *model.LogIn
}

func (e Succeeded) Name() string { return "done" }

func (e Succeeded) applyTo(op *Operation, now time.Time) *model.Refusal {
	if r := requireState(op, "Not noted", Sent); r != nil {
		return r
	}
	finishAs(op, Done, now, "", "the reset succeeded, the image is "+op.Plan.Image.ID+", and the machine runs")
	op.Proof, op.LogIn = newProof(e.Probe, op.Plan, now), e.LogIn
	return nil
}

// ResetFailed is the cloud's word that the reinstall failed.
type ResetFailed struct{ Why string }

func (e ResetFailed) Name() string { return "failed" }

func (e ResetFailed) applyTo(op *Operation, now time.Time) *model.Refusal {
	if r := requireState(op, "Not noted", Sent); r != nil {
		return r
	}
	finishAs(op, Failed, now, "", e.Why)
	return nil
}

// StatusChanged is a change that the machine shows while it is followed.
type StatusChanged struct{ Status string }

func (e StatusChanged) Name() string { return "moved" }

func (e StatusChanged) applyTo(op *Operation, _ time.Time) *model.Refusal {
	if r := requireState(op, "Not noted", Sent); r != nil {
		return r
	}
	op.MachineStatus = e.Status
	return nil
}

// BecameSlow is noted once, when a reset has run for SlowAfter.
type BecameSlow struct{}

func (e BecameSlow) Name() string { return "slow" }

func (e BecameSlow) applyTo(op *Operation, _ time.Time) *model.Refusal {
	if r := requireState(op, "Not noted", Sent); r != nil {
		return r
	}
	op.Slow = true
	return nil
}

// Waiting says why the call is not made yet, though the countdown has ended. Until is
// when that ends, if it is known. KeepsPosition says that nobody overtakes it
// meanwhile. The reason is then a full budget or something that holds for all, and not
// this machine.
type Waiting struct {
	Why           string
	Until         time.Time
	KeepsPosition bool
	// Absent is what a re-check does not show, if that is why.
	Absent string
}

func (e Waiting) Name() string { return "waits" }

// WaitNoted reports whether just that is noted already.
func (op Operation) WaitNoted(w Waiting) bool {
	return op.Waits == w.Why && op.KeepsPosition == w.KeepsPosition && op.WaitsUntil.Equal(w.Until)
}

func (e Waiting) applyTo(op *Operation, now time.Time) *model.Refusal {
	if r := requireState(op, "Not noted", Approved, Ready); r != nil {
		return r
	}
	if op.State == Ready && !op.CountdownRuns() {
		return model.Refuse("Not noted", "its countdown does not run yet", "Wait until it is shown")
	}
	if op.WaitNoted(e) {
		return model.Refuse("Not noted", "it is noted already", "Wait")
	}
	op.Waits, op.WaitsUntil, op.KeepsPosition = e.Why, e.Until, e.KeepsPosition
	noteAbsence(op, e.Absent, now)
	return nil
}

// WaitOver says that what the call waited for has gone. Everything is checked and
// counted down again, because nobody looks at a card that waits.
type WaitOver struct{}

func (e WaitOver) Name() string { return "wait over" }

func (e WaitOver) applyTo(op *Operation, _ time.Time) *model.Refusal {
	if r := requireState(op, "Not noted", Ready); r != nil {
		return r
	}
	clearCountdown(op)
	op.State, op.Waits = Approved, ""
	return nil
}

// AnswerLost says that the ResetInstance request may or may not have arrived. The state stays
// Armed: only the machine's record can show it.
type AnswerLost struct{ Why string }

func (e AnswerLost) Name() string { return "answer lost" }

func (e AnswerLost) applyTo(op *Operation, _ time.Time) *model.Refusal {
	if r := requireState(op, "Not noted", Armed); r != nil {
		return r
	}
	op.AnswerLost = e.Why
	return nil
}
