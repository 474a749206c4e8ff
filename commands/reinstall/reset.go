package reinstall

import (
	"time"
)

// Arm burns the intent: after it the call may be out, and no edge leads back.
// Password is the sealed one, where the login asks for one.
type Arm struct {
	Reading  Reading
	At       time.Time // T0, by the clock that signs
	Password string
	// Key is the print of the id of the access key that signs the call.
	Key string
}

func (e Arm) Name() string { return "arm" }

func (e Arm) step(op *Operation, now time.Time) *Refusal {
	if r := op.Armable(e.Reading, now); r != nil {
		return r
	}
	if (op.Plan.Login.Kind == LoginPassword) != (e.Password != "") {
		return Refuse("Not sent", "the password could not be prepared", "Propose again")
	}
	op.reseat(e.Reading)
	op.State, op.Reply = Armed, ""
	op.Arming = &Arming{At: e.At, Baseline: e.Reading.Last.Instance.Latest, Skew: e.Reading.Last.Skew, Key: e.Key}
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

func (e Accepted) step(op *Operation, _ time.Time) *Refusal {
	if r := op.takesAnswer(e); r != nil {
		return r
	}
	if e.RequestID == "" {
		return Refuse("Not noted", "there is no request id", "Reconcile")
	}
	if op.RequestID != e.RequestID {
		op.disclaim()
	}
	op.State, op.RequestID, op.Inferred, op.End = Sent, e.RequestID, e.Inferred, nil
	op.Audited = e.Audited
	return nil
}

// Disowned says that the reset which the machine shows is somebody else's, by
// CloudAudit's word. What became of our own call is still open.
type Disowned struct{ Event CloudEvent }

func (e Disowned) Name() string { return "not ours" }

func (e Disowned) step(op *Operation, _ time.Time) *Refusal {
	if r := op.in("Not noted", Armed); r != nil {
		return r
	}
	if e.Event.Hand != Foreign || e.Event.RequestID == "" {
		return Refuse("Not noted", "nothing says that it is somebody else's", "Reconcile")
	}
	op.Other = &e.Event
	return nil
}

// guessed reports whether what is taken for the call's request is known from
// elsewhere than from the call's own answer.
func (op *Operation) guessed() bool {
	return op.Arming != nil && (op.Inferred || op.Audited)
}

// takesAnswer refuses an answer where none is awaited. What was only inferred
// while the sender still waited is corrected by the answer itself, and what the
// machine's record suggested, by CloudAudit.
func (op *Operation) takesAnswer(e Accepted) *Refusal {
	switch {
	case e.Inferred:
	case op.State == Unknown && op.Arming != nil && (op.RequestID == "" || op.guessed()),
		op.State == Sent && op.Inferred, op.State == Sent && op.Audited && !e.Audited:
		return nil
	}
	return op.in("Not noted", Armed)
}

// takesNo refuses the sender's word that nothing happened where the sender's
// word is known to be another one. It is heard until then, also of an end that
// was taken for ours: whoever sends knows best whether anything was sent.
func (op *Operation) takesNo() *Refusal {
	if op.Arming != nil && op.State == Unknown && op.RequestID == "" {
		return nil
	}
	if op.guessed() && (op.State == Sent || op.State == Unknown || op.State == Done || op.State == Failed) {
		return nil
	}
	return op.in("Not noted", Armed)
}

// disclaim gives back what was taken for the operation's own reset: it is
// somebody else's.
func (op *Operation) disclaim() {
	if op.RequestID != "" {
		op.Disclaimed = op.RequestID
	}
	op.RequestID, op.Inferred, op.Audited = "", false, false
	op.Proof, op.Seen, op.Slow = nil, "", false
}

// Declined is the cloud's refusal of the one call: nothing happened.
type Declined struct{ Code, Why string }

func (e Declined) Name() string { return "refused" }

func (e Declined) step(op *Operation, now time.Time) *Refusal {
	if r := op.takesNo(); r != nil {
		return r
	}
	op.disclaim()
	op.end(Refused, now, "", e.Why)
	op.End.Code, op.Password = e.Code, ""
	return nil
}

// NothingSent is the proof that no call of ours reached the cloud, and none
// can any more. What was taken for ours meanwhile is somebody else's.
type NothingSent struct{ Why string }

func (e NothingSent) Name() string { return "not sent" }

func (e NothingSent) step(op *Operation, now time.Time) *Refusal {
	if r := op.in("Not noted", Proposed, Approved, Ready); r != nil {
		if r := op.takesNo(); r != nil {
			return r
		}
	}
	op.disclaim()
	op.end(NotSent, now, "", e.Why)
	op.Password = ""
	return nil
}

// LostTrack says that what happened cannot be known from here, and what is
// known.
type LostTrack struct {
	Why   string
	Doubt Doubt
}

func (e LostTrack) Name() string { return "unknown" }

func (e LostTrack) step(op *Operation, now time.Time) *Refusal {
	if r := op.in("Not noted", Armed, Sent); r != nil {
		return r
	}
	op.end(Unknown, now, "", e.Why)
	op.End.Doubt = &e.Doubt
	return nil
}

// Succeeded is the verified success. Probe asks for the machine's own proof;
// LogIn is how the cloud then says to log in.
type Succeeded struct {
	Probe *Probe
	LogIn *LogIn
}

func (e Succeeded) Name() string { return "done" }

func (e Succeeded) step(op *Operation, now time.Time) *Refusal {
	if r := op.in("Not noted", Sent); r != nil {
		return r
	}
	op.end(Done, now, "", "the reset succeeded, the image is "+op.Plan.Image.ID+", and the machine runs")
	op.Proof, op.LogIn = proofOf(e.Probe, op.Plan, now), e.LogIn
	return nil
}

// Broke is the cloud's word that the reinstall failed.
type Broke struct{ Why string }

func (e Broke) Name() string { return "failed" }

func (e Broke) step(op *Operation, now time.Time) *Refusal {
	if r := op.in("Not noted", Sent); r != nil {
		return r
	}
	op.end(Failed, now, "", e.Why)
	return nil
}

// Moved is a change that the machine shows while it is followed.
type Moved struct{ Seen string }

func (e Moved) Name() string { return "moved" }

func (e Moved) step(op *Operation, _ time.Time) *Refusal {
	if r := op.in("Not noted", Sent); r != nil {
		return r
	}
	op.Seen = e.Seen
	return nil
}

// RunsLong is noted once, when a reset has run for SlowAfter.
type RunsLong struct{}

func (e RunsLong) Name() string { return "slow" }

func (e RunsLong) step(op *Operation, _ time.Time) *Refusal {
	if r := op.in("Not noted", Sent); r != nil {
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
	Why   string
	Until time.Time
	Keeps bool
	// Unseen is what a reading does not show, where that is why.
	Unseen string
}

func (e Waiting) Name() string { return "waits" }

// Waiting reports whether just that is noted already.
func (op Operation) Waiting(w Waiting) bool {
	return op.Waits == w.Why && op.Keeps == w.Keeps && op.WaitsUntil.Equal(w.Until)
}

func (e Waiting) step(op *Operation, now time.Time) *Refusal {
	if r := op.in("Not noted", Approved, Ready); r != nil {
		return r
	}
	if op.State == Ready && !op.Counts() {
		return Refuse("Not noted", "its countdown does not run yet", "Wait until it is shown")
	}
	if op.Waiting(e) {
		return Refuse("Not noted", "it is noted already", "Wait")
	}
	op.Waits, op.WaitsUntil, op.Keeps = e.Why, e.Until, e.Keeps
	op.misses(e.Unseen, now)
	return nil
}

// WaitOver says that what the call waited for has gone: everything is checked
// again and counted down again, for nobody looks at a card that waits.
type WaitOver struct{}

func (e WaitOver) Name() string { return "wait over" }

func (e WaitOver) step(op *Operation, _ time.Time) *Refusal {
	if r := op.in("Not noted", Ready); r != nil {
		return r
	}
	op.uncount()
	op.State, op.Waits = Approved, ""
	return nil
}

// AnswerLost says that the one call may or may not have arrived. The state
// stays Armed: only the machine's record can tell.
type AnswerLost struct{ Why string }

func (e AnswerLost) Name() string { return "answer lost" }

func (e AnswerLost) step(op *Operation, _ time.Time) *Refusal {
	if r := op.in("Not noted", Armed); r != nil {
		return r
	}
	op.Lost = e.Why
	return nil
}
