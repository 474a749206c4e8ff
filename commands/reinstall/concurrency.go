package reinstall

import (
	"time"

	"twokey/commands/reinstall/model"
)

// LimitReached is a limit that lets no more operations in: so many run, and so many of
// those ahead come first.
type LimitReached struct {
	Of      model.TagLimit
	Running int
	Ahead   int
}

// CheckConcurrency counts what runs at once beside op, from the operations themselves.
// It keeps a place for each of those ahead that could be let in; ahead is in queue
// order. nil: there is room.
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

// CheckHourly is the limit of calls in an hour that is full for op, or nil. Each
// operation armed in op's account within the hour before now counts once.
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
