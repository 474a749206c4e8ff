package model

import (
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
	QuietHours    QuietHours    `json:"quiet,omitzero"`
	BreakGlass    bool          `json:"break_glass,omitempty"` // an approval less may be taken, once
	Notify        NotifyVia     `json:"tell,omitempty"`        // at first; no part of the plan
}

// AskingRule are the values that a rule replaces.
type AskingRule struct {
	RemindAfter   *time.Duration
	EscalateAfter *time.Duration
	EscalateTo    *People
	QuietHours    *QuietHours
	BreakGlass    *bool
	Notify        *NotifyVia
}

// MergeInto returns a with what is set in r.
func (r AskingRule) MergeInto(a Asking) Asking {
	setIfGiven(&a.RemindAfter, r.RemindAfter)
	setIfGiven(&a.EscalateAfter, r.EscalateAfter)
	setIfGiven(&a.EscalateTo, r.EscalateTo)
	setIfGiven(&a.QuietHours, r.QuietHours)
	setIfGiven(&a.BreakGlass, r.BreakGlass)
	setIfGiven(&a.Notify, r.Notify)
	return a
}

// HasEscalation reports whether others are called in some time.
func (a Asking) HasEscalation() bool { return a.EscalateAfter > 0 && !a.EscalateTo.Empty() }

// laterApprovers is who may approve later, and from when on, as part of the plan; empty
// where nobody else may.
func (a Asking) laterApprovers() string {
	if !a.HasEscalation() {
		return ""
	}
	return sortedList(a.EscalateTo.allIDs()) + ", after " + a.EscalateAfter.String()
}

// inZone is a with its quiet hours in the zone of a rule, where that has one.
func (a Asking) inZone(zone *string) Asking {
	if zone != nil && a.QuietHours != (QuietHours{}) {
		a.QuietHours.Zone = *zone
	}
	return a
}

// QuietHours are hours of each day in which nobody is called, by the wall clock of a
// zone; over midnight where To is before From. The zero value is none.
type QuietHours struct {
	From int    `json:"from"` // minutes since midnight
	To   int    `json:"to"`
	Zone string `json:"zone,omitempty"` // IANA name; empty: UTC
}

// String is the hours as the policy file writes them, with their zone.
func (q QuietHours) String() string {
	return formatHours(q.From, q.To) + ", " + Calendar{Zone: q.Zone}.zoneName() + " time"
}

// NextAllowed is the first moment from t on at which people may be called. Where the
// zone is not known here they are called all the same: better woken than missed.
func (q QuietHours) NextAllowed(t time.Time) time.Time {
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

func IsDue(at, now time.Time) bool { return !at.IsZero() && !now.Before(at) }

// RefuseReminder refuses a call that comes too soon, or once more.
func RefuseReminder() *Refusal { return Refuse("Not called", "no reminder is due", "Wait") }
