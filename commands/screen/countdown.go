package screen

import (
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// countdownsOn are the countdowns that a card of these shows.
func countdownsOn(ops ...oper) []view.Counting {
	var out []view.Counting
	for _, op := range ops {
		if op.AwaitsShowing(op.Announced) {
			out = append(out, view.Counting{
				Countdown: view.Countdown{Op: op.ID, Of: op.Announced},
				Waits:     op.Waits != "",
			})
		}
	}
	return out
}

// Worded is a refusal that says for people what is wrong and what to do, without
// a full stop.
type Worded interface {
	error
	Words() string
}

// countdownText is the one sentence of a card that counts down.
func countdownText(op oper) text {
	switch {
	case !op.CountdownRuns() && op.Waits != "":
		return say("The countdown cannot be shown: ", view.EndSentence(op.Waits),
			" It starts by itself once it can be, and lasts ", model.HumanDuration(op.Plan.Terms.Countdown), ".")
	case op.Waits != "":
		return say("The countdown has ended. The request waits: ", waitText(op))
	}
	return say("The wipe starts ", startText(op), ". Press Hold to stop it.")
}

// startText says when a wipe starts. Of a countdown that is only just being shown
// nobody knows to the second.
func startText(op oper) text {
	if op.CountdownRuns() {
		return say(at(op.Starts))
	}
	return say(model.HumanDuration(op.Plan.Terms.Countdown),
		" after this and the line about it in the thread are shown, not before ", at(earliestStart(op)))
}

// earliestStart is the earliest end of a countdown.
func earliestStart(op oper) time.Time {
	if op.CountdownRuns() {
		return op.Starts
	}
	return op.Announced.Add(op.Plan.Terms.Countdown)
}

// countdownBlockedText says of a countdown that cannot be shown why, to follow a row.
func countdownBlockedText(op oper) text {
	if op.State != reinstall.Ready || op.CountdownRuns() || op.Waits == "" {
		return nil
	}
	return say(". Its countdown cannot be shown: ", view.EndSentence(op.Waits))
}
