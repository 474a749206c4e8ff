package screen

import (
	"time"

	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// waitText words what a reset waits for.
func waitText(op oper) text {
	if op.WaitsUntil.IsZero() {
		return say(view.EndSentence(op.Waits))
	}
	return say(op.Waits, "; the next opening is ", at(op.WaitsUntil), ".")
}

// closedWarning warns on the card while keys are collected; later the card says
// itself what the reset waits for.
func closedWarning(op oper, now time.Time) []text {
	p := op.Plan.Terms.Calendar.PauseAt(now)
	if p == nil || op.Waits != "" {
		return nil
	}
	return []text{say(sign("warning"), " ", strong("Warning:"), " ", view.PauseText(*p),
		".")}
}

// ClosedNow is what a check says of it.
func ClosedNow(t model.Terms, now time.Time) text {
	if r := view.ClosedTooLong(t, now); r != nil {
		return say("\n• It would not be proposed now: ", view.WhyText(r))
	}
	if p := t.Calendar.PauseAt(now); p != nil {
		return say("\n• ", view.Capitalize(p.Why), say("; the next opening is ", at(p.Next),
			". People could approve now; the reinstall would wait."))
	}
	return nil
}
