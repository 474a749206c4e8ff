package screen

import (
	"slices"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/screen/aftercare"
)

// Told is what the thread says of a transition. It is short; the record (EventLines)
// says all. Whoever must act, or must be warned, gets a new message. What goes on by
// itself stands in the message that announced the countdown.
type Told struct {
	Lines []text // new messages
	// Edit is what the message of the countdown says from then on; empty: as before. Stops
	// says that it keeps the buttons that stop it.
	Edit  text
	Stops bool
	Steps int // how many steps a button of the last line shows; 0: it has none
}

// Tell is what the thread says of a transition. Of one of several machines each message
// names the machine.
func Tell(before, after oper, e reinstall.Event) Told {
	var t Told
	s, shared := e.(reinstall.Shared)
	if shared {
		e = s.Event
	}
	if hasCountdown(before, after) {
		t.Edit, t.Stops = countdownNow(before, after, e)
	}
	switch t.Lines = newLines(before, after, e); {
	case onCardOnly(e), shared && len(s.For) == 0 && !after.Single(): // another one has told it
		t.Lines = nil
		return t
	case shared:
		t.Lines = sayFor(t.Lines, s)
	case !after.Single() && !namesMachines(e):
		for i, l := range t.Lines {
			if i == len(t.Lines)-1 && before.State != after.State && after.State == reinstall.Ready {
				break // the countdown's names the machine
			}
			t.Lines[i] = say(strong(after.TypedName()), ": ", l)
		}
	}
	if last := len(t.Lines) - 1; last >= 0 {
		if m := mentionUsers(calledAgain(before, after, e)...); m != nil {
			t.Lines[last] = append(t.Lines[last], say(" ", m)...)
		}
		_, approved := e.(reinstall.Approve)
		if _, backup := after.KeysPending(); approved && backup {
			t.Lines[last] = append(t.Lines[last], say(" ", who(after.Proposer), " please confirm the backup.")...)
		}
		if after.State == reinstall.Done && before.State != reinstall.Done {
			t.Steps = aftercare.Count(after)
		}
	}
	return t
}

// newLines are the new messages, without the machine's name.
func newLines(before, after oper, e reinstall.Event) []text {
	var out []text
	if l := newText(before, after, e); l != nil {
		out = append(out, l)
	}
	switch {
	case before.State == reinstall.Proposed && after.State == reinstall.Approved && !after.Leads():
	case before.State == reinstall.Proposed && after.State == reinstall.Approved && after.Single():
		out = mergeIntoLast(out, say(" ", turnedText(after)))
	case before.State == reinstall.Proposed && after.State == reinstall.Approved:
		out = mergeIntoLast(out, say(" ", turnedText(after), rereadText(after)))
	case after.State == reinstall.Ready && before.State != reinstall.Ready:
		if t := stillUnpriced(before, e); t != nil {
			out = append(out, t)
		}
		out = append(out, countdownLine(after))
	}
	if after.State == reinstall.Done && before.State != reinstall.Done {
		return append(out, doneLine(after))
	}
	return append(out, outcomeLines(before, after)...)
}

// newText words what somebody or something did, if that is a message of its own.
func newText(before, after oper, e reinstall.Event) text {
	switch e := e.(type) {
	case reinstall.ConfirmBackup:
		return say(sign("key"), " Backup confirmed by ", who(e.By.ID), ": ", e.Evidence.Kind, " ", mono(e.Evidence.ID),
			", made ", at(e.Evidence.Created), ".")
	}
	if !hasCountdown(before, after) {
		return eventText(before, after, e)
	}
	switch e := e.(type) {
	case reinstall.Arm:
		return noRecordText(after, e.Recheck.Audit)
	case reinstall.AnswerLost, reinstall.StatusChanged, reinstall.Waiting, reinstall.WaitOver:
		return nil
	case reinstall.Accepted:
		switch {
		case before.State.Ended(): // people were asked to settle it
			return eventText(before, after, e)
		case after.Disclaimed != before.Disclaimed:
			return disclaimedText(after)
		}
		return nil
	}
	return eventText(before, after, e)
}

// calledAgain are those who act once more, or learn the end: the proposer and whoever
// approved. No group is: it was called at the beginning.
func calledAgain(before, after oper, e reinstall.Event) []string {
	_, held := e.(reinstall.Hold)
	recalled := before.State != reinstall.Proposed && after.State == reinstall.Proposed && after.Recalled != nil
	ended := before.State != after.State && after.End != nil
	switch {
	case held && before.State != reinstall.Held && len(after.Keys().By) == 0:
		return others(after.HeldBy, after.Proposer)
	case held && before.State != reinstall.Held: // who may resume it
		return others(after.HeldBy, after.Keys().By...)
	case recalled:
		return append([]string{after.Proposer}, before.Keys().By...)
	case !ended || after.StoppedBy() != "":
		return nil
	}
	switch after.State {
	case reinstall.Expired, reinstall.Failed, reinstall.Refused, reinstall.Superseded, reinstall.NotSent:
		return involved(after)
	case reinstall.Rejected, reinstall.Cancelled, reinstall.Resolved:
		return others(after.End.By, after.Proposer)
	}
	return nil
}

// involved are the proposer and whoever approved.
func involved(op oper) []string { return append([]string{op.Proposer}, op.Keys().By...) }

// others are all of these except one.
func others(except string, ids ...string) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return id == except })
}

// mentionUsers mentions people, with a space between them; nil: there are none.
func mentionUsers(ids ...string) text {
	var t text
	for i, id := range ids {
		if i > 0 {
			t = append(t, say(" ")...)
		}
		t = append(t, who(id))
	}
	return t
}

// doneLine is the verified end with how to log in and what comes first.
func doneLine(op oper) text {
	took, shown, doubt := "", "", ""
	if op.Arming != nil {
		took = " after " + model.HumanDuration(op.End.At.Sub(op.Arming.At))
	}
	if op.Inferred {
		shown = ", as far as the machine's record shows"
		doubt = " The answer was lost; if somebody reset the machine in the console at the same time, it may be theirs."
	}
	t := say(sign("white_check_mark"), " Done", took, shown, ": ", strong(op.TypedName()), " runs ", op.Plan.Image.OSName,
		".", doubt, " Verified by the cloud's record: image ", mono(op.Plan.Image.ID), ", machine RUNNING.")
	if op.Proving() {
		t = append(t, say(" Whether its ", op.Proof.Service, " port answers is looked at next.")...)
	}
	if op.Single() {
		t = append(t, say(" ", mentionUsers(involved(op)...))...)
	}
	return append(t, say(" ", aftercare.First(op))...)
}
