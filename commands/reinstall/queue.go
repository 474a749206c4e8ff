package reinstall

import (
	"strings"
	"time"
)

// TagLimit is the budget of those machines of an account that bear a tag.
type TagLimit struct {
	Tag     string // team=shop
	AtOnce  int
	PerHour int
}

// None reports whether nothing is limited.
func (l Limits) None() bool { return l.AtOnce == 0 && l.PerHour == 0 && len(l.ByTag) == 0 }

// Of lists the limits that hold for a machine with these tags: the account's
// first, with an empty tag, then those of its tags.
func (l Limits) Of(tags map[string]string) []TagLimit {
	out := []TagLimit{{AtOnce: l.AtOnce, PerHour: l.PerHour}}
	for _, t := range l.ByTag {
		k, v, _ := strings.Cut(t.Tag, "=")
		if got, ok := tags[k]; ok && got == v {
			out = append(out, t)
		}
	}
	return out
}

// turnedAt is when the last key was turned. Older records do not tell: they
// come first, in the order in which they were proposed.
func (op Operation) turnedAt() time.Time {
	if op.TurnedAt.IsZero() {
		return op.ProposedAt.Add(-100 * 365 * 24 * time.Hour)
	}
	return op.TurnedAt
}

// InLine reports whether the operation is on its way to its call and keeps its
// turn. What waits for its own machine, or for the cloud, keeps nobody else
// waiting.
func (op Operation) InLine() bool {
	return (op.State == Approved || op.State == Ready) && (op.Waits == "" || op.Keeps)
}

// Before reports whether op's turn comes before other's: by when both keys were
// turned, then by id.
func (op Operation) Before(other Operation) bool {
	if a, b := op.turnedAt(), other.turnedAt(); !a.Equal(b) {
		return a.Before(b)
	}
	return op.ID < other.ID
}
