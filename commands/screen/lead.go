package screen

import (
	"fmt"
	"slices"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// leadText is the one sentence that matters now.
func leadText(ops []oper) text {
	if len(ops) == 1 {
		return leadTextOf(ops[0])
	}
	done := fmt.Sprintf("%d of %d are done. ", len(InState(ops, reinstall.Done)), len(ops))
	open := OpenOps(ops)
	if waiting := ResolvedWaiting(ops); len(waiting) > 0 {
		return say(done, leadTextOf(waiting[0]))
	}
	switch {
	case len(InState(ops, reinstall.Armed, reinstall.Sent)) > 0 && len(open) == 0:
		return say(done, "What is under way can no longer be stopped.")
	case len(InState(ops, reinstall.Held)) > 0:
		h := InState(ops, reinstall.Held)[0]
		return withReason(say(done, "Held by ", who(h.HeldBy)), h.HeldWhy,
			" Nothing more starts until an approver presses Resume; it expires ", at(h.Expires), ".")
	case len(InState(ops, reinstall.Proposed)) > 0:
		return say(done, "Nothing more starts before all keys are there for ", abbreviateNames(MachineNames(open)),
			".")
	case len(open) > 0:
		if next := nextCountdown(open); next != nil {
			return say(done, "The wipe of ", strong(next.TypedName()), " starts ", startText(*next),
				". Press Hold to stop it.")
		}
		return say(done, "Hold and Cancel are for those that have not started.")
	case len(InState(ops, reinstall.Done)) == len(ops):
		return say("Verified: ", allMachines(len(ops)), inferredText(ops), ". Next steps are in the thread.")
	}
	return say(done, firstEnd(ops))
}

// recalledNames names those because of which keys were taken back and not turned
// again yet.
func recalledNames(ops []oper) []string {
	return MachineNames(slices.DeleteFunc(InState(ops, reinstall.Proposed),
		func(op oper) bool { return op.Recalled == nil || op.Recalled.Of != "" }))
}

// inferredText says of which machines the record alone tells that they are done.
func inferredText(ops []oper) string {
	by := MachineNames(slices.DeleteFunc(slices.Clone(ops), func(op oper) bool { return !op.Inferred }))
	if len(by) == 0 {
		return ""
	}
	return "; " + model.JoinAnd(by) + " by the machine's record, because the answer was lost"
}

// nextCountdown is the one whose countdown ends first, or nil.
func nextCountdown(ops []oper) *oper {
	var out *oper
	for i, op := range ops {
		if op.State == reinstall.Ready && op.Waits == "" &&
			(out == nil || earliestStart(op).Before(earliestStart(*out))) {
			out = &ops[i]
		}
	}
	return out
}

// firstEnd says why not all are done: what the first that is not has to say.
func firstEnd(ops []oper) text {
	for _, op := range ops {
		if op.StopsBatch() && op.StoppedBy() == "" {
			t := say(strong(op.TypedName()), " ", op.State.Words(), ". ")
			switch op.State {
			case reinstall.Rejected, reinstall.Cancelled:
				return endedByPerson(ops, op)
			case reinstall.Resolved:
				return append(t, resolutionText(op)...)
			}
			return append(t, say(view.Capitalize(view.EndSentence(op.End.Why)))...)
		}
	}
	return say("The remaining outcomes were set by people.")
}

// endedByPerson says for which machines one person's click was the end: each of them.
func endedByPerson(ops []oper, like oper) text {
	which := MachineNames(slices.DeleteFunc(InState(ops, like.State), func(op oper) bool {
		return op.StoppedBy() != "" || op.End.By != like.End.By || op.End.Why != like.End.Why
	}))
	t := say(strong(which[0]), " was ")
	switch len(which) {
	case 1:
	case len(ops):
		t = say(view.Capitalize(allMachines(len(ops))), " were ")
	default:
		t = say(strong(model.JoinAnd(which)), " were ")
	}
	return append(t, withReason(say(string(like.State), " by ", who(like.End.By)), like.End.Why)...)
}

// sameRound reports whether all that are open are of the round that the lead
// has noted: only then its card's revision tells which keys a click is for.
func sameRound(ops []oper) bool {
	return !slices.ContainsFunc(OpenOps(ops), func(op oper) bool { return op.Round() != ops[0].Round() })
}

// leadTextOf is that of one machine.
func leadTextOf(op oper) text {
	name := strong(op.TypedName())
	switch op.State {
	case reinstall.Proposed:
		return say("Nothing happens before all keys are there.")
	case reinstall.Approved:
		if op.Waits != "" {
			return say("The countdown cannot start yet: ", waitText(op))
		}
		return say(turnedText(op), " Everything is checked again.")
	case reinstall.Ready:
		return countdownText(op)
	case reinstall.Held:
		return withReason(say("Held by ", who(op.HeldBy)), op.HeldWhy,
			" Nothing happens until an approver presses Resume; it expires ", at(op.Expires), ".")
	case reinstall.Armed:
		if op.AnswerLost != "" {
			return say("The answer was lost. Twokey does not send the request again; it is checking the machine's last " +
				"operation.")
		}
		return say("The ResetInstance request is being sent. It can no longer be stopped.")
	case reinstall.Sent:
		if op.Slow {
			return say("The cloud reinstalls ", name, ". It takes longer than usual.")
		}
		return say("The cloud reinstalls ", name, ". It can no longer be stopped.")
	case reinstall.Done:
		return doneText(op)
	case reinstall.Failed:
		return say("The cloud reports that the reinstall failed: ", view.EndSentence(op.End.Why),
			" The machine may not start.")
	case reinstall.Refused, reinstall.Superseded, reinstall.NotSent, reinstall.Expired:
		return say(view.Capitalize(view.EndSentence(op.End.Why)), " ", untouchedText(op))
	case reinstall.Unknown:
		return append(QuestionText(op), say(" It stays locked until an approver answers.")...)
	case reinstall.Resolved:
		return resolutionText(op)
	case reinstall.Tampered:
		return say("The record of ", name, " was changed outside Twokey, so nothing in it is believed. Look at the "+
			"machine: was it wiped? It stays locked until an approver answers.")
	default: // rejected, cancelled
		return withReason(say("By ", who(op.End.By)), op.End.Why, " "+untouchedText(op))
	}
}

// doneText says what was verified, and how.
func doneText(op oper) text {
	t := say("Verified: ", strong(op.TypedName()), " runs ", shortSystem(op.Plan.Image.OSName))
	if op.Arming != nil {
		t = append(t, say(", after "+model.HumanDuration(op.End.At.Sub(op.Arming.At)))...)
	}
	if op.Inferred {
		t = append(t, say(", by the machine's record, because the answer was lost")...)
	}
	return append(t, say(". Next steps are in the thread.")...)
}

// resolutionText is what a person said of an unknown outcome.
func resolutionText(op oper) text {
	return say(who(op.End.By), " set it to ", strong(string(op.End.As)), ": ", model.Quote(op.End.Why),
		". Set by a person; not confirmed by the cloud.")
}
