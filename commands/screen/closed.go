package screen

import (
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/view"
)

// waiting words what a call waits for.
func waiting(op oper) text {
	if op.WaitsUntil.IsZero() {
		return say(view.Dot(op.Waits))
	}
	return say(op.Waits, "; the next opening is ", at(op.WaitsUntil), ".")
}

// closedCard warns on the card while keys are collected; later the card says
// itself what the call waits for.
func closedCard(op oper, now time.Time) []text {
	p := op.Plan.Terms.Calendar.At(now)
	if p == nil || op.Waits != "" {
		return nil
	}
	return []text{say(sign("warning"), " ", strong("Warning:"), " ", view.Pause(*p), ". The keys can be turned; the call waits for it.")}
}

// ClosedNow is what a check says of it.
func ClosedNow(t reinstall.Terms, now time.Time) text {
	if r := view.ClosedTooLong(t, now); r != nil {
		return say("\n• It would not be proposed now: ", r.Words, ".")
	}
	if p := t.Calendar.At(now); p != nil {
		return say("\n• ", Capital(p.Why), say("; the next opening is ", at(p.Next), ". Keys could be turned; the call would wait."))
	}
	return nil
}
