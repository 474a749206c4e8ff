package reinstall

import (
	"time"

	"twokey/commands/reinstall/model"
)

// Arm burns the intent: after it the call may be out, and no edge leads back.
// Password is the sealed one, where the login asks for one.
type Arm struct {
	Recheck  RecheckResult
	At       time.Time // T0, by the clock that signs
	Password string
	// Key is the print of the id of the access key that signs the call.
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
	op.updateSeats(e.Recheck)
	op.State, op.Reply = Armed, ""
	op.Arming = &Arming{At: e.At, Baseline: e.Recheck.Last.Instance.Latest, Skew: e.Recheck.Last.Skew, Key: e.Key}
	op.Password = e.Password
	return nil
}

// Accepted is the cloud's answer to the one call: it took it. Inferred says
// that the request id was read back from the machine's record; Audited, that
// CloudAudit shows it as a call of our own.
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
	if r := op.checkAwaitsAnswer(e); r != nil {
		return r
	}
	if e.RequestID == "" {
		return model.Refuse("Not noted", "there is no request id", "Reconcile")
	}
	if op.RequestID != e.RequestID {
		op.giveUpRequest()
	}
	op.State, op.RequestID, op.Inferred, op.End = Sent, e.RequestID, e.Inferred, nil
	op.Audited = e.Audited
	return nil
}

// Disowned says that the reset which the machine shows is somebody else's, by
// CloudAudit's word. What became of our own call is still open.
type Disowned struct{ Event model.CloudEvent }

func (e Disowned) Name() string { return "not ours" }

func (e Disowned) applyTo(op *Operation, _ time.Time) *model.Refusal {
	if r := op.requireState("Not noted", Armed); r != nil {
		return r
	}
	if e.Event.Caller != model.CallerForeign || e.Event.RequestID == "" {
		return model.Refuse("Not noted", "nothing says that it is somebody else's", "Reconcile")
	}
	op.OtherReset = &e.Event
	return nil
}

// requestGuessed reports whether what is taken for the call's request is known from
// elsewhere than from the call's own answer.
func (op *Operation) requestGuessed() bool {
	return op.Arming != nil && (op.Inferred || op.Audited)
}

// checkAwaitsAnswer refuses an answer where none is awaited. What was only inferred
// while the sender still waited is corrected by the answer itself, and what the
// machine's record suggested, by CloudAudit.
func (op *Operation) checkAwaitsAnswer(e Accepted) *model.Refusal {
	switch {
	case e.Inferred:
	case op.State == Unknown && op.Arming != nil && (op.RequestID == "" || op.requestGuessed()),
		op.State == Sent && op.Inferred, op.State == Sent && op.Audited && !e.Audited:
		return nil
	}
	return op.requireState("Not noted", Armed)
}

// checkTakesRefusal refuses the sender's word that nothing happened where the sender's
// word is known to be another one. It is heard until then, also of an end that
// was taken for ours: whoever sends knows best whether anything was sent.
func (op *Operation) checkTakesRefusal() *model.Refusal {
	if op.Arming != nil && op.State == Unknown && op.RequestID == "" {
		return nil
	}
	if op.requestGuessed() && (op.State == Sent || op.State == Unknown || op.State == Done || op.State == Failed) {
		return nil
	}
	return op.requireState("Not noted", Armed)
}

// giveUpRequest gives back what was taken for the operation's own reset: it is
// somebody else's.
func (op *Operation) giveUpRequest() {
	if op.RequestID != "" {
		op.Disclaimed = op.RequestID
	}
	op.RequestID, op.Inferred, op.Audited = "", false, false
	op.Proof, op.MachineStatus, op.Slow = nil, "", false
}

// Declined is the cloud's refusal of the one call: nothing happened.
type Declined struct{ Code, Why string }

func (e Declined) Name() string { return "refused" }

func (e Declined) applyTo(op *Operation, now time.Time) *model.Refusal {
	if r := op.checkTakesRefusal(); r != nil {
		return r
	}
	op.giveUpRequest()
	op.finishAs(Refused, now, "", e.Why)
	op.End.Code, op.Password = e.Code, ""
	return nil
}

// NothingSent is the proof that no call of ours reached the cloud, and none
// can any more. What was taken for ours meanwhile is somebody else's.
type NothingSent struct{ Why string }

func (e NothingSent) Name() string { return "not sent" }

