package screen

import (
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

// The message of a countdown: it announces it, then says when it ends, and after that what
// became of the request. At last it stands alone as what happened.

// CountdownOf is the operation whose countdown a transition is about: as it was, or as it
// is now.
func CountdownOf(before, after oper) oper {
	if !before.Announced.IsZero() {
		return before
	}
	return after
}

func hasCountdown(before, after oper) bool { return !CountdownOf(before, after).Announced.IsZero() }

// countdownNow is what the message says after a transition, and whether it can still be
// stopped; nil: what it said before.
func countdownNow(before, after oper, e reinstall.Event) (t text, stops bool) {
	switch e.(type) {
	case reinstall.CountdownShown:
		return countdownLine(after), true
	case reinstall.Waiting:
		if after.CountdownRuns() {
			return named(after, eventText(before, after, e)), true
		}
		return nil, false
	case reinstall.Arm, reinstall.AnswerLost, reinstall.Accepted, reinstall.StatusChanged:
		return named(after, requestText(after)), false
	case reinstall.WaitOver:
		if before.State == reinstall.Ready {
			return named(after, eventText(before, after, e)), false
		}
	}
	switch {
	case before.State == reinstall.Ready && after.State != reinstall.Ready:
		return say("The countdown to wipe ", strong(after.TypedName()), " is over; nothing was sent."), false
	case before.State == after.State || after.Arming == nil || after.End == nil:
		return nil, false
	case after.State == reinstall.Refused:
		return named(after, say(sentText(after), ". The cloud refused it.")), false
	case after.State == reinstall.NotSent:
		return named(after, say("The ResetInstance request of ", at(after.Arming.At), " did not reach the cloud.")), false
	case after.State == reinstall.Unknown && after.RequestID == "":
		return named(after, say(sentText(after), ". Whether the cloud took it is unknown.")), false
	case before.MachineStatus != "":
		return named(after, requestText(after)), false
	}
	return nil, false
}

// named is a text with the machine's name in front, if it is one of several.
func named(op oper, t text) text {
	if op.Single() {
		return t
	}
	return say(strong(op.TypedName()), ": ", t)
}

// countdownLine says when the wipe starts, and who may stop it.
func countdownLine(op oper) text {
	t := say(strong(op.TypedName()), " is wiped in ", strong(model.HumanDuration(op.Plan.Terms.Countdown)),
		", counted from when this and the card are shown")
	if op.CountdownRuns() {
		t = say("The wipe of ", strong(op.TypedName()), " starts ", at(op.Starts))
	}
	return append(t, say(warnNoBackup(op), ". Press Hold to stop it: ", op.Plan.Terms.Hold.Words(), " may.")...)
}

func sentText(op oper) text { return say("ResetInstance request sent ", at(op.Arming.At)) }

const notAgain = " Twokey will not send the request again"

// requestText is what is known of the one request.
func requestText(op oper) text {
	lost, sent, id := op.AnswerLost != "", sentText(op), mono(orNone(op.RequestID))
	switch {
	case op.RequestID == "" && lost:
		return say(sign("warning"), " ", sent, ". The answer was lost (", op.AnswerLost, ").", notAgain,
			"; it is checking the machine's last operation.")
	case op.RequestID == "":
		return say(sign("rotating_light"), " Sending the ResetInstance request now. It can no longer be stopped.")
	case op.Inferred:
		sent = append(sent, say(". The answer was lost, but the machine's record shows that the cloud took the request (",
			id, ").", notAgain, ".")...)
	case op.Audited && lost:
		sent = append(sent, say(". The answer was lost, but CloudAudit shows that the cloud took our request (", id, ").",
			notAgain, ".")...)
	case op.Audited:
		sent = append(sent, say(", taken by the cloud (", id, "), as CloudAudit confirms.")...)
	default:
		sent = append(sent, say(", taken by the cloud (", id, ").")...)
	}
	if op.MachineStatus != "" && IsRunning(op) {
		sent = append(sent, say(" The machine shows ", op.MachineStatus, ".")...)
	}
	return sent
}
