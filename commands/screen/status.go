package screen

import (
	"slices"

	"twokey/commands/reinstall"
	"twokey/commands/view"
)

// statuses are the state's sign and word.
var statuses = map[reinstall.State]view.Status{
	reinstall.Proposed:   {Emoji: ":closed_lock_with_key:", Word: "Waiting for keys"},
	reinstall.Approved:   {Emoji: ":mag:", Word: "Checking again"},
	reinstall.Ready:      {Emoji: ":alarm_clock:", Word: "Counting down"},
	reinstall.Held:       {Emoji: ":raised_hand:", Word: "On hold"},
	reinstall.Armed:      {Emoji: ":rotating_light:", Word: "Calling the cloud"},
	reinstall.Sent:       {Emoji: ":gear:", Word: "Reinstalling"},
	reinstall.Done:       {Emoji: ":white_check_mark:", Word: "Done"},
	reinstall.Failed:     {Emoji: ":x:", Word: "Failed"},
	reinstall.Refused:    {Emoji: ":no_entry:", Word: "Refused by the cloud"},
	reinstall.Superseded: {Emoji: ":no_entry:", Word: "Superseded"},
	reinstall.NotSent:    {Emoji: ":no_entry:", Word: "Not sent"},
	reinstall.Unknown:    {Emoji: ":question:", Word: "Unknown"},
	reinstall.Rejected:   {Emoji: ":no_entry:", Word: "Rejected"},
	reinstall.Cancelled:  {Emoji: ":no_entry_sign:", Word: "Cancelled"},
	reinstall.Expired:    {Emoji: ":hourglass:", Word: "Expired"},
	reinstall.Tampered:   {Emoji: ":octagonal_sign:", Word: "Stopped"},
	reinstall.Resolved:   {Emoji: ":memo:", Word: "Resolved by a person"},
}

// statusOf is one machine's.
func statusOf(op oper) view.Status {
	if op.Waits != "" && (op.State == reinstall.Approved || op.State == reinstall.Ready) {
		return view.Status{Emoji: ":double_vertical_bar:", Word: "Waiting"}
	}
	if op.State == reinstall.Proposed && op.Recalled != nil {
		return view.Status{Emoji: ":warning:", Word: "Waiting for keys again"}
	}
	return statuses[op.State]
}

// proposalStatus is the one word that matters: of what runs, then of what waits for
// people, then of the end.
func proposalStatus(ops []oper) view.Status {
	for _, s := range []reinstall.State{
		reinstall.Tampered, reinstall.Unknown, reinstall.Armed, reinstall.Sent, reinstall.Held, reinstall.Proposed,
	} {
		if in := InState(ops, s); len(in) > 0 {
			for _, op := range in { // of which keys were taken back, before the others
				if op.Recalled != nil {
					return statusOf(op)
				}
			}
			return statuses[s]
		}
	}
	if open := OpenOps(ops); len(open) > 0 {
		for _, op := range open { // the countdown, before those that wait for it
			if s := statusOf(op); s.Word != "Waiting" {
				return s
			}
		}
		return statusOf(open[0])
	}
	if len(InState(ops, ops[0].State)) == len(ops) {
		return statuses[ops[0].State]
	}
	if len(endedDone(ops)) == len(ops) { // green is what the cloud said, of all
		return statuses[reinstall.Resolved]
	}
	return view.Status{Emoji: ":no_entry:", Word: "Stopped"}
}

func endedDone(ops []oper) []oper {
	return slices.DeleteFunc(slices.Clone(ops), func(op oper) bool { return !op.EndedDone() })
}
