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
	op.State = Armed
	op.Arming = &Arming{At: e.At, Baseline: e.Reading.Latest, Skew: e.Reading.Skew}
	op.Password = e.Password
	return nil
}

// Accepted is the cloud's answer to the one call: it took it. Inferred says
// that the request id was read back from the machine's record; Audited, that
// CloudAudit shows it as a call with our access key.
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
	if r := op.takesAnswer(e.Inferred); r != nil {
		return r
	}
	if e.RequestID == "" {
		return Refuse("Not noted", "there is no request id", "Reconcile")
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

// takesAnswer refuses an answer where none is awaited. What was only inferred
// while the sender still waited is corrected by the answer itself.
func (op *Operation) takesAnswer(inferred bool) *Refusal {
	if !inferred && op.Arming != nil && op.RequestID == "" && op.State == Unknown {
		return nil
	}
	if !inferred && op.State == Sent && op.Inferred {
		return nil
	}
	return op.in("Not noted", Armed)
}

// Declined is the cloud's refusal of the one call: nothing happened.
type Declined struct{ Code, Why string }

func (e Declined) Name() string { return "refused" }

func (e Declined) step(op *Operation, now time.Time) *Refusal {
	if r := op.takesAnswer(false); r != nil {
		return r
	}
	op.end(Refused, now, "", e.Why)
	op.End.Code, op.Password = e.Code, ""
	return nil
}

// NothingSent is the proof that no call of ours reached the cloud, and none
// can any more.
type NothingSent struct{ Why string }

func (e NothingSent) Name() string { return "not sent" }

func (e NothingSent) step(op *Operation, now time.Time) *Refusal {
	if r := op.in("Not noted", Proposed, Approved, Ready, Armed); r != nil {
		return r
	}
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

// Succeeded is the verified success. Probe asks for the machine's own proof.
type Succeeded struct{ Probe *Probe }

func (e Succeeded) Name() string { return "done" }

func (e Succeeded) step(op *Operation, now time.Time) *Refusal {
	if r := op.in("Not noted", Sent); r != nil {
		return r
	}
	op.end(Done, now, "", "the reset succeeded, the image is "+op.Plan.Image.ID+", and the machine runs")
	op.Proof = e.Probe.of(op.Plan, now)
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
	op.State, op.Starts, op.Waits = Approved, time.Time{}, ""
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
