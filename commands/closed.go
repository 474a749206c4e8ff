package commands

import (
	"context"
	"time"

	"twokey/commands/reinstall"
)

// What the policy's calendar does: a call waits for the next opening, and a
// proposal that could not live to see one is not made.

// closed says why the calls may not go out now. Where the policy has changed
// since the plan was made nothing waits for the old hours: the next reading
// finds the change.
func (d *Desk) closed(op reinstall.Operation) *reinstall.Pause {
	c := op.Plan.Terms.Calendar
	if d.policy().For(op.Plan.Subject()).Calendar.String() != c.String() {
		return nil
	}
	return c.At(d.now())
}

// pauses is waits with the moment of the next opening. It keeps no turn.
func (d *Desk) pauses(ctx context.Context, l leased, p reinstall.Pause) error {
	return d.waitsFor(ctx, l, reinstall.Waiting{Why: p.Why, Until: p.Next})
}

// waiting words what a call waits for.
func waiting(op oper) text {
	if op.WaitsUntil.IsZero() {
		return say(dot(op.Waits))
	}
	return say(op.Waits, "; the next opening is ", at(op.WaitsUntil), ".")
}

// pause words a pause, without a full stop.
func pause(p reinstall.Pause) text {
	if p.Next.IsZero() {
		return say(p.Why, "; no opening follows")
	}
	return say(p.Why, "; the next opening is ", at(p.Next))
}

// closedTooLong refuses a proposal that would expire before the calls open.
func closedTooLong(t reinstall.Terms, now time.Time) *reinstall.Refusal {
	p := t.Calendar.At(now)
	if p == nil || !p.Next.IsZero() && p.Next.Before(now.Add(t.ExpiresAfter)) {
		return nil
	}
	r := reinstall.Refuse("Not proposed", "", "Propose it then; until then, only a change of the policy file opens them")
	if p.Next.IsZero() {
		r.Next = "Ask whoever keeps the policy file"
	}
	r.Words = append(pause(*p), say(", and the proposal would expire before that, after "+reinstall.Ago(t.ExpiresAfter))...)
	r.Why = r.Words.String()
	return r
}

// closedCard warns on the card while keys are collected; later the card says
// itself what the call waits for.
func closedCard(op oper, now time.Time) []text {
	p := op.Plan.Terms.Calendar.At(now)
	if p == nil || op.Waits != "" {
		return nil
	}
	return []text{say(sign("warning"), " ", strong("Warning:"), " ", pause(*p), ". The keys can be turned; the call waits for it.")}
}

// closedNow is what a check says of it.
func closedNow(t reinstall.Terms, now time.Time) text {
	if r := closedTooLong(t, now); r != nil {
		return say("\n• It would not be proposed now: ", r.Words, ".")
	}
	if p := t.Calendar.At(now); p != nil {
		return say("\n• ", capital(p.Why), say("; the next opening is ", at(p.Next), ". Keys could be turned; the call would wait."))
	}
	return nil
}
