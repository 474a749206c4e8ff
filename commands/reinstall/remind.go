package reinstall

import (
	"slices"
	"time"
)

// MostReminders is how often those who have not answered are called again.
const MostReminders = 3

// Asking is how the keys are asked for once the card is there. The zero value
// is: never again.
type Asking struct {
	RemindAfter   time.Duration `json:"remind_after,omitempty"` // then twice and four times as long; 0: never
	EscalateAfter time.Duration `json:"escalate_after,omitempty"`
	EscalateTo    People        `json:"escalate_to,omitzero"` // approvers from then on
	Quiet         Quiet         `json:"quiet,omitzero"`
	BreakGlass    bool          `json:"break_glass,omitempty"` // an approval less may be taken, once
	Tell          Tell          `json:"tell,omitempty"`        // at first; no part of the plan
}

// AskingRule are the values that a rule replaces.
type AskingRule struct {
	RemindAfter   *time.Duration
	EscalateAfter *time.Duration
	EscalateTo    *People
	Quiet         *Quiet
	BreakGlass    *bool
	Tell          *Tell
}

// Onto returns a with what is set in r.
func (r AskingRule) Onto(a Asking) Asking {
	set(&a.RemindAfter, r.RemindAfter)
	set(&a.EscalateAfter, r.EscalateAfter)
	set(&a.EscalateTo, r.EscalateTo)
	set(&a.Quiet, r.Quiet)
	set(&a.BreakGlass, r.BreakGlass)
	set(&a.Tell, r.Tell)
	return a
}

// escalates reports whether others are called in some time.
func (a Asking) escalates() bool { return a.EscalateAfter > 0 && !a.EscalateTo.Empty() }

// later is who may approve later, and from when on, as part of the plan; empty
// where nobody else may.
func (a Asking) later() string {
	if !a.escalates() {
		return ""
	}
	return list(a.EscalateTo.ids()) + ", after " + a.EscalateAfter.String()
}

// in is a with its quiet hours in the zone of a rule, where that has one.
func (a Asking) in(zone *string) Asking {
	if zone != nil && a.Quiet != (Quiet{}) {
		a.Quiet.Zone = *zone
	}
	return a
}

// Quiet are hours of each day in which nobody is called, by the wall clock of a
// zone; over midnight where To is before From. The zero value is none.
type Quiet struct {
	From int    `json:"from"` // minutes since midnight
	To   int    `json:"to"`
	Zone string `json:"zone,omitempty"` // IANA name; empty: UTC
}

// String is the hours as the policy file writes them, with their zone.
func (q Quiet) String() string {
	return fromTo(q.From, q.To) + ", " + Calendar{Zone: q.Zone}.zone() + " time"
}

// After is the first moment from t on at which people may be called. Where the
// zone is not known here they are called all the same: better woken than missed.
func (q Quiet) After(t time.Time) time.Time {
	zone, err := time.LoadLocation(q.Zone)
	if q.From == q.To || err != nil {
		return t
	}
	local := t.In(zone)
	minute := local.Hour()*60 + local.Minute()
	y, m, d := local.Date()
	switch {
	case q.From < q.To && (minute < q.From || minute >= q.To), q.From > q.To && minute < q.From && minute >= q.To:
		return t
	case q.From > q.To && minute >= q.From:
		d++
	}
	if end := time.Date(y, m, d, q.To/60, q.To%60, 0, 0, zone); end.After(t) {
		return end
	}
	return t // the clocks are being set
}

// asked is when the keys were asked for, last.
func (op Operation) asked() time.Time {
	if op.AskedAt.IsZero() {
		return op.ProposedAt
	}
	return op.AskedAt
}

// askAnew begins the calls anew, after keys were taken back.
func (op *Operation) askAnew(now time.Time) {
	op.AskedAt, op.Reminded, op.RemindedAt = now, 0, time.Time{}
}

// Owed says whether people still have to turn approvals, and the backup's key.
// While a backup image is being made, the cloud is waited for.
func (op Operation) Owed() (approvals, backup bool) {
	if op.State != Proposed {
		return false, false
	}
	k := op.Keys()
	making := op.Making != nil && (op.Making.Stage == ImageAsked || op.Making.Stage == ImageMaking)
	return len(k.By) < k.Needed, k.Required && !k.Backup && !making
}

