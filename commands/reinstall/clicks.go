package reinstall

import (
	"slices"
	"strings"
	"time"

	"twokey/commands/reinstall/model"
)

// Approve is an approver's key, bound to the plan that they saw.
type Approve struct {
	By          Actor
	Fingerprint string
	Team        string // the workspace they clicked in
	AtHome      bool   // pressed on the Home tab, not on the card
}

func (e Approve) Name() string { return "approve" }

func (e Approve) applyTo(op *Operation, now time.Time) *model.Refusal {
	what := model.RefusalTitle(model.VerbApprove)
	if r := checkTakesKeys(op, what, now); r != nil {
		return r
	}
	if e.By.ID == op.Proposer && e.By.ID != "" {
		return model.Refuse(what, "you made this proposal, and the proposer never counts",
			"Ask one of the people named on the card")
	}
	if r := e.By.CheckApprover(what); r != nil {
		return r
	}
	if e.Fingerprint != op.Fingerprint {
		return model.Refuse(what, "the plan changed after you read it", "Read the card again, then approve")
	}
	if slices.Contains(op.Keys().By, e.By.ID) {
		return model.Refuse(what, "your approval is already counted",
			"Nothing more is needed from you; the card shows what is still needed")
	}
	if r := checkOtherAccount(*op, e.By.Person); r != nil {
		return r
	}
	if r := checkSlotFree(*op, what, e.By); r != nil {
		return r
	}
	op.Approvals = append(op.Approvals, Approval{
		By: e.By.ID, At: now, Fingerprint: e.Fingerprint, Seats: e.By.Seats,
		Mail: e.By.Mailbox(), Team: e.Team,
	})
	approveIfComplete(op, now)
	return nil
}

// Reject ends the proposal by an approver's no.
type Reject struct {
	By  Actor
	Why string
}

func (e Reject) Name() string { return "reject" }

func (e Reject) applyTo(op *Operation, now time.Time) *model.Refusal {
	what := model.RefusalTitle(model.VerbReject)
	if r := requireState(op, what, Proposed, Approved, Ready, Held); r != nil {
		return r
	}
	if e.By.ID == op.Proposer && e.By.ID != "" {
		return model.Refuse(what, "it is your own proposal", "Press Cancel")
	}
	if r := e.By.CheckApprover(what); r != nil {
		return r
	}
	if model.CleanText(e.Why) == "" {
		return model.RefuseNoReason(model.VerbReject, op.ID)
	}
	finishAs(op, Rejected, now, e.By.ID, model.CleanText(e.Why))
	return nil
}

// ConfirmBackup is the backup key: evidence just read from the cloud, and the
// name that a person typed.
type ConfirmBackup struct {
	By          Actor
	Typed       string
	Evidence    model.Evidence
	Fingerprint string
	Team        string
}

func (e ConfirmBackup) Name() string { return "confirm backup" }

func (e ConfirmBackup) applyTo(op *Operation, now time.Time) *model.Refusal {
	what := model.RefusalTitle(model.VerbBackup)
	if r := checkTakesKeys(op, what, now); r != nil {
		return r
	}
	if r := checkInvolved(*op, e.By, what, "confirms the backup"); r != nil {
		return r
	}
	if e.Fingerprint != op.Fingerprint {
		return model.Refuse(what, "the plan changed after you read it", "Read the card again, then confirm")
	}
	if r := checkTyped(*op, e.Typed); r != nil {
		return r
	}
	if op.Keys().Backup {
		return model.Refuse(what, "the backup is already confirmed", "Look at the card for what is still needed")
	}
	if r := e.Evidence.Usable(op.Plan, now); r != nil {
		return r
	}
	op.Backup = &BackupKey{
		By: e.By.ID, At: now, Typed: strings.TrimSpace(e.Typed), Evidence: e.Evidence,
		Fingerprint: e.Fingerprint, Team: e.Team,
	}
	approveIfComplete(op, now)
	return nil
}

// TypedName is the name that the confirmer has to type: the instance's, or its id if
// it has no name.
func (op Operation) TypedName() string {
	return op.Plan.DisplayName()
}

// checkTyped compares what was typed with the instance's name, letter by letter. White
// space around it does not count.
func checkTyped(op Operation, typed string) *model.Refusal {
	if strings.TrimSpace(typed) == op.TypedName() {
		return nil
	}
	its, next := "its name is ", "Check that it is the machine you mean, then type its name exactly"
	if op.Plan.Nameless() {
		its, next = "it has no name, and its id is ", "Check that it is the machine you mean, then type its id exactly"
	}
	return model.Refuse(model.RefusalTitle(model.VerbBackup), model.Quote(strings.TrimSpace(typed))+
		" is not this machine: "+its+model.Quote(op.TypedName()), next)
}

// Cancel ends the proposal by its proposer or an approver.
type Cancel struct {
	By  Actor
	Why string
}

func (e Cancel) Name() string { return "cancel" }

func (e Cancel) applyTo(op *Operation, now time.Time) *model.Refusal {
	what := model.RefusalTitle(model.VerbCancel)
	if r := requireState(op, what, Proposed, Approved, Ready, Held); r != nil {
		return r
	}
	if r := checkInvolved(*op, e.By, what, "cancels it"); r != nil {
		return r
	}
	finishAs(op, Cancelled, now, e.By.ID, e.Why)
	return nil
}

