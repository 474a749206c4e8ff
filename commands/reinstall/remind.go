package reinstall

import (
	"slices"
	"time"

	"twokey/commands/reinstall/model"
)

// keysAskedAt is when the keys were asked for, last.
func keysAskedAt(op Operation) time.Time {
	if op.AskedAt.IsZero() {
		return op.ProposedAt
	}
	return op.AskedAt
}

// restartReminders begins the reminders again, after keys were taken back.
func restartReminders(op *Operation, now time.Time) {
	op.AskedAt, op.Reminded, op.RemindedAt = now, 0, time.Time{}
}

// KeysPending reports whether people still have to turn approvals, and the backup's key.
// While a backup image is being made, the cloud is waited for.
func (op Operation) KeysPending() (approvals, backup bool) {
	if op.State != Proposed {
		return false, false
	}
	k := op.Keys()
	making := op.Making != nil && (op.Making.Stage == ImageAsked || op.Making.Stage == ImageMaking)
	return len(k.By) < k.Needed, k.Required && !k.Backup && !making
}

// remindAt is when the next reminder is due; zero: never.
func remindAt(op Operation) time.Time {
	a := op.Plan.Terms.Asking
	approvals, backup := op.KeysPending()
	if !approvals && !backup || a.RemindAfter <= 0 || op.Reminded >= model.MostReminders || !op.Leads() {
		return time.Time{}
	}
	last := keysAskedAt(op)
	if op.RemindedAt.After(last) {
		last = op.RemindedAt
	}
	return beforeEnd(op, a.QuietHours.NextAllowed(last.Add(a.RemindAfter<<op.Reminded)))
}

// escalateAt is when others are called in; zero: never.
func escalateAt(op Operation) time.Time {
	a := op.Plan.Terms.Asking
	approvals, _ := op.KeysPending()
	if !approvals || !op.Escalated.IsZero() || !a.HasEscalation() {
		return time.Time{}
	}
	return beforeEnd(op, a.QuietHours.NextAllowed(keysAskedAt(op).Add(a.EscalateAfter)))
}

// beforeEnd is t, or zero if the proposal has expired by that time.
func beforeEnd(op Operation, t time.Time) time.Time {
	if !t.Before(op.Expires) {
		return time.Time{}
	}
	return t
}

// NextReminder is when people are called next; zero: never.
func (op Operation) NextReminder() time.Time {
	r, e := remindAt(op), escalateAt(op)
	if r.IsZero() || !e.IsZero() && e.Before(r) {
		return e
	}
	return r
}

// DueReminder is the reminder or escalation that is due now, or nil. After an
// escalation nobody is reminded at once.
func (op Operation) DueReminder(now time.Time) Event {
	switch {
	case model.IsDue(escalateAt(op), now):
		return Escalate{}
	case model.IsDue(remindAt(op), now):
		return Remind{}
	}
	return nil
}

// Remind reminds those who have not answered.
type Remind struct{}

func (e Remind) Name() string { return "remind" }

func (e Remind) applyTo(op *Operation, now time.Time) *model.Refusal {
	if !model.IsDue(remindAt(*op), now) {
		return model.RefuseReminder()
	}
	op.Reminded++
	op.RemindedAt = now
	return nil
}

// Escalate notifies those whom the policy names for it. From then on they may
// approve too.
type Escalate struct{}

func (e Escalate) Name() string { return "escalate" }

func (e Escalate) applyTo(op *Operation, now time.Time) *model.Refusal {
	if !model.IsDue(escalateAt(*op), now) {
		return model.RefuseReminder()
	}
	op.Escalated, op.RemindedAt = now, now
	return nil
}

// Approvers are those who may approve now: whom the terms name and, since an
// escalation, whom they name for it.
func (op Operation) Approvers() model.People { return op.Plan.Terms.Approvers.With(op.EscalatedTo()) }

// EscalatedTo are those whom an escalation has called in; before it, nobody. In a
// quorum they fill any place that is still needed, because nobody of its group came.
func (op Operation) EscalatedTo() model.People {
	if op.Escalated.IsZero() {
		return model.People{}
	}
	return op.Plan.Terms.Asking.EscalateTo
}

// PendingApprovers are the approvers who have not answered yet. A group counts as long as
// any approval does: who of it has answered is not known here. In a quorum, they are
// those of whom one would fill a place that is needed.
func (op Operation) PendingApprovers() model.People {
	k := op.Keys()
	p, by := op.Approvers(), k.By
	if len(k.Slots) > 0 {
		p = k.missingPeople()
	}
	return model.People{Groups: p.Groups, Users: slices.DeleteFunc(slices.Clone(p.Users), func(u string) bool {
		return u == op.Proposer || slices.Contains(by, u)
	})}
}
