package policy

import (
	"strings"
	"time"

	"twokey/commands/reinstall/model"
)

const (
	defaultRemind   = 15 * time.Minute
	defaultEscalate = time.Hour
)

// readAsking reads it; zone is the head's, for a rule.
func (r *reader) readAsking(path string, y termsYAML, zone string) model.AskingRule {
	a := y.Asking
	out := model.AskingRule{
		RemindAfter:   r.durationOrOff(path+".remind_after", a.RemindAfter),
		EscalateAfter: r.durationOrOff(path+".escalate_after", a.EscalateAfter),
		BreakGlass:    a.BreakGlass,
		Notify:        r.readNotify(path+".tell", a.Tell),
	}
	if a.EscalateTo != nil {
		p := peopleOf(a.EscalateTo)
		out.EscalateTo = &p
		if p.Empty() {
			r.addMistake(path+".escalate_to", "nobody is named; leave it out, or name groups or users")
			p.Users = []string{"?"} // told once; that escalate_after calls nobody only follows from it
		}
	}
	zone = valueOr(y.Timezone, zone)
	if a.QuietHours != nil {
		q, ok := parseQuietHours(*a.QuietHours)
		if !ok {
			r.addMistake(path+".quiet_hours", "%q are not hours of a day; write them like \"22:00-07:00\", or off",
				*a.QuietHours)
		}
		if q.From != q.To {
			q.Zone = zone
		}
		out.QuietHours = &q
	}
	return out
}

// completeHead completes the head's values with what an operator gets who leaves them
// out.
func (r *reader) completeHead(a model.AskingRule) model.Asking {
	if a.RemindAfter == nil {
		a.RemindAfter = new(defaultRemind)
	}
	out := a.MergeInto(model.Asking{})
	if a.EscalateAfter == nil && a.EscalateTo != nil {
		out.EscalateAfter = defaultEscalate
	}
	r.checkEscalation("$", out)
	return out
}

// completeRule completes a rule's values in the same way: who names others to escalate
// to wants it to happen, also where the head has no escalation.
func (r *reader) completeRule(path string, a *model.AskingRule, head model.Asking) {
	if a.EscalateTo != nil && a.EscalateAfter == nil && head.EscalateAfter == 0 {
		a.EscalateAfter = new(defaultEscalate)
	}
	r.checkEscalation(path, a.MergeInto(head))
}

// checkEscalation checks what holds together at a path.
func (r *reader) checkEscalation(path string, a model.Asking) {
	if a.EscalateAfter > 0 && a.EscalateTo.Empty() {
		r.addMistake(path+".escalate_after", "nobody is named to escalate to; add escalate_to with groups or users")
	}
}

// durationOrOff reads a duration of a second or more; off, or 0, is none.
func (r *reader) durationOrOff(path string, s *string) *time.Duration {
	if s != nil && (*s == "off" || *s == "0") {
		return new(time.Duration)
	}
	return r.readDuration(path, s, time.Second)
}

// parseQuietHours reads "22:00-07:00".
func parseQuietHours(s string) (model.QuietHours, bool) {
	if s == "off" {
		return model.QuietHours{}, true
	}
	from, to, ok := strings.Cut(strings.ReplaceAll(s, " ", ""), "-")
	a, err1 := time.Parse("15:04", from)
	b, err2 := time.Parse("15:04", to)
	if !ok || err1 != nil || err2 != nil || a.Equal(b) {
		return model.QuietHours{}, false
	}
	return model.QuietHours{From: a.Hour()*60 + a.Minute(), To: b.Hour()*60 + b.Minute()}, true
}
