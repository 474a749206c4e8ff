package reinstall

import (
	"time"

	"twokey/commands/reinstall/model"
)

// LimitReached is a limit that lets an operation in no more: so many are running, and so
// many of those ahead have their turn before it.
type LimitReached struct {
	Of      model.TagLimit
	Running int
	Ahead   int
}

// CheckConcurrency counts, from the operations themselves, what runs at once beside op, with a
// place for each of those ahead that could be let in; nil: there is room. ahead are
// in their order.
func CheckConcurrency(l model.Limits, op Operation, running, ahead []Operation) *LimitReached {
	taken, kept := map[string]int{}, map[string]int{}
	enters := func(o Operation, in map[string]int) {
		for _, of := range l.LimitsFor(o.Plan.Tags) {
			in[of.Tag]++
		}
	}
	full := func(o Operation) *LimitReached {
		for _, of := range l.LimitsFor(o.Plan.Tags) {
			if of.AtOnce > 0 && taken[of.Tag]+kept[of.Tag] >= of.AtOnce {
				return &LimitReached{of, taken[of.Tag], kept[of.Tag]}
			}
		}
		return nil
	}
	for _, o := range running {
		enters(o, taken)
	}
	for _, o := range ahead {
		if full(o) == nil {
			enters(o, kept)
		}
	}
	return full(op)
}

// CheckHourly is the limit of calls in an hour that all leaves full, or nil: who was armed
// in the hour before now, in op's account, counts once each.
func CheckHourly(l model.Limits, op Operation, all []Operation, now time.Time) *LimitReached {
	made := map[string]map[string]bool{}
	for _, o := range all {
		if o.ID == op.ID || o.Plan.Account != op.Plan.Account || o.Arming == nil || now.Sub(o.Arming.At) >= time.Hour {
			continue
		}
		for _, of := range l.LimitsFor(o.Plan.Tags) {
			if made[of.Tag] == nil {
				made[of.Tag] = map[string]bool{}
			}
			made[of.Tag][o.ID] = true
		}
	}
	for _, of := range l.LimitsFor(op.Plan.Tags) {
		if n := len(made[of.Tag]); of.PerHour > 0 && n >= of.PerHour {
			return &LimitReached{of, n, 0}
		}
	}
	return nil
}
