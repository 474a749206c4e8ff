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
	name := strong(ops[0].TypedName())
	if !sameRound(ops) {
		return say("The keys of one machine were taken back, so those of the others are. The card is drawn anew in " +
			"a moment.")
	}
	switch open := OpenOps(ops); {
	case len(recalledNames(ops)) > 0:
		if len(open) == len(ops) {
			done = ""
		}
		return say(done, "Something changed at ", abbreviateNames(recalledNames(ops)),
			" after the keys were turned, so the keys of all that have not started were taken back. Read below "+
				"what changed, then turn them again for ", abbreviateNames(machineNames(open)), ".")
	case len(open) == len(ops) && len(InState(ops, reinstall.Proposed)) > 0:
		return say("Their system disks will be wiped, ", name,
			" first. Nothing happens before all keys are turned for each of them.")
	case len(InState(ops, reinstall.Held)) > 0:
		h := InState(ops, reinstall.Held)[0]
		return withReason(say(done, "Held by ", who(h.HeldBy)), h.HeldWhy,
			" Nothing more starts until an approver presses Resume; it expires ", at(h.Expires), ".")
	case len(InState(ops, reinstall.Proposed)) > 0:
		return say(done, "Nothing more starts before all keys are turned for ", abbreviateNames(machineNames(open)),
			".")
	case len(open) > 0:
		if next := nextCountdown(open); next != nil {
			return say(done, "The wipe of ", strong(next.TypedName()), " starts ", startText(*next),
				". Press Hold to stop it.")
		}
		return say(done, "Each machine's state is below. Hold and Cancel are for those that have not started.")
	case len(InState(ops, reinstall.Armed, reinstall.Sent)) > 0:
		return say(done, "What is under way cannot be stopped any more.")
	case len(InState(ops, reinstall.Done)) == len(ops):
		return say("Verified: ", allMachines(len(ops)), inferredText(ops),
			". What to do next on each is in the thread.")
	}
	return say(done, firstEnd(ops))
}

// recalledNames names those because of which keys were taken back and not turned
// again yet.
func recalledNames(ops []oper) []string {
	return machineNames(slices.DeleteFunc(InState(ops, reinstall.Proposed),
		func(op oper) bool { return op.Recalled == nil || op.Recalled.Of != "" }))
}

// inferredText says of which machines the record alone tells that they are done.
func inferredText(ops []oper) string {
	by := machineNames(slices.DeleteFunc(slices.Clone(ops), func(op oper) bool { return !op.Inferred }))
	if len(by) == 0 {
		return ""
	}
	return "; " + model.JoinAnd(by) + " by the machine's record, for the call's answer was lost"
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
				return append(t, withReason(say("By ", who(op.End.By)), op.End.Why)...)
			case reinstall.Resolved:
				return append(t, resolutionText(op)...)
			}
			return append(t, say(view.Capitalize(view.EndSentence(op.End.Why)))...)
		}
	}
	return say("The rest is settled by people.")
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
		if op.Recalled != nil {
			if op.Recalled.Distrust != "" {
				return say("The keys are asked for again, ", at(op.Recalled.At), ". Its system disk will be wiped.")
			}
			return say("Something changed after the keys were turned, so all keys were taken back, ",
				at(op.Recalled.At),
				". Read what changed, then turn them again: its system disk will be wiped.")
		}
		return say("Its system disk will be wiped. Nothing happens before all keys are turned.")
	case reinstall.Approved:
		if op.Waits != "" {
			return say("The keys are turned, but the countdown cannot start yet: ", waitText(op))
		}
		return say(turnedText(op), " Everything is being read once more.")
	case reinstall.Ready:
		return countdownText(op)
	case reinstall.Held:
		return withReason(say("Held by ", who(op.HeldBy)), op.HeldWhy,
			" Nothing happens until an approver presses Resume; it expires ", at(op.Expires), ".")
	case reinstall.Armed:
		if op.AnswerLost != "" {
			return say("The call went out, but its answer was lost. The machine's record will tell; there is no " +
				"second call.")
		}
		return say("The one call is out; it cannot be stopped any more.")
	case reinstall.Sent:
		t := say("The cloud has taken the call and reinstalls ", name, "; that cannot be stopped any more.")
		if op.Slow {
			t = append(t, say(" It takes longer than usual.")...)
		}
		return t
	case reinstall.Done:
		if op.Inferred {
			return say("Verified by the machine's record, for the call's answer was lost: ", name, " runs ",
				op.Plan.Image.OSName, ". What to do next is in the thread.")
		}
		return say("Verified: ", name, " runs ", op.Plan.Image.OSName, ". What to do next is in the thread.")
	case reinstall.Failed:
		return say("The cloud says that the reinstall failed: ", view.EndSentence(op.End.Why),
			" The machine may not start. What to do next is in the thread.")
	case reinstall.Refused, reinstall.Superseded, reinstall.NotSent, reinstall.Expired:
		return say(view.Capitalize(view.EndSentence(op.End.Why)), " ", untouchedText(op))
	case reinstall.Unknown:
		return say("It is not known whether ", name, " was reinstalled. ",
			view.Capitalize(view.EndSentence(op.End.Why)),
			" An approver settles it: ", mono("/reinstall resolve "+op.ID+" done|failed TEXT"))
	case reinstall.Resolved:
		return resolutionText(op)
	case reinstall.Tampered:
		return say("Stopped: its record was changed outside Twokey. Nothing is done with it, and the machine stays "+
			"locked. What the record said is not believed, so look at the machine. An approver settles it: ",
			mono("/reinstall resolve "+op.ID+" done|failed TEXT"))
	default: // rejected, cancelled
		return withReason(say("By ", who(op.End.By)), op.End.Why, " "+untouchedText(op))
	}
}

// resolutionText is what a person said of an unknown outcome.
func resolutionText(op oper) text {
	return say(who(op.End.By), " settled it as ", strong(string(op.End.As)), ": ", model.Quote(op.End.Why),
		". A person's word, not the cloud's.")
}
