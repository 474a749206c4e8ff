package reinstall

import (
	"time"
)

// lastKeyAt is when the last key was turned. Older records do not tell: they
// come first, in the order in which they were proposed.
func (op Operation) lastKeyAt() time.Time {
	if op.TurnedAt.IsZero() {
		return op.ProposedAt.Add(-100 * 365 * 24 * time.Hour)
	}
	return op.TurnedAt
}

// InQueue reports whether the operation is on its way to its call and keeps its
// turn. What waits for its own machine, or for the cloud, keeps nobody else
// waiting.
func (op Operation) InQueue() bool {
	return (op.State == Approved || op.State == Ready) && (op.Waits == "" || op.KeepsPosition)
}

// QueuedBefore reports whether op's turn comes before other's: by when both keys were
// turned, then by id.
func (op Operation) QueuedBefore(other Operation) bool {
	if a, b := op.lastKeyAt(), other.lastKeyAt(); !a.Equal(b) {
		return a.Before(b)
	}
	return op.ID < other.ID
}