func (e NothingSent) applyTo(op *Operation, now time.Time) *model.Refusal {
	if r := op.requireState("Not noted", Proposed, Approved, Ready); r != nil {
		if r := op.checkTakesRefusal(); r != nil {
			return r
		}
	}
	op.giveUpRequest()
	op.finishAs(NotSent, now, "", e.Why)
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
	if r := op.requireState("Not noted", Armed, Sent); r != nil {
		return r
	}
	op.finishAs(Unknown, now, "", e.Why)
	op.End.LastKnown = &e.LastKnown
	return nil
}

// Succeeded is the verified success. Probe asks for the machine's own proof;
// LogIn is how the cloud then says to log in.
type Succeeded struct {
	Probe *model.Probe
	LogIn *model.LogIn
}

func (e Succeeded) Name() string { return "done" }

func (e Succeeded) applyTo(op *Operation, now time.Time) *model.Refusal {
	if r := op.requireState("Not noted", Sent); r != nil {
		return r
	}
	op.finishAs(Done, now, "", "the reset succeeded, the image is "+op.Plan.Image.ID+", and the machine runs")
	op.Proof, op.LogIn = newProof(e.Probe, op.Plan, now), e.LogIn
	return nil
}

// ResetFailed is the cloud's word that the reinstall failed.
type ResetFailed struct{ Why string }

func (e ResetFailed) Name() string { return "failed" }

func (e ResetFailed) applyTo(op *Operation, now time.Time) *model.Refusal {
	if r := op.requireState("Not noted", Sent); r != nil {
		return r
	}
	op.finishAs(Failed, now, "", e.Why)
	return nil
}

// StatusChanged is a change that the machine shows while it is followed.
type StatusChanged struct{ Status string }

func (e StatusChanged) Name() string { return "moved" }

func (e StatusChanged) applyTo(op *Operation, _ time.Time) *model.Refusal {
	if r := op.requireState("Not noted", Sent); r != nil {
		return r
	}
	op.MachineStatus = e.Status
	return nil
}

// BecameSlow is noted once, when a reset has run for SlowAfter.
type BecameSlow struct{}

func (e BecameSlow) Name() string { return "slow" }

func (e BecameSlow) applyTo(op *Operation, _ time.Time) *model.Refusal {
	if r := op.requireState("Not noted", Sent); r != nil {
		return r
	}
	op.Slow = true
	return nil
}

// Waiting says why the call is not made yet, though the countdown has ended.
// Until is when that ends, where it is known. Where it Keeps its turn, nobody
// overtakes it meanwhile: a full budget or something that holds for all is why,
// and not this machine.
type Waiting struct {
	Why           string
	Until         time.Time
	KeepsPosition bool
	// Unseen is what a reading does not show, where that is why.
	Absent string
}

func (e Waiting) Name() string { return "waits" }

// WaitNoted reports whether just that is noted already.
func (op Operation) WaitNoted(w Waiting) bool {
	return op.Waits == w.Why && op.KeepsPosition == w.KeepsPosition && op.WaitsUntil.Equal(w.Until)
}

func (e Waiting) applyTo(op *Operation, now time.Time) *model.Refusal {
	if r := op.requireState("Not noted", Approved, Ready); r != nil {
		return r
	}
	if op.State == Ready && !op.CountdownRuns() {
		return model.Refuse("Not noted", "its countdown does not run yet", "Wait until it is shown")
	}
	if op.WaitNoted(e) {
		return model.Refuse("Not noted", "it is noted already", "Wait")
	}
	op.Waits, op.WaitsUntil, op.KeepsPosition = e.Why, e.Until, e.KeepsPosition
	op.noteAbsence(e.Absent, now)
	return nil
}

// WaitOver says that what the call waited for has gone: everything is checked
// again and counted down again, for nobody looks at a card that waits.
type WaitOver struct{}

func (e WaitOver) Name() string { return "wait over" }

func (e WaitOver) applyTo(op *Operation, _ time.Time) *model.Refusal {
	if r := op.requireState("Not noted", Ready); r != nil {
		return r
	}
	op.clearCountdown()
	op.State, op.Waits = Approved, ""
	return nil
}

// AnswerLost says that the one call may or may not have arrived. The state
// stays Armed: only the machine's record can tell.
type AnswerLost struct{ Why string }

func (e AnswerLost) Name() string { return "answer lost" }

func (e AnswerLost) applyTo(op *Operation, _ time.Time) *model.Refusal {
	if r := op.requireState("Not noted", Armed); r != nil {
		return r
	}
	op.AnswerLost = e.Why
	return nil
}
