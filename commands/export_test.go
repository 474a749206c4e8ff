package commands

import (
	"context"
	"errors"

	"twokey/commands/port"
	"twokey/commands/screen"
)

// Deeds are all verbs, each with its ways; Doing are those whose refusals have
// words.
func Deeds() map[string]deed { return deeds }

// Doing is told at Deeds.
func Doing() map[string]string { return screen.Doing }

// Performed is what the author of an item reads.
func (d *Desk) Performed(ctx context.Context, it port.Item) string {
	t, err := d.perform(ctx, it)
	if r := asRefusal(err); r != nil {
		return screen.Refusal(r).String()
	}
	if no := (*refusedAtLength)(nil); errors.As(err, &no) {
		return no.text.String()
	}
	if err != nil {
		return "fault"
	}
	return t.String()
}

// StepDue works off what is due, once, and returns when that is done.
func (d *Desk) StepDue(ctx context.Context) {
	d.claim(ctx)
	d.work.Wait()
}

// StepClaims works off what is held already, and returns when that is done.
func (d *Desk) StepClaims(ctx context.Context, cs ...port.Claim) {
	d.start(ctx, cs, d.now().Add(lease))
	d.work.Wait()
}

// LookThrough looks through all that is live, as every half a minute.
func (d *Desk) LookThrough(ctx context.Context) { d.lookThrough(ctx) }
