package reinstall

import (
	"time"
)

// lastKeyAt is when the last key was turned. Older records do not have it: they come
// first, in the order in which they were proposed.
func lastKeyAt(op Operation) time.Time {
	if op.TurnedAt.IsZero() {
		return op.ProposedAt.Add(-100 * 365 * 24 * time.Hour)
	}
	return op.TurnedAt
}

// InQueue reports whether the operation is on its way to its call and keeps its place
// in the queue. What waits for its own machine, or for the cloud, keeps nobody else
// waiting.
func (op Operation) InQueue() bool {
	return (op.State == Approved || op.State == Ready) && (op.Waits == "" || op.KeepsPosition)
}

// QueuedBefore reports whether op comes before other in the queue: by when both keys
// were turned, then by id.
func (op Operation) QueuedBefore(other Operation) bool {
	if a, b := lastKeyAt(op), lastKeyAt(other); !a.Equal(b) {
		return a.Before(b)
	}
	return op.ID < other.ID
}
