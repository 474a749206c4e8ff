package screen

import (
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/screen/aftercare"
	"twokey/commands/view"
)

// untouchedText says what was not done, and what a backup image may have done or
// left behind.
func untouchedText(op oper) string {
	m := op.Making
	no := m == nil || m.Stage == reinstall.ImageFailed || m.Stop && m.Stage == reinstall.ImageAsked && !m.Looked
	out := "The machine was not reinstalled."
	switch {
	case op.Disclaimed != "":
		out = "Twokey did not reinstall the machine, but somebody else did (request " + op.Disclaimed +
			"); look at it before you propose again."
	case op.State == reinstall.Superseded: // somebody else did something to it
		out = "Twokey sent nothing; look at the machine before you propose again."
	case no:
		out = "Nothing was done to the machine."
	}
	if no {
		return out
	}
	if m.Stop {
		out += " It was to be powered off for the backup image, so check that it runs."
	}
	if m.ID != "" {
		return out + " The backup image " + m.ID + " (" + m.Name +
			") stays in the account; delete it in the console if it is not wanted."
	}
	return out + " The backup image " + m.Name + " may still be made; delete it in the console if it is not wanted."
}

// outcomeLines words an end, and what to do next.
func outcomeLines(before, after oper) []text {
	if before.State == after.State || after.End == nil {
		return nil
	}
	e := after.End
	name := strong(after.TypedName())
	again := " Make a new proposal with /reinstall if it is still wanted."
	switch after.State {
	case reinstall.Rejected:
		return []text{say(sign("no_entry"), " Rejected by ", who(e.By), ": ", model.Quote(e.Why), ". ",
			untouchedText(after))}
	case reinstall.Cancelled:
		return []text{withReason(say(sign("no_entry_sign"), " Cancelled by ", who(e.By)), e.Why, " "+
			untouchedText(after))}
	case reinstall.Expired:
		return []text{say(sign("hourglass"), " Expired: ", e.Why, ". ", untouchedText(after)+again)}
	case reinstall.Superseded:
		return []text{say(sign("no_entry"), " Superseded: ", e.Why, ". Twokey sent nothing. Look at ", name,
			" before you propose again.")}
	case reinstall.NotSent:
		return []text{say(sign("no_entry"), " Not sent: ", view.EndSentence(e.Why), " ", name,
			" was not touched by Twokey.", spaced(disclaimedText(after)), again)}
	case reinstall.Refused:
		return []text{say(sign("no_entry"), " Refused by the cloud (", mono(e.Code), "): ", view.EndSentence(e.Why),
			" Twokey did nothing to ", name, ".", spaced(disclaimedText(after)))}
	case reinstall.Failed:
		return []text{say(sign("x"), " Failed: the cloud says that the reinstall of ", name, " failed: ",
			view.EndSentence(e.Why),
			" It may not start, and refuses most operations. The way out is another reinstall, with new "+
				"keys: /reinstall ", after.Plan.Instance)}
	case reinstall.Unknown:
		return []text{unknownText(after)}
	case reinstall.Resolved:
		return []text{say(sign("memo"), " Resolved by ", who(e.By), " as ", string(e.As), ": ", model.Quote(e.Why),
			". Set by a person; not confirmed by the cloud.")}
	case reinstall.Done:
		return doneLines(after)
	}
	return nil
}

// disclaimedText takes back what was said of a reset that was taken for ours.
func disclaimedText(op oper) text {
	if op.Disclaimed == "" {
		return nil
	}
	return say("The reset with request ", mono(op.Disclaimed),
		" is not this proposal's, as was said before: somebody reinstalled the machine from outside Twokey.")
}

// noRecordText says before the call what is known of a machine that has no record.
func noRecordText(op oper, t reinstall.AuditEvidence) text {
	if !op.Arming.Baseline.Null() {
		return nil
	}
	if t.Asked.IsZero() {
		return say("The machine has no record of an earlier operation. CloudAudit ",
			view.EndSentence(t.Summary(op.ProposedAt)), " A reset from outside could have gone unseen.")
	}
	return say("The machine has no record of an earlier operation. CloudAudit shows no reset of it since the " +
		"proposal; its events appear late.")
}

