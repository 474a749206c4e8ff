package engine

import (
	"context"
	"errors"

	"twokey/commands/port"
	"twokey/commands/screen"
)

// Performed is what the author of an item reads.
func (e *Engine) Performed(ctx context.Context, it port.Item) string {
	t, err := e.inbox.performItem(ctx, it)
	if r := port.AsRefusal(err); r != nil {
		return screen.RefusalText(r).String()
	}
	if no := (*longRefusal)(nil); errors.As(err, &no) {
		return no.text.String()
	}
	if err != nil {
		return "fault"
	}
	return t.String()
}

// StepDue works off what is due, once, and returns when that is done.
func (e *Engine) StepDue(ctx context.Context) {
	e.claimDue(ctx)
	e.work.Wait()
}

// StepClaims works off what is held already, and returns when that is done.
func (e *Engine) StepClaims(ctx context.Context, cs ...port.Claim) {
	e.startWork(ctx, cs, e.now().Add(port.Lease))
	e.work.Wait()
}

// LookThrough looks through all that is live, as every half a minute.
func (e *Engine) LookThrough(ctx context.Context) { e.guard.checkLiveRecords(ctx) }
