package screen

import (
	"fmt"
	"slices"

	"twokey/commands/reinstall"
	"twokey/commands/view"
)

// lead is the one sentence that matters now.
func lead(ops []oper) text {
	if len(ops) == 1 {
		return leadOf(ops[0])
	}
	done := fmt.Sprintf("%d of %d are done. ", len(InState(ops, reinstall.Done)), len(ops))
	name := strong(ops[0].TypedName())
	if !sameRound(ops) {
		return say("The keys of one machine were taken back, so those of the others are. The card is drawn anew in a moment.")
	}
	switch open := OpenOnes(ops); {
	case len(recalledAt(ops)) > 0:
		if len(open) == len(ops) {
			done = ""
		}
		return say(done, "Something changed at ", someOf(recalledAt(ops)),
			" after the keys were turned, so the keys of all that have not started were taken back. Read below what changed, then turn them again for ", someOf(namesOf(open)), ".")
	case len(open) == len(ops) && len(InState(ops, reinstall.Proposed)) > 0:
		return say("Their system disks will be wiped, ", name,
			" first. Nothing happens before all keys are turned for each of them.")
	case len(InState(ops, reinstall.Held)) > 0:
		h := InState(ops, reinstall.Held)[0]
		return because(say(done, "Held by ", who(h.HeldBy)), h.HeldWhy,
			" Nothing more starts until an approver presses Resume; it expires ", at(h.Expires), ".")
	case len(InState(ops, reinstall.Proposed)) > 0:
		return say(done, "Nothing more starts before all keys are turned for ", someOf(namesOf(open)), ".")
	case len(open) > 0:
		if next := counting(open); next != nil {
			return say(done, "The wipe of ", strong(next.TypedName()), " starts ", startsAt(*next), ". Press Hold to stop it.")
		}
		return say(done, "Each machine's state is below. Hold and Cancel are for those that have not started.")
	case len(InState(ops, reinstall.Armed, reinstall.Sent)) > 0:
		return say(done, "What is under way cannot be stopped any more.")
	case len(InState(ops, reinstall.Done)) == len(ops):
		return say("Verified: ", allOf(len(ops)), inferred(ops), ". What to do next on each is in the thread.")
	}
	return say(done, firstEnd(ops))
}

// recalledAt names those because of which keys were taken back and not turned
// again yet.
func recalledAt(ops []oper) []string {
	return namesOf(slices.DeleteFunc(InState(ops, reinstall.Proposed),
		func(op oper) bool { return op.Recalled == nil || op.Recalled.Of != "" }))
}

// inferred says of which machines the record alone tells that they are done.
func inferred(ops []oper) string {
	by := namesOf(slices.DeleteFunc(slices.Clone(ops), func(op oper) bool { return !op.Inferred }))
	if len(by) == 0 {
		return ""
	}
	return "; " + reinstall.And(by) + " by the machine's record, for the call's answer was lost"
}

// counting is the one whose countdown ends first, or nil.
func counting(ops []oper) *oper {
	var out *oper
	for i, op := range ops {
		if op.State == reinstall.Ready && op.Waits == "" && (out == nil || soonestStart(op).Before(soonestStart(*out))) {
			out = &ops[i]
		}
	}
	return out
}

// firstEnd says why not all are done: what the first that is not has to say.
func firstEnd(ops []oper) text {
	for _, op := range ops {
		if op.Stops() && op.StoppedBy() == "" {
			t := say(strong(op.TypedName()), " ", op.State.Words(), ". ")
			switch op.State {
			case reinstall.Rejected, reinstall.Cancelled:
				return append(t, because(say("By ", who(op.End.By)), op.End.Why)...)
			case reinstall.Resolved:
				return append(t, settled(op)...)
			}
			return append(t, say(Capital(view.Dot(op.End.Why)))...)
		}
	}
	return say("The rest is settled by people.")
}

// sameRound reports whether all that are open are of the round that the lead
// has noted: only then its card's revision tells which keys a click is for.
func sameRound(ops []oper) bool {
	return !slices.ContainsFunc(OpenOnes(ops), func(op oper) bool { return op.Round() != ops[0].Round() })
}

// leadOf is that of one machine.
func leadOf(op oper) text {
	name := strong(op.TypedName())
	switch op.State {
	case reinstall.Proposed:
		if op.Recalled != nil {
			if op.Recalled.Distrust != "" {
				return say("The keys are asked for again, ", at(op.Recalled.At), ". Its system disk will be wiped.")
			}
			return say("Something changed after the keys were turned, so all keys were taken back, ", at(op.Recalled.At),
				". Read what changed, then turn them again: its system disk will be wiped.")
		}
		return say("Its system disk will be wiped. Nothing happens before all keys are turned.")
	case reinstall.Approved:
		if op.Waits != "" {
			return say("The keys are turned, but the countdown cannot start yet: ", waiting(op))
		}
		return say(turned(op), " Everything is being read once more.")
	case reinstall.Ready:
		return countdown(op)
	case reinstall.Held:
		return because(say("Held by ", who(op.HeldBy)), op.HeldWhy,
			" Nothing happens until an approver presses Resume; it expires ", at(op.Expires), ".")
	case reinstall.Armed:
		if op.Lost != "" {
			return say("The call went out, but its answer was lost. The machine's record will tell; there is no second call.")
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
		return say("The cloud says that the reinstall failed: ", view.Dot(op.End.Why),
			" The machine may not start. What to do next is in the thread.")
	case reinstall.Refused, reinstall.Superseded, reinstall.NotSent, reinstall.Expired:
		return say(Capital(view.Dot(op.End.Why)), " ", untouched(op))
	case reinstall.Unknown:
		return say("It is not known whether ", name, " was reinstalled. ", Capital(view.Dot(op.End.Why)),
			" An approver settles it: ", mono("/reinstall resolve "+op.ID+" done|failed TEXT"))
	case reinstall.Resolved:
		return settled(op)
	case reinstall.Tampered:
		return say("Stopped: its record was changed outside Twokey. Nothing is done with it, and the machine stays locked. What the record said is not believed, so look at the machine. An approver settles it: ", mono("/reinstall resolve "+op.ID+" done|failed TEXT"))
	default: // rejected, cancelled
		return because(say("By ", who(op.End.By)), op.End.Why, " "+untouched(op))
	}
}

// settled is what a person said of an unknown outcome.
func settled(op oper) text {
	return say(who(op.End.By), " settled it as ", strong(string(op.End.As)), ": ", reinstall.Quote(op.End.Why),
		". A person's word, not the cloud's.")
}