func doneLines(after oper) []text {
	took := ""
	if after.Arming != nil {
		took = " after " + model.HumanDuration(after.End.At.Sub(after.Arming.At))
	}
	if after.Inferred {
		return []text{say(sign("white_check_mark"), " Done", took, ", as far as the machine's record shows: ",
			strong(after.TypedName()), " runs ", after.Plan.Image.OSName, " (", mono(after.Plan.Image.ID),
			"), by the reset that appeared after our request (request ", mono(after.RequestID),
			"). The answer was lost; if somebody reset the machine in the console at the same time, it "+
				"may be theirs.", aftercare.VerifiedText(after)), aftercare.ListText(after)}
	}
	by := ""
	if after.Audited {
		by = ", which CloudAudit shows as ours"
	}
	out := say(sign("white_check_mark"), " Done", took, ": ", strong(after.TypedName()), " runs ",
		after.Plan.Image.OSName, " (", mono(after.Plan.Image.ID),
		"), verified by request ", mono(after.RequestID), by, ".", aftercare.VerifiedText(after))
	return []text{out, aftercare.ListText(after)}
}

func operationText(l model.Latest) string {
	if l.Operation == "" {
		return "no operation on record"
	}
	return l.Operation + " " + l.State + ", request " + l.RequestID
}

// OutsideResetText words a reset that no proposal asked for, after this one had ended.
func OutsideResetText(op oper, now model.Instance, t reinstall.AuditEvidence) text {
	by := "from outside Twokey"
	todo := "ask whoever it was; if nobody knows, treat it as an intrusion: look at the console's operation log, " +
		"and change the access keys that may reinstall."
	if own := t.OwnCallText(now.Latest); own != "" {
		by = "by " + own
		todo = "find out whether Redis was restored or emptied, or another Twokey uses this key; if not, treat it " +
			"as an intrusion: change the access key."
	}
	return say(sign("rotating_light"), " ", strong(op.TypedName()), " (", mono(op.Plan.Instance), ") was reinstalled ",
		by, ": ", op.ID, " ", op.State.Words(),
		", and did not cause this reset. Seen: ", mono(operationText(now.Latest)), ", image ",
		mono(orNone(now.ImageID)), ", the machine is ", orNone(now.State), ". ",
		view.Capitalize(view.EndSentence(t.WhoseReset(now.Latest))), " What to do: ", todo)
}

// unknownText lays what is known side by side, and asks those who approved to settle it.
func unknownText(op oper) text {
	name := strong(op.TypedName())
	t := say(sign("question"), " Unknown: ", view.EndSentence(op.End.Why), "\n", mentionUsers(involved(op)...),
		" please settle it; ", name, " (", mono(op.Plan.Instance),
		") stays locked until then.\n• Before the request: ", mono(operationText(op.Arming.Baseline)), ", image ",
		mono(orNone(op.Plan.FromImage)))
	if d := op.End.LastKnown; d != nil {
		t = append(t, say("\n• Seen now: ", lastKnownText(*d), "\n• CloudAudit ", view.EndSentence(d.Audit))...)
	}
	return append(t, say("\n• What would settle it: log in to ", name, " and see whether it runs ",
		op.Plan.Image.OSName, " (", mono(op.Plan.Image.ID),
		"); the console's operation log says who sent which request.\n• Then: /reinstall resolve ", op.ID,
		" done|failed TEXT, with how you know it.")...)
}

// lastKnownText is the other side: what the cloud showed when the outcome was given
// up.
func lastKnownText(d reinstall.LastKnown) text {
	if d.Gone {
		return say("the cloud does not show the machine at all")
	}
	return say(mono(operationText(d.Latest)), ", image ", mono(orNone(d.Image)), ", the machine is ", orNone(d.State))
}
