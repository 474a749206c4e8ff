package screen

import (
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/view"
)

// countingOn are the countdowns that a card of these shows.
func countingOn(ops ...oper) []view.Counting {
	var out []view.Counting
	for _, op := range ops {
		if op.Announces(op.Announced) {
			out = append(out, view.Counting{Countdown: view.Countdown{Op: op.ID, Of: op.Announced}, Waits: op.Waits != ""})
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

// countdown is the one sentence of a card that counts down.
func countdown(op oper) text {
	switch {
	case !op.Counts() && op.Waits != "":
		return say("The keys are turned, but the countdown cannot be shown: ", view.Dot(op.Waits), " It goes on by itself, and then lasts ", reinstall.Ago(op.Plan.Terms.Countdown), ". Press Hold to stop it.")
	case op.Waits != "":
		return say("The countdown has ended, but the call waits: ", waiting(op))
	}
	return say("The wipe starts ", startsAt(op), ". Press Hold to stop it.")
}

// startsAt says when a wipe starts. Of a countdown that is only just being shown
// nobody knows to the second.
func startsAt(op oper) text {
	if op.Counts() {
		return say(at(op.Starts))
	}
	return say(reinstall.Ago(op.Plan.Terms.Countdown), " after this and the line about it in the thread are shown, not before ", at(soonestStart(op)))
}

// soonestStart is the earliest end of a countdown.
func soonestStart(op oper) time.Time {
	if op.Counts() {
		return op.Starts
	}
	return op.Announced.Add(op.Plan.Terms.Countdown)
}

// notShownFor says of a countdown that cannot be shown why, to follow a row.
func notShownFor(op oper) text {
	if op.State != reinstall.Ready || op.Counts() || op.Waits == "" {
		return nil
	}
	return say(". Its countdown cannot be shown: ", view.Dot(op.Waits))
}