// Hold stops the countdown. Stopping is the safe direction, so any full member may,
// unless the terms leave it to approvers and the proposer.
type Hold struct {
	By  Actor
	Why string
	// Unchecked: Slack could not say who it is. Stopping is the safe direction, so the
	// hold counts anyway.
	Unchecked bool
}

func (e Hold) Name() string { return "hold" }

func (e Hold) applyTo(op *Operation, now time.Time) *model.Refusal {
	what := model.RefusalTitle(model.VerbHold)
	if op.State == Held && !overOwnHold(*op, e.By) {
		return model.Refuse(what, op.ID+" is already on hold", "Press Resume to go on, or Cancel")
	}
	if r := requireState(op, what, Approved, Ready, Held); r != nil {
		return r
	}
	if r := e.By.CheckMember(what); r != nil {
		return r
	}
	if !e.Unchecked && !op.MayHold(e.By) {
		return model.Refuse(what, "by the policy, only "+op.Plan.Terms.Hold.Words()+" may hold it",
			"Ask one of the people named on the card, quickly")
	}
	op.HeldBy, op.HeldWhy = e.By.ID, e.Why
	if op.State == Held { // its time is not prolonged
		return nil
	}
	clearCountdown(op)
	op.State, op.Waits = Held, ""
	clearChecked(op) // read again once it goes on
	op.Expires = now.Add(op.Plan.Terms.ExpiresAfter)
	return nil
}

// MayHold reports whether the terms let somebody stop the countdown.
func (op Operation) MayHold(by Actor) bool {
	return op.Plan.Terms.Hold != model.HoldApprovers || by.Approver || by.ID == op.Proposer
}

// overOwnHold reports whether somebody's hold counts although the proposal is on hold.
// The first hold is the proposer's own, who may end that without anybody else.
func overOwnHold(op Operation, by Actor) bool {
	return op.HeldBy == op.Proposer && by.ID != op.Proposer
}

// Resume goes on after a hold, with a new re-check and a new countdown. The proposer
// cannot resume over somebody else's hold, with any account. That takes whoever held
// it, or another approver.
type Resume struct{ By Actor }

func (e Resume) Name() string { return "resume" }

func (e Resume) applyTo(op *Operation, now time.Time) *model.Refusal {
	what := model.RefusalTitle(model.VerbResume)
	if r := requireState(op, what, Held); r != nil {
		return r
	}
	if r := e.By.CheckApprover(what); r != nil {
		return r
	}
	if e.By.ID != op.HeldBy || isOtherAccount(*op, e.By) {
		if r := checkOtherApprover(*op, e.By, what, "resumes it over somebody else's hold"); r != nil {
			return r
		}
	}
	op.State, op.HeldBy, op.HeldWhy = Approved, "", ""
	op.Expires = now.Add(op.Plan.Terms.ExpiresAfter + op.Plan.Terms.Countdown)
	return nil
}

// Resolve is an approver's word on an unknown outcome.
type Resolve struct {
	By  Actor
	As  State // Done or Failed
	Why string
}

func (e Resolve) Name() string { return "resolve" }

func (e Resolve) applyTo(op *Operation, now time.Time) *model.Refusal {
	what := model.RefusalTitle(model.VerbResolve)
	if op.State != Unknown && op.State != Tampered {
		return model.Refuse(what, op.ID+" "+op.State.Words()+", its outcome is not unknown", "Look at the card")
	}
	if r := e.By.CheckApprover(what); r != nil {
		return r
	}
	if e.As != Done && e.As != Failed {
		return model.Refuse(what, "an outcome is done or failed",
			"Use "+model.Typed(model.VerbResolve, op.ID, "done|failed TEXT"))
	}
	if model.CleanText(e.Why) == "" {
		return model.Refuse(what, "say how you know the outcome",
			"Use "+model.Typed(model.VerbResolve, op.ID, string(e.As), "TEXT"))
	}
	var doubt *LastKnown
	if op.End != nil {
		doubt = op.End.LastKnown
	}
	finishAs(op, Resolved, now, e.By.ID, model.CleanText(e.Why))
	op.End.As, op.End.LastKnown = e.As, doubt
	return nil
}

// ShowPassword hands the sealed password over once, to the proposer only. The record
// forgets it.
type ShowPassword struct{ By Actor }

func (e ShowPassword) Name() string { return "password shown" }

func (e ShowPassword) applyTo(op *Operation, _ time.Time) *model.Refusal {
	what := model.RefusalTitle(model.VerbPassword)
	if r := e.By.CheckMember(what); r != nil {
		return r
	}
	switch {
	case e.By.ID != op.Proposer:
		return model.Refuse(what, "it is for the proposer alone", "Ask them, or reset the password in the console")
	case op.State != Done && op.State != Resolved:
		return model.Refuse(what, op.ID+" "+op.State.Words(), "Wait until it is done")
	case op.Password == "":
		return model.Refuse(what, "it was shown before, or there is none", "Reset the password in the console")
	}
	op.Password = ""
	return nil
}
