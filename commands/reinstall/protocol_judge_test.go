package reinstall_test

import (
	"fmt"
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

// judge asks the rules and remembers what they said: the operations of a
// history are few, and a world holds their numbers only.
type judge struct {
	ops    []reinstall.Operation
	number map[opKey]uint8
	said   map[question]ruling
	nulls  *null
}

// opKey is all of an operation that the protocol changes.
type opKey struct {
	state    reinstall.State
	t0       time.Time
	request  string
	inferred bool
	lost     string
}

type question struct {
	op, kind, detail, tick uint8
	audited                bool
	early                  time.Duration
}

type ruling struct{ next, verdict uint8 }

// What a look at the machine comes to.
const (
	nothing = iota // later
	goOn           // it may be armed
	changed        // there is a transition to write
)

// Kinds of question.
const (
	toLook = iota
	toArm
	toAnswer
)

func newJudge(first reinstall.Operation, n *null) *judge {
	j := &judge{number: map[opKey]uint8{}, said: map[question]ruling{}, nulls: n}
	if n != nil {
		first.Baseline = model.Latest{}
	}
	j.keep(first)
	return j
}

func (j *judge) keep(op reinstall.Operation) uint8 {
	k := opKey{state: op.State, request: op.RequestID, inferred: op.Inferred, lost: op.AnswerLost}
	if op.Arming != nil {
		k.t0 = op.Arming.At
	}
	n, ok := j.number[k]
	if !ok {
		n = uint8(len(j.ops))
		if len(j.ops) == 256 {
			panic("more operations than a world can number")
		}
		j.ops, j.number[k] = append(j.ops, op), n
	}
	return n
}

// clock is the time of a tick; the countdown has ended before it.
func clock(tick uint8) time.Time { return soon.Add(ticks[tick]) }

// reading is what is read of an operation before it is armed. If the record is null,
// CloudAudit is asked as well; a worker that does not ask says it did.
func (j *judge) reading(op reinstall.Operation, tick uint8, audited bool) reinstall.RecheckResult {
	r := reading(op)
	if j.nulls == nil {
		return r
	}
	r.Audit = reinstall.AuditEvidence{Asked: clock(tick)}
	if audited && j.nulls.asks {
		r.Audit.Events = []model.CloudEvent{{
			Operation: "ResetInstance", RequestID: requestID(consoleReset), At: soon, Caller: model.CallerForeign,
		}}
	}
	return r
}

// latest is the cloud's record that an observation shows.
func (j *judge) latest(s uint8) model.Latest {
	switch s {
	case before:
		if j.nulls != nil {
			return model.Latest{}
		}
		return machine().Instance.Latest
	case consoleOther:
		return model.Latest{Operation: "RebootInstances", State: "SUCCESS", RequestID: requestID(s)}
	case nullRecord:
		return model.Latest{}
	}
	return model.Latest{Operation: "ResetInstance", State: "SUCCESS", RequestID: requestID(s)}
}

func requestID(s uint8) string { return fmt.Sprintf("req-%d", s) }

// worked reports whether a worker has anything to do for an operation.
func (j *judge) worked(op uint8) bool {
	s := j.ops[op].State
	return s == reinstall.Ready || s == reinstall.Armed || s == reinstall.Sent
}

func (j *judge) ask(q question, answer func(op reinstall.Operation) ruling) ruling {
	r, ok := j.said[q]
	if !ok {
		r = answer(j.ops[q.op])
		j.said[q] = r
	}
	return r
}

// decide is what the rules make of an observation. early makes the cloud's clock run
// ahead for whoever waits for a request to be dead.
func (j *judge) decide(op, sight, tick uint8, audited bool, early time.Duration) (next, verdict uint8) {
	r := j.ask(question{op, toLook, sight, tick, audited, early}, func(op reinstall.Operation) ruling {
		see := machine().Instance
		see.Latest = j.latest(sight)
		s := reinstall.Observation{Instance: see, ServerTime: clock(tick)}
		var e reinstall.Event
		if op.State != reinstall.Ready && j.armable(op, tick) {
			return ruling{verdict: goOn} // a worker may be that careless; the rules are not
		}
		switch op.State {
		case reinstall.Ready:
			if sight == nullRecord && j.nulls == nil { // the desk waits for it to fill up
				return ruling{verdict: nothing}
			}
			rd := j.reading(op, tick, audited)
			rd.Latest = j.latest(sight)
			next, refused := reinstall.Step(op, reinstall.Recheck{Result: rd}, clock(tick))
			if refused == nil && next.State == reinstall.Ready {
				return ruling{verdict: goOn}
			}
			e = reinstall.Recheck{Result: rd}
		case reinstall.Armed:
			s.ServerTime = s.ServerTime.Add(early)
			e = reinstall.Reconcile(op, s, reinstall.AuditEvidence{})
			if n := j.nulls; n != nil && n.proves && see.Latest.Null() &&
				!s.ServerTime.Before(op.Arming.At.Add(model.DeadAfter)) {
				e = reinstall.NothingSent{Why: "null before, and null now"}
			}
		case reinstall.Sent:
			e = reinstall.Follow(op, s, reinstall.AuditEvidence{})
		}
		return j.step(op, e, tick)
	})
	return r.next, r.verdict
}

func (j *judge) step(op reinstall.Operation, e reinstall.Event, tick uint8) ruling {
	if e == nil {
		return ruling{verdict: nothing}
	}
	next, refused := reinstall.Step(op, e, clock(tick))
	if refused != nil {
		return ruling{verdict: nothing}
	}
	return ruling{j.keep(next), changed}
}

func (j *judge) armable(op reinstall.Operation, tick uint8) bool {
	_, refused := reinstall.Step(op, arm(j.reading(op, tick, false), clock(tick)), clock(tick))
	return refused == nil
}

// arm is the operation as it would be armed at a tick.
func (j *judge) arm(op, tick uint8) uint8 {
	r := j.ask(question{op: op, kind: toArm, tick: tick}, func(op reinstall.Operation) ruling {
		return j.step(op, arm(j.reading(op, tick, false), clock(tick)), tick)
	})
	if r.verdict != changed {
		panic("the rules do not arm " + string(j.ops[op].State))
	}
	return r.next
}

// answer is the operation after the sender's word on call, if it is taken.
func (j *judge) answer(op, what, call, tick uint8) (next uint8, ok bool) {
	r := j.ask(question{op, toAnswer, what<<4 | call, tick, false, 0}, func(op reinstall.Operation) ruling {
		return j.step(op, map[uint8]reinstall.Event{
			accepted:   reinstall.Accepted{RequestID: requestID(call)},
			declined:   reinstall.Declined{Code: "InvalidImageId.NotFound", Why: "the image is gone"},
			neverSent:  reinstall.NothingSent{Why: "Twokey sent no request"},
			answerLost: reinstall.AnswerLost{Why: "time-out"},
		}[what], tick)
	})
	return r.next, r.verdict == changed
}
