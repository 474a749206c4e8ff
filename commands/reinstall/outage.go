package reinstall

import (
	"time"

	"twokey/commands/reinstall/model"
)

// The cloud may be out of reach while something is under way: its key was revoked, a
// permission was taken away, or its endpoint is gone. That is noted, and ends: after
// the limit, by our own clock, the outcome is unknown. It never leads to another call.
// It never leads to "not sent" either: without an answer nothing is proven.

// ImageTimeout is how long a backup image may take, as others allow it
// (cloud/doc.go 6.9).
const ImageTimeout = 60 * time.Minute

// OutageNoticeAfter is how long an outage lasts before the thread reports it. The card
// shows it at once; the thread leaves out a blip.
const OutageNoticeAfter = 10 * time.Second

// Outage is that the cloud does not answer what it is asked, since when, and why.
type Outage struct {
	Since time.Time `json:"since"`
	Why   string    `json:"why"` // without its full stop
	Next  string    `json:"next,omitempty"`
	// Absent says that it answers, but does not show what was asked for.
	Absent bool `json:"absent,omitempty"`
	// Reported says that the thread has it, and still has to report its end.
	Reported bool `json:"told,omitempty"`
}

// CloudUnreachable notes an outage. Since stays that of the first.
type CloudUnreachable struct {
	Why, Next string
	Absent    bool
	Muted     bool // another one of its proposal has reported it
}

func (e CloudUnreachable) Name() string { return "cloud not heard" }

func (e CloudUnreachable) applyTo(op *Operation, now time.Time) *model.Refusal {
	if r := checkAsksCloud(op); r != nil {
		return r
	}
	if outageNoted(*op, e, now) {
		return model.Refuse("Not noted", "it is noted already", "Wait")
	}
	told := op.Outage != nil && op.Outage.Reported || OutageNoticeDue(*op, now)
	since := now
	if s := op.Outage; s != nil && s.Absent == e.Absent {
		since = s.Since
	}
	op.Outage = &Outage{Since: since, Why: e.Why, Next: e.Next, Absent: e.Absent, Reported: told}
	return nil
}

// outageNoted reports whether just that is noted already, and reported if it is time.
func outageNoted(op Operation, e CloudUnreachable, now time.Time) bool {
	s := op.Outage
	return s != nil && s.Why == e.Why && s.Next == e.Next && s.Absent == e.Absent && !OutageNoticeDue(op, now)
}

// OutageNoticeDue reports whether an outage has lasted long enough for the thread,
// which does not have it yet.
func OutageNoticeDue(op Operation, now time.Time) bool {
	s := op.Outage
	return s != nil && !s.Reported && now.Sub(s.Since) >= OutageNoticeAfter
}

// AbsentFor is how long the cloud has answered without showing what was asked for.
func AbsentFor(op Operation, now time.Time) time.Duration {
	if op.Outage == nil || !op.Outage.Absent {
		return 0
	}
	return now.Sub(op.Outage.Since)
}

// CloudReachable says that the cloud answers again.
type CloudReachable struct {
	Muted bool // another one of its proposal, without an answer yet, will report it
}

func (e CloudReachable) Name() string { return "cloud heard again" }

func (e CloudReachable) applyTo(op *Operation, _ time.Time) *model.Refusal {
	if r := checkAsksCloud(op); r != nil {
		return r
	}
	if op.Outage == nil {
		return model.Refuse("Not noted", "nothing was missed", "Go on")
	}
	op.Outage = nil
	return nil
}

// checkAsksCloud refuses news of the cloud in a state in which the cloud is not asked.
func checkAsksCloud(op *Operation) *model.Refusal {
	if op.State == Proposed && op.Making != nil {
		return nil
	}
	return requireState(op, "Not noted", Armed, Sent)
}

// OutageEvent is what comes of an outage: a note, an end, or nil if it is noted and
// time is left. now is our own clock, the one that signed: the cloud's is not known.
func (op Operation) OutageEvent(e CloudUnreachable, now time.Time) Event {
	switch {
	case op.Arming != nil && !now.Before(op.Arming.At.Add(model.LostAfter)):
		return BecameUnknown{
			Why: model.HumanDuration(model.LostAfter) +
				" after the request its end is not seen, because the cloud did not answer: " + e.Why,
			LastKnown: LastKnown{Audit: "It was not asked: the cloud did not answer"},
		}
	case ImageOverdue(op, now):
		return ImageGone{Why: "it was not seen to be ready within " + model.HumanDuration(ImageTimeout) +
			", because the cloud did not answer: " + e.Why, Next: e.Next}
	case outageNoted(op, e, now):
		return nil
	}
	return e
}

// ImageOverdue reports whether a backup image has taken too long.
func ImageOverdue(op Operation, now time.Time) bool {
	m := op.Making
	return op.State == Proposed && m != nil && (m.Stage == ImageAsked || m.Stage == ImageMaking) &&
		!now.Before(m.At.Add(ImageTimeout))
}
