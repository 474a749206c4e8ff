package policy

import (
	"strings"
	"time"

	"twokey/commands/reinstall"
)

const (
	defaultRemind   = 15 * time.Minute
	defaultEscalate = time.Hour
)

// asking reads it; zone is the head's, for a rule.
func (r *reader) asking(path string, y termsYAML, zone string) reinstall.AskingRule {
	a := y.Asking
	out := reinstall.AskingRule{
		RemindAfter:   r.orOff(path+".remind_after", a.RemindAfter),
		EscalateAfter: r.orOff(path+".escalate_after", a.EscalateAfter),
		BreakGlass:    a.BreakGlass,
		Tell:          r.tell(path+".tell", a.Tell),
	}
	if a.EscalateTo != nil {
		p := people(a.EscalateTo)
		out.EscalateTo = &p
		if p.Empty() {
			r.wrong(path+".escalate_to", "nobody is named; leave it out, or name groups or users")
			p.Users = []string{"?"} // told once; that escalate_after calls nobody only follows from it
		}
	}
	zone = or(y.Timezone, zone)
	if a.QuietHours != nil {
		q, ok := quiet(*a.QuietHours)
		if !ok {
			r.wrong(path+".quiet_hours", "%q are no hours of a day; write them like \"22:00-07:00\", or off", *a.QuietHours)
		}
		if q.From != q.To {
			q.Zone = zone
		}
		out.Quiet = &q
	}
	return out
}

// head completes the head's values with what an operator gets who leaves them
// out.
func (r *reader) head(a reinstall.AskingRule) reinstall.Asking {
	if a.RemindAfter == nil {
		a.RemindAfter = new(defaultRemind)
	}
	out := a.Onto(reinstall.Asking{})
	if a.EscalateAfter == nil && a.EscalateTo != nil {
		out.EscalateAfter = defaultEscalate
	}
	r.calls("$", out)
	return out
}

// asksInRule completes a rule's values in the same way: who names others to escalate
// to wants it to happen, also where the head has no escalation.
func (r *reader) asksInRule(path string, a *reinstall.AskingRule, head reinstall.Asking) {
	if a.EscalateTo != nil && a.EscalateAfter == nil && head.EscalateAfter == 0 {
		a.EscalateAfter = new(defaultEscalate)
	}
	r.calls(path, a.Onto(head))
}

// calls checks what holds together at a path.
func (r *reader) calls(path string, a reinstall.Asking) {
	if a.EscalateAfter > 0 && a.EscalateTo.Empty() {
		r.wrong(path+".escalate_after", "nobody is named to escalate to; add escalate_to with groups or users")
	}
}

// orOff reads a duration of a second or more; off, or 0, is none.
func (r *reader) orOff(path string, s *string) *time.Duration {
	if s != nil && (*s == "off" || *s == "0") {
		return new(time.Duration)
	}
	return r.duration(path, s, time.Second)
}

// quiet reads "22:00-07:00".
func quiet(s string) (reinstall.Quiet, bool) {
	if s == "off" {
		return reinstall.Quiet{}, true
	}
	from, to, ok := strings.Cut(strings.ReplaceAll(s, " ", ""), "-")
	a, err1 := time.Parse("15:04", from)
	b, err2 := time.Parse("15:04", to)
	if !ok || err1 != nil || err2 != nil || a.Equal(b) {
		return reinstall.Quiet{}, false
	}
	return reinstall.Quiet{From: a.Hour()*60 + a.Minute(), To: b.Hour()*60 + b.Minute()}, true
}
