package reinstall

import (
	"slices"
	"strings"
	"time"
)

// Times of the protocol (facts/engine.md).
const (
	// MaxSkew is the greatest clock difference to the cloud at which arming is
	// allowed.
	MaxSkew = 30 * time.Second
	// DeadAfter is when a request signed at T0 can no longer be accepted: the
	// signature's 300 s, plus skew, plus the margin for stale reads.
	DeadAfter = 400 * time.Second
	// SlowAfter and LostAfter are when a running reset is called slow, and when
	// its outcome is called unknown: the product's FAQ says 10 to 30 minutes, and
	// a ticket after that (cloud/doc.go 1.8).
	SlowAfter = 30 * time.Minute
	LostAfter = 60 * time.Minute
)

// A Reading is what a re-check read: the plan as it would be made now.
type Reading struct {
	Plan     Plan
	Findings []Finding
	Latest   Latest
	Evidence []Evidence
	Around   []Nearby
	// Last is the machine as it was looked at after everything else.
	Last LastLook
	// Audit is what CloudAudit says of the time since the proposal, where the
	// machine's record was null when it was last accepted.
	Audit Testimony
	// By is CloudAudit's event of the latest operation, where it is a reset from
	// outside and CloudAudit shows it.
	By *CloudEvent
	// Who is the standing of everybody who has approved, by id, as just read.
	Who map[string]Standing
}

// An Event is something that happened to an operation. Step says what comes of
// it.
type Event interface {
	// Name is the event's name in the log.
	Name() string
	// step changes op, or refuses. now is when the event happened.
	step(op *Operation, now time.Time) *Refusal
}

// Step applies an event to an operation and returns the changed copy. A
// refusal leaves the operation as it was. Step is pure.
func Step(op Operation, e Event, now time.Time) (Operation, *Refusal) {
	next := op.clone()
	if r := e.step(&next, now); r != nil {
		return op, r
	}
	return next, nil
}

// clone copies what events change, so that a copy never shares memory.
func (op Operation) clone() Operation {
	op.Approvals = slices.Clone(op.Approvals)
	op.Lapses = slices.Clone(op.Lapses)
	op.Told = slices.Clone(op.Told)
	op.Warnings = slices.Clone(op.Warnings)
	op.Evidence = slices.Clone(op.Evidence)
	op.Around = slices.Clone(op.Around)
	op.Backup, op.Making, op.Glass = copyOf(op.Backup), copyOf(op.Making), copyOf(op.Glass)
	op.Arming, op.End, op.Other = copyOf(op.Arming), copyOf(op.End), copyOf(op.Other)
	op.Proof, op.Batch, op.Recalled = copyOf(op.Proof), copyOf(op.Batch), copyOf(op.Recalled)
	op.Unseen, op.Silence = copyOf(op.Unseen), copyOf(op.Silence)
	return op
}

func copyOf[T any](p *T) *T {
	if p == nil {
		return nil
	}
	return new(*p)
}

// Propose makes a new operation of a preflight that nothing blocks.
func Propose(id, channel, proposer string, w Wish, p Plan, f Facts, warnings []Finding, now time.Time) (Operation, *Refusal) {
	if b := Blocking(warnings); len(b) > 0 {
		return Operation{}, Refuse("Not proposed", b[0].Why, b[0].Next)
	}
	op := Operation{
		ID: id, State: Proposed, Channel: channel, Proposer: proposer, Wish: w, Plan: p, Print: p.Fingerprint(),
		Warnings: warnings, Evidence: f.Evidence, Around: f.Around, ProposedAt: now, Expires: now.Add(p.Terms.ExpiresAfter),
		Baseline: f.Instance.Latest,
	}
	if w.Backup == EvidenceImage {
		op.Making = &BackupImage{Stage: ImageAsked, Name: imageName(id, now), By: proposer, At: now}
	}
	return op, nil
}

// imageName is the backup image's name: the operation's id makes it unique,
// and so findable after a lost answer (cloud/doc.go 6.2). The date
// keeps a later operation of the same id apart.
func imageName(id string, at time.Time) string {
	return "twokey-" + strings.ToLower(id) + "-" + at.UTC().Format("20060102-150405")
}

// in refuses an event outside the states it belongs to.
func (op *Operation) in(what string, states ...State) *Refusal {
	if slices.Contains(states, op.State) {
		return nil
	}
	return Refuse(what, op.ID+" "+op.State.Words(), op.State.next())
}

// takesKeys refuses a key where none is collected: in another state, or when
// the time is over and nobody has noted it yet.
func (op *Operation) takesKeys(what string, now time.Time) *Refusal {
	if r := op.in(what, Proposed); r != nil {
		return r
	}
	if !now.Before(op.Expires) {
		return Refuse(what, op.ID+" has expired", Expired.next())
	}
	return nil
}

// Words says where an operation stands, to follow its id: "7K3Q was cancelled".
func (s State) Words() string {
	switch s {
	case Proposed:
		return "still waits for its keys"
	case Approved:
		return "has both keys and is being checked again"
	case Ready:
		return "is counting down"
	case Held:
		return "is on hold"
	case Armed, Sent:
		return "has already started"
	case Done:
		return "is done"
	case Failed:
		return "has failed"
	case Refused:
		return "was refused by the cloud"
	case Superseded:
		return "was superseded by another operation"
	case NotSent:
		return "ended without a call to the cloud"
	case Unknown:
		return "has an unknown outcome"
	case Resolved:
		return "was resolved by a person"
	case Tampered:
		return "is stopped: its record was changed outside Twokey"
	}
	return "was " + string(s) // rejected, cancelled, expired
}

// next is what somebody can do who came too early or too late.
func (s State) next() string {
	switch s {
	case Proposed, Approved, Ready, Held:
		return "Look at the card for what it waits for"
	case Armed, Sent:
		return "It can no longer be stopped from here: follow it in the thread"
	case Unknown, Tampered:
		return "An approver settles it with /reinstall resolve"
	}
	return "Make a new proposal with /reinstall if it is still wanted"
}

// settle moves to Approved when the last key has turned. From then on the keys
// are good for as long as they were collected at most: a freeze over a weekend
// must not end in a wipe on Monday.
func (op *Operation) settle(now time.Time) {
	if op.State == Proposed && op.Keys().Complete() {
		op.State, op.TurnedAt, op.Recalled, op.Silence = Approved, now, nil, nil
		op.Expires = now.Add(op.Plan.Terms.ExpiresAfter + op.Plan.Terms.Countdown)
	}
}

// void takes the keys back and asks again, on the plan as it is now. why is what
// the card says of it.
func (op *Operation) void(p Plan, why Recalled, now time.Time) {
	why.At = now
	op.Recalled = &why
	op.Plan, op.Print = p, p.Fingerprint()
	op.Approvals, op.Backup = nil, nil
	if op.Making != nil {
		op.Making.Agreed = ""
	}
	if op.Glass != nil {
		op.Glass.Print, op.Glass.Seal = "", "" // it was given for keys that count no longer; it is sealed again
	}
	op.uncount()
	op.State, op.Waits, op.Unseen = Proposed, "", nil
	op.Expires = now.Add(p.Terms.ExpiresAfter)
	op.askAnew(now)
	op.Escalated = time.Time{}
	op.anew()
}

func (op *Operation) end(s State, now time.Time, by, why string) {
	op.State, op.Silence = s, nil
	op.End = &End{At: now, By: by, Why: why}
}
