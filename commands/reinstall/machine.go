package reinstall

import (
	"slices"
	"strings"
	"time"

	"twokey/commands/reinstall/model"
)

// A RecheckResult is what a re-check read: the plan as it would be made now.
type RecheckResult struct {
	Plan     model.Plan
	Findings []model.Finding
	Latest   model.Latest
	Evidence []model.Evidence
	Around   []model.Nearby
	// Last is the machine as it was looked at after everything else.
	Last LastLook
	// Audit is what CloudAudit says of the time since the proposal. It is read if the
	// machine's record was null when it was last accepted.
	Audit AuditEvidence
	// OutsideReset is CloudAudit's event of the latest operation, if that is a reset
	// from outside and CloudAudit shows it.
	OutsideReset *model.CloudEvent
	// Actors are everybody who has approved, by id, as just read.
	Actors map[string]Actor
}

// An Event is something that happened to an operation. Step says what comes of
// it.
type Event interface {
	// Name is the event's name in the log.
	Name() string
	// applyTo changes op, or refuses. now is when the event happened.
	applyTo(op *Operation, now time.Time) *model.Refusal
}

// Step applies an event to an operation and returns the changed copy. A
// refusal leaves the operation as it was. Step is pure.
func Step(op Operation, e Event, now time.Time) (Operation, *model.Refusal) {
	next := deepCopy(op)
	if r := e.applyTo(&next, now); r != nil {
		return op, r
	}
	return next, nil
}

// deepCopy copies what events change, so that a copy never shares memory.
func deepCopy(op Operation) Operation {
	op.Approvals = slices.Clone(op.Approvals)
	op.Revoked = slices.Clone(op.Revoked)
	op.ReportedResets = slices.Clone(op.ReportedResets)
	op.Warnings = slices.Clone(op.Warnings)
	op.Evidence = slices.Clone(op.Evidence)
	op.Around = slices.Clone(op.Around)
	op.Backup, op.Making, op.BreakGlass = copyOf(op.Backup), copyOf(op.Making), copyOf(op.BreakGlass)
	op.Arming, op.End, op.OtherReset = copyOf(op.Arming), copyOf(op.End), copyOf(op.OtherReset)
	op.Proof, op.Batch, op.Recalled = copyOf(op.Proof), copyOf(op.Batch), copyOf(op.Recalled)
	op.Absence, op.Outage = copyOf(op.Absence), copyOf(op.Outage)
	return op
}

func copyOf[T any](p *T) *T {
	if p == nil {
		return nil
	}
	return new(*p)
}

// Propose makes a new operation of a preflight that nothing blocks.
func Propose(id, channel, proposer string, w model.Request, p model.Plan, f model.Facts, warnings []model.Finding,
	now time.Time,
) (Operation, *model.Refusal) {
	if b := model.Blocking(warnings); len(b) > 0 {
		return Operation{}, model.Refuse(model.RefusalTitle(model.VerbPropose), b[0].Why, b[0].Next)
	}
	op := Operation{
		ID: id, State: Proposed, Channel: channel, Proposer: proposer, Request: w, Plan: p,
		Fingerprint: p.Fingerprint(),
		Warnings:    warnings, Evidence: f.Evidence, Around: f.Around, ProposedAt: now,
		Expires:  now.Add(p.Terms.ExpiresAfter),
		Baseline: f.Instance.Latest,
	}
	if w.Backup == model.EvidenceImage {
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

// requireState refuses an event outside the states it belongs to.
func requireState(op *Operation, what string, states ...State) *model.Refusal {
	if slices.Contains(states, op.State) {
		return nil
	}
	return model.Refuse(what, op.ID+" "+op.State.Words(), op.State.nextAdvice())
}

// checkTakesKeys refuses a key while none is collected: in another state, or after the
// time is over and nobody has noted it yet.
func checkTakesKeys(op *Operation, what string, now time.Time) *model.Refusal {
	if r := requireState(op, what, Proposed); r != nil {
		return r
	}
	if !now.Before(op.Expires) {
		return model.Refuse(what, op.ID+" has expired", Expired.nextAdvice())
	}
	return nil
}

// Words says what state an operation is in, to follow its id: "7K3Q was cancelled".
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
		return "ended without a ResetInstance request"
	case Unknown:
		return "has an unknown outcome"
	case Resolved:
		return "was resolved by a person"
	case Tampered:
		return "is stopped: its record was changed outside Twokey"
	}
	return "was " + string(s) // rejected, cancelled, expired
}

// nextAdvice is what somebody can do who came too early or too late.
func (s State) nextAdvice() string {
	switch s {
	case Proposed, Approved, Ready, Held:
		return "Look at the card for what it waits for"
	case Armed, Sent:
		return "It can no longer be stopped from here: follow it in the thread"
	case Unknown, Tampered:
		return "An approver settles it with " + model.Typed(model.VerbResolve)
	}
	return "Make a new proposal with " + model.Typed(model.VerbPropose) + " if it is still wanted"
}

// approveIfComplete moves to Approved when the last key has turned. From then on the
// keys last only as long as they could have been collected. A freeze over a weekend
// must not end in a wipe on Monday.
func approveIfComplete(op *Operation, now time.Time) {
	if op.State == Proposed && op.Keys().Complete() {
		op.State, op.TurnedAt, op.Recalled, op.Outage = Approved, now, nil, nil
		op.Expires = now.Add(op.Plan.Terms.ExpiresAfter + op.Plan.Terms.Countdown)
	}
}

// takeKeysBack takes the keys back and asks again, on the plan as it is now. why is
// what the card shows of it.
func takeKeysBack(op *Operation, p model.Plan, why Recalled, now time.Time) {
	why.At = now
	op.Recalled = &why
	op.Plan, op.Fingerprint = p, p.Fingerprint()
	op.Approvals, op.Backup = nil, nil
	if op.Making != nil {
		op.Making.Agreed = ""
	}
	if op.BreakGlass != nil {
		// it was given for keys that count no longer; it is sealed again
		op.BreakGlass.Fingerprint, op.BreakGlass.Seal = "", ""
	}
	clearCountdown(op)
	op.State, op.Waits, op.Absence = Proposed, "", nil
	op.Expires = now.Add(p.Terms.ExpiresAfter)
	restartReminders(op, now)
	op.Escalated = time.Time{}
	startNewRound(op)
}

func finishAs(op *Operation, s State, now time.Time, by, why string) {
	op.State, op.Outage = s, nil
	op.End = &End{At: now, By: by, Why: why}
}
