package engine

import (
	"context"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

// What the policy's calendar does: a reset waits for the next opening, and a
// proposal that could not live to see one is not made.

// closedHours says why resets may not go out now. If the policy has changed
// since the plan was made nothing waits for the old hours: the next reading
// finds the change.
func (q *waiting) closedHours(op reinstall.Operation) *model.Pause {
	c := op.Plan.Terms.Calendar
	if q.policy().TermsFor(op.Plan.Subject()).Calendar.String() != c.String() {
		return nil
	}
	return c.PauseAt(q.now())
}

// waitForOpening is waitBecause with the moment of the next opening. It keeps no turn.
func (q *waiting) waitForOpening(ctx context.Context, l leased, p model.Pause) error {
	return q.noteWait(ctx, l, reinstall.Waiting{Why: p.Why, Until: p.Next})
}
