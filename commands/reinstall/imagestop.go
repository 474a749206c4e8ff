package reinstall

import (
	"slices"
	"time"

	"twokey/commands/reinstall/model"
)

// A backup image for which the machine is powered off takes its service away, as the
// wipe does, only sooner. So it takes two people. It waits until the approvals are
// there, or until an approver who did not make the proposal agrees. Like the call, it
// waits while everything is frozen and while the calls are closed. A break-glass is
// for the wipe: it replaces no agreement here.

// StopAsked reports whether a backup image is asked for that would stop the
// machine, and has not been started yet.
func (op Operation) StopAsked() bool {
	m := op.Making
	return op.State == Proposed && m != nil && m.Stage == ImageAsked && m.Stop
}

// StopPending reports whether such an image waits for people: the approvals are missing,
// and no other approver has agreed.
func (op Operation) StopPending() bool {
	return op.StopAsked() && op.Making.Agreed == "" && !allApproved(op)
}

// StopNotBegun reports whether an image that would stop the machine still waits. Until
// then it may be agreed to, or be taken while the machine runs.
func (op Operation) StopNotBegun() bool {
	return op.StopAsked() && (op.StopPending() || !op.Making.Looked || op.Making.Waits != "")
}

// allApproved reports whether as many have approved as the policy asks for. A
// break-glass does not count.
func allApproved(op Operation) bool {
	n := op.Plan.Terms.TotalApprovals()
	return n > 0 && len(op.Keys().By) >= n
}

// MayStop says why the machine is not powered off for its image now, or nil. frozen
// says why nothing may go out at all, without a full stop, or is empty. shut are the
// hours as they are now. who are those who agreed, as just read: who was not read does
// not count.
func (op Operation) MayStop(frozen string, shut model.Calendar, who map[string]Actor, now time.Time) *ImageWaits {
	if frozen != "" {
		return &ImageWaits{Why: frozen}
	}
	if p := shut.PauseAt(now); p != nil {
		return &ImageWaits{Why: p.Why, Until: p.Next}
	}
	if !stillAgreed(op, who, now) { // nor if nobody has agreed at all
		return &ImageWaits{Why: "whoever agreed to stop the machine may no longer approve. Another approver " +
			"has to agree again"}
	}
	return nil
}

// stillAgreed reports whether those who agreed to the stop still may, as just
// read.
func stillAgreed(op Operation, who map[string]Actor, now time.Time) bool {
	if by := op.Making.Agreed; by != "" && who[by].ID == by && checkOtherApprover(op, who[by], "", "") == nil {
		return true
	}
	return allApproved(op) && len(op.RevokedApprovals(RecheckResult{Actors: who}, now)) == 0
}

// AgreedBy are those on whose word the machine is stopped for its image.
func (op Operation) AgreedBy() []string {
	var by []string
	if allApproved(op) {
		by = op.Keys().By
	}
	if m := op.Making; m != nil && m.Agreed != "" && !slices.Contains(by, m.Agreed) {
		by = append(slices.Clone(by), m.Agreed)
	}
	return by
}

// askStop is AskImage while an image that would stop the machine waits. Another
// approver agrees to it, or it is to be taken while the machine runs.
func (e AskImage) askStop(op *Operation, what string, now time.Time) *model.Refusal {
	m := op.Making
	if !e.Stop { // the name stays: an image of it is found, should there be one
		op.Making = &BackupImage{Stage: ImageAsked, Name: m.Name, By: e.By.ID, At: now}
		return nil
	}
	if m.Agreed == e.By.ID {
		return model.Refuse(what, "you have agreed to it already", "Look at the card for what it waits for")
	}
	if r := checkOtherApprover(*op, e.By, what, "agrees that the machine is stopped"); r != nil {
		return r
	}
	m.Agreed, m.Waits, m.Until = e.By.ID, "", time.Time{}
	return nil
}

// ImageWaits says why the machine is not stopped for its backup image yet, without a
// full stop. Until is when that ends, if it is known.
type ImageWaits struct {
	Why   string
	Until time.Time
}

func (e ImageWaits) Name() string { return "image waits" }

func (e ImageWaits) applyTo(op *Operation, _ time.Time) *model.Refusal {
	if !op.StopAsked() {
		return model.Refuse("Not noted", "no image that stops the machine was asked for", "Look at the card")
	}
	if op.ImageWaitNoted(e) {
		return model.Refuse("Not noted", "it is noted already", "Wait")
	}
	op.Making.Waits, op.Making.Until = e.Why, e.Until
	return nil
}

// ImageWaitNoted reports whether just that is noted already.
func (op Operation) ImageWaitNoted(e ImageWaits) bool {
	m := op.Making
	return m != nil && m.Waits == e.Why && m.Until.Equal(e.Until)
}

// ImageGoesOn says that what the backup image waited for has gone.
type ImageGoesOn struct{}

func (e ImageGoesOn) Name() string { return "image goes on" }

func (e ImageGoesOn) applyTo(op *Operation, now time.Time) *model.Refusal {
	if !op.StopAsked() || op.Making.Waits == "" {
		return model.Refuse("Not noted", "no image waits", "Look at the card")
	}
	op.Making.Waits, op.Making.Until, op.Making.At = "", time.Time{}, now
	return nil
}
