package engine

import (
	"context"

	"twokey/commands/reinstall"
)

// What the policy's calendar does: a call waits for the next opening, and a
// proposal that could not live to see one is not made.

// closed says why the calls may not go out now. Where the policy has changed
// since the plan was made nothing waits for the old hours: the next reading
// finds the change.
func (q *waiting) closed(op reinstall.Operation) *reinstall.Pause {
	c := op.Plan.Terms.Calendar
	if q.policy().For(op.Plan.Subject()).Calendar.String() != c.String() {
		return nil
	}
	return c.At(q.now())
}

// pauses is waits with the moment of the next opening. It keeps no turn.
func (q *waiting) pauses(ctx context.Context, l leased, p reinstall.Pause) error {
	return q.waitsFor(ctx, l, reinstall.Waiting{Why: p.Why, Until: p.Next})
}