// remindAt is when the next reminder is due; zero: never.
func (op Operation) remindAt() time.Time {
	a := op.Plan.Terms.Asking
	approvals, backup := op.Owed()
	if !approvals && !backup || a.RemindAfter <= 0 || op.Reminded >= MostReminders || !op.Leads() {
		return time.Time{}
	}
	last := op.asked()
	if op.RemindedAt.After(last) {
		last = op.RemindedAt
	}
	return op.beforeEnd(a.Quiet.After(last.Add(a.RemindAfter << op.Reminded)))
}

// escalateAt is when others are called in; zero: never.
func (op Operation) escalateAt() time.Time {
	a := op.Plan.Terms.Asking
	approvals, _ := op.Owed()
	if !approvals || !op.Escalated.IsZero() || !a.escalates() {
		return time.Time{}
	}
	return op.beforeEnd(a.Quiet.After(op.asked().Add(a.EscalateAfter)))
}

// beforeEnd is t, or zero where the proposal has expired by then.
func (op Operation) beforeEnd(t time.Time) time.Time {
	if !t.Before(op.Expires) {
		return time.Time{}
	}
	return t
}

// NextCall is when people are called next; zero: never.
func (op Operation) NextCall() time.Time {
	r, e := op.remindAt(), op.escalateAt()
	if r.IsZero() || !e.IsZero() && e.Before(r) {
		return e
	}
	return r
}

// CallDue is the call that people are due now, or nil. After an escalation
// nobody is reminded at once.
func (op Operation) CallDue(now time.Time) Event {
	switch {
	case due(op.escalateAt(), now):
		return Escalate{}
	case due(op.remindAt(), now):
		return Remind{}
	}
	return nil
}

func due(at, now time.Time) bool { return !at.IsZero() && !now.Before(at) }

// notDue refuses a call that comes too soon, or once more.
func notDue() *Refusal { return Refuse("Not called", "nobody is to be called now", "Wait") }

// Remind calls those who have not answered once more.
type Remind struct{}

func (e Remind) Name() string { return "remind" }

func (e Remind) step(op *Operation, now time.Time) *Refusal {
	if !due(op.remindAt(), now) {
		return notDue()
	}
	op.Reminded++
	op.RemindedAt = now
	return nil
}

// Escalate calls those whom the policy names for it. From then on they may
// approve too.
type Escalate struct{}

func (e Escalate) Name() string { return "escalate" }

func (e Escalate) step(op *Operation, now time.Time) *Refusal {
	if !due(op.escalateAt(), now) {
		return notDue()
	}
	op.Escalated, op.RemindedAt = now, now
	return nil
}

// Approvers are those who may approve as things stand: whom the terms name, and
// since an escalation whom they name for it.
func (op Operation) Approvers() People { return op.Plan.Terms.Approvers.With(op.CalledIn()) }

// CalledIn are those whom an escalation has called in; nobody, before. Of a
// quorum they fill any place that is still owed: nobody of its group came.
func (op Operation) CalledIn() People {
	if op.Escalated.IsZero() {
		return People{}
	}
	return op.Plan.Terms.Asking.EscalateTo
}

// Later are those who may approve after an escalation; nobody where there is
// none.
func (t Terms) Later() People {
	if !t.Asking.escalates() {
		return People{}
	}
	return t.Asking.EscalateTo
}

// MayEver are all who may approve under these terms, now or later.
func (t Terms) MayEver() People { return t.Approvers.With(t.Later()) }

// Owing are the approvers who have not answered yet. A group owes as long as
// any approval does: who of it has answered is not known here. Of a quorum,
// those of whom one would fill a place that is owed.
func (op Operation) Owing() People {
	k := op.Keys()
	p, by := op.Approvers(), k.By
	if len(k.Places) > 0 {
		p = k.owed()
	}
	return People{Groups: p.Groups, Users: slices.DeleteFunc(slices.Clone(p.Users), func(u string) bool {
		return u == op.Proposer || slices.Contains(by, u)
	})}
}
