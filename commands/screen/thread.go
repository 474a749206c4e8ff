package screen

import (
	"cmp"
	"fmt"
	"slices"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// Here is every sentence of the thread. A line tells one transition, in the
// order in which they happened; whoever reads only the thread knows it all.

type (
	text = model.Text
	oper = reinstall.Operation
)

var (
	say    = model.Say
	who    = model.Who
	strong = model.Strong
	mono   = model.Mono
	at     = model.At
	since  = model.Since
	sign   = model.Emoji
)

// EventLines words a transition as lines of the thread, in order. Most events have
// one line; an event that only the card shows has none.
func EventLines(before, after oper, e reinstall.Event) []text {
	if s, ok := e.(reinstall.Shared); ok {
		return sharedLines(before, after, s)
	}
	var out []text
	if l := eventText(before, after, e); l != nil {
		out = append(out, l)
	}
	switch {
	case before.State == reinstall.Proposed && after.State == reinstall.Approved && !after.Leads(): // told by the first, for all
	case before.State == reinstall.Proposed && after.State == reinstall.Approved:
		out = mergeIntoLast(out, say(turnedText(after), rereadText(after)))
	case after.State == reinstall.Ready && before.State != reinstall.Ready:
		out = append(out, say("Re-checked: nothing has changed. ", stillUnpriced(before, e), strong(after.TypedName()), " is wiped in ",
			strong(model.HumanDuration(after.Plan.Terms.Countdown)), ", counted from when this and the card are shown", warnNoBackup(after), ". The card says when. Press Hold to stop it."))
	}
	return append(out, outcomeLines(before, after)...)
}

// mergeIntoLast is one line more, in one post with what brought it about: a countdown
// waits for each.
func mergeIntoLast(lines []text, t text) []text {
	if len(lines) == 0 {
		return []text{t}
	}
	last := len(lines) - 1
	lines[last] = append(lines[last], say("\n", t)...)
	return lines
}

// eventText words what somebody or something did.
func eventText(before, after oper, e reinstall.Event) text {
	switch e := e.(type) {
	case reinstall.Approve:
		k := after.Keys()
		return say(sign("key"), " Approved by ", who(e.By.ID), fmt.Sprintf(" (%d of %d).", len(k.By), k.Needed))
	case reinstall.ConfirmBackup:
		return say(sign("key"), " Backup confirmed by ", who(e.By.ID), ".\n• The cloud vouches for ", evidenceText(e.Evidence),
			".\n• Stated by ", who(e.By.ID), ": typed ", mono(after.Backup.Typed), ".")
	case reinstall.AskImage:
		if e.Stop {
			return stopAsked(before, after, e)
		}
		return say(who(e.By.ID), " asked for a backup image, while the machine runs, so what is being written then may be missing from it. It will be named ", mono(after.Making.Name), ".")
	case reinstall.ImageWaits:
		return say(sign("double_vertical_bar"), " The machine is not stopped for its backup image yet. ", stopWaits(*after.Making))
	case reinstall.ImageGoesOn:
		return say("What the backup image waited for has gone.")
	case reinstall.ImageLooked:
		return stopsNow(before, after)
	case reinstall.ImageStarted:
		return say("The cloud is making the backup image ", mono(e.ID), ". This takes some minutes.")
	case reinstall.ImageReady:
		return say("The backup image ", mono(after.Making.ID), " is ready. Confirm it: press Confirm backup and type the machine's ", confirmWord(after.Plan), ".")
	case reinstall.ImageGone:
		return say(sign("x"), " No backup image: ", view.EndSentence(e.Why), NextSentence(e.Next), " Press Make backup image to try again, or pick another backup.")
	case reinstall.Hold:
		if e.Unchecked {
			return withReason(say(sign("raised_hand"), " Held, for ", who(e.By.ID), " asked to stop it"), e.Why, " Slack could not say whether they may; stopping does not wait for that. Nothing happens until an approver presses Resume.")
		}
		return withReason(say(sign("raised_hand"), " Held by ", who(e.By.ID)), e.Why, " Nothing happens until an approver presses Resume.")
	case reinstall.Resume:
		return say("Resumed by ", who(e.By.ID), ". Everything is read again, then the countdown starts anew.")
	case reinstall.BreakGlass:
		return breakGlassText(before, after)
	case reinstall.Remind:
		return reminderText(after)
	case reinstall.Escalate:
		if !after.Leads() {
			return nil
		}
		return escalationText(after)
	case reinstall.AwaitClearance:
		return driftText(before, after, e.Result)
	case reinstall.Recheck:
		return driftText(before, after, e.Result)
	case reinstall.Disowned:
		return say(sign("warning"), " CloudAudit says that the reset which the machine shows now is not this proposal's: account user ", mono(orNone(e.Event.User)),
			" called it ", e.Event.HowCalled(), ", ", at(e.Event.At), " (request ", mono(e.Event.RequestID), "). What became of our own call is still open.")
	case reinstall.Accepted:
		switch {
		case e.Audited && before.State == reinstall.Sent:
			return say("CloudAudit confirms it: our own request is ", mono(e.RequestID), ".")
		case e.Audited:
			return say("The answer to the call was lost, but CloudAudit shows that it was taken, as a call of our own (request ", mono(e.RequestID), "). Following it; there is no second call.")
		case e.Inferred:
			return say("The answer to the call was lost, but the machine's record shows that it was taken (request ", mono(e.RequestID), "). Following it; there is no second call.")
		}
		return say("The cloud has taken the call (request ", mono(e.RequestID), "). Following it.", disclaimedText(after))
	case reinstall.Arm:
		return say(sign("rotating_light"), " The one call goes out now. From here it cannot be stopped.", noRecordText(after, e.Recheck.Audit))
	case reinstall.Waiting:
		if after.State == reinstall.Approved {
			return say(sign("double_vertical_bar"), " The countdown cannot start yet: ", waitText(after))
		}
		return say(sign("double_vertical_bar"), " The countdown has ended, but the call waits: ", waitText(after))
	case reinstall.CountdownNotShown:
		return say("The countdown cannot be shown: ", view.EndSentence(e.Why))
	case reinstall.CountdownShowable:
		return say("The countdown can be shown again.")
	case reinstall.CountdownShown:
		return say("The countdown stands on the card and in the thread; the wipe starts ", at(after.Starts), ".")
	case reinstall.RestartCountdown:
		switch {
		case e.Older:
			return say(sign("warning"), " Redis shows an older record of this proposal than is known. Everything is read again, and counted down again. Press Hold if that is not wanted.")
		case !before.Announced.IsZero():
			return say(sign("warning"), " The countdown ended long ago, and the call was not made: Twokey was down, or an older record was put back. Everything is read again, and counted down again. Press Hold if that is not wanted.")
		}
		return say("The countdown began in an earlier version of Twokey. Everything is read again, and counted down again.")
	case reinstall.WaitOver:
		return say("What it waited for has gone. Everything is read again, and counted down again.")
	case reinstall.Reseal:
		return say(sign("warning"), " All keys were taken back, for ", view.EndSentence(e.Why), " Turn them again.")
	case reinstall.AnswerLost:
		return say(sign("warning"), " The call went out, but no answer tells whether the cloud took it (", e.Why,
			"). There is no second call: the machine's record will tell.")
	case reinstall.StatusChanged:
		return say("The machine shows ", e.Status, "; the reinstall goes on.")
	case reinstall.BecameSlow:
		return say(sign("hourglass"), " It has run for ", model.HumanDuration(model.SlowAfter), ", longer than usual. ", ticketAdvice(after), " Still following it.")
	case reinstall.CloudUnreachable:
		if e.Muted || !after.Outage.Reported || before.Outage != nil && before.Outage.Reported {
			return nil
		}
		return outageNotice(after, *after.Outage)
	case reinstall.CloudReachable:
		if e.Muted || !before.Outage.Reported {
			return nil
		}
		return say("The cloud answers again", aboutMachine(after), ". What was under way is followed as before.")
	case reinstall.ProofEnded:
		return proofText(after)
	case reinstall.ShowPassword:
		return say("The password is shown to ", who(e.By.ID), ", once, and Twokey has forgotten it. If no form opened, it has to be reset in the console.")
	case reinstall.PasswordNotSeen:
		return say(sign("warning"), " Slack did not open the form, so nobody saw the password. ", who(after.Proposer), " may press Show password again.")
	}
	return nil
}

// driftText words a re-check that took the keys back.
func driftText(before, after oper, r reinstall.RecheckResult) text {
	if n := len(before.Revoked); len(after.Revoked) > n {
		t := revokedText(after, after.Revoked[n:])
		if !after.Single() {
			t = append(t, say(keysAskedAgain(after))...)
		}
		return t
	}
	if after.State != reinstall.Proposed {
		return nil
	}
	t := say(sign("warning"), " Something changed since the keys were turned, so they no longer count:")
	changes := before.ChangesSince(r, after.Expires.Add(-after.Plan.Terms.ExpiresAfter))
	for _, c := range changes {
		t = append(t, say("\n• ", c.Name, ": ", mono(orNone(c.Old)), " became ", mono(orNone(c.New)))...)
	}
	t = append(t, tagAdvice(changes)...)
	if before.ResetOutside(r) {
		t = append(t, say("\n", sign("rotating_light"), " ", view.Capitalize(view.EndSentence(r.MeanwhileText())))...)
	}
	return append(t, say(keysAskedAgain(after))...)
}

func orNone(s string) string { return cmp.Or(s, "none") }

// turnedText says which keys are turned, and loudly which is not.
func turnedText(op oper) string {
	if op.Keys().Backup {
		return "Both keys are turned."
	}
	return "The approvals are there; NO BACKUP is confirmed, and the policy asks for none."
}

func warnNoBackup(op oper) string {
	if op.Keys().Backup {
		return ""
	}
	return ", WITHOUT a confirmed backup"
}

// untouchedText says what was not done, and what a backup image may have done or
// left behind.
func untouchedText(op oper) string {
	m := op.Making
	no := m == nil || m.Stage == reinstall.ImageFailed || m.Stop && m.Stage == reinstall.ImageAsked && !m.Looked
	out := "The machine was not reinstalled."
	switch {
	case op.Disclaimed != "":
		out = "Twokey did not reinstall the machine, but somebody else did (request " + op.Disclaimed + "); look at it before you propose again."
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
		return out + " The backup image " + m.ID + " (" + m.Name + ") stays in the account; delete it in the console if it is not wanted."
	}
	return out + " The backup image " + m.Name + " may still be made; delete it in the console if it is not wanted."
}

// withReason adds a reason that somebody typed, if there is one, and the rest.
func withReason(t text, why string, rest ...any) text {
	if why = model.CleanText(why); why != "" {
		t = append(t, say(": ", model.Quote(why))...)
	}
	return append(append(t, say(".")...), say(rest...)...)
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
		return []text{say(sign("no_entry"), " Rejected by ", who(e.By), ": ", model.Quote(e.Why), ". ", untouchedText(after))}
	case reinstall.Cancelled:
		return []text{withReason(say(sign("no_entry_sign"), " Cancelled by ", who(e.By)), e.Why, " "+untouchedText(after))}
	case reinstall.Expired:
		return []text{say(sign("hourglass"), " Expired: ", e.Why, ". ", untouchedText(after)+again)}
	case reinstall.Superseded:
		return []text{say(sign("no_entry"), " Superseded: ", e.Why, ". Twokey sent nothing. Look at ", name, " before you propose again.")}
	case reinstall.NotSent:
		return []text{say(sign("no_entry"), " Not sent: ", view.EndSentence(e.Why), " ", name, " was not touched by Twokey.", disclaimedText(after), again)}
	case reinstall.Refused:
		return []text{say(sign("no_entry"), " Refused by the cloud (", mono(e.Code), "): ", view.EndSentence(e.Why), " Twokey did nothing to ", name, ".", disclaimedText(after))}
	case reinstall.Failed:
		return []text{say(sign("x"), " Failed: the cloud says that the reinstall of ", name, " failed: ", view.EndSentence(e.Why),
			" The machine may not start, and refuses most operations; the way out is another reinstall, with new keys: /reinstall ", after.Plan.Instance)}
	case reinstall.Unknown:
		return []text{unknownText(after)}
	case reinstall.Resolved:
		return []text{say(sign("memo"), " Resolved by ", who(e.By), " as ", string(e.As), ": ", model.Quote(e.Why), ". This is a person's word, not the cloud's.")}
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
	return say(" The reset with request ", mono(op.Disclaimed), " was taken for this proposal's before that was known. It is somebody else's: the machine was reinstalled from outside Twokey.")
}

// noRecordText says before the call what is known of a machine that has no record.
func noRecordText(op oper, t reinstall.AuditEvidence) text {
	if !op.Arming.Baseline.Null() {
		return nil
	}
	if t.Asked.IsZero() {
		return say(" The machine has no record of an earlier operation. CloudAudit ", view.EndSentence(t.Summary(op.ProposedAt)), " A reset from outside could have gone unseen.")
	}
	return say(" The machine has no record of an earlier operation. CloudAudit shows no reset of it since the proposal; its events appear late.")
}

func doneLines(after oper) []text {
	took := ""
	if after.Arming != nil {
		took = " after " + model.HumanDuration(after.End.At.Sub(after.Arming.At))
	}
	if after.Inferred {
		return []text{say(sign("white_check_mark"), " Done", took, ", as far as the machine's record shows: ", strong(after.TypedName()), " runs ", after.Plan.Image.OSName, " (", mono(after.Plan.Image.ID),
			"), by the reset that appeared after our call (request ", mono(after.RequestID), "). The call's own answer was lost; if somebody reset the machine in the console at the same time, it may be theirs.", verifiedText(after)), nextSteps(after)}
	}
	by := ""
	if after.Audited {
		by = ", which CloudAudit shows as our call"
	}
	out := say(sign("white_check_mark"), " Done", took, ": ", strong(after.TypedName()), " runs ", after.Plan.Image.OSName, " (", mono(after.Plan.Image.ID),
		"), verified by request ", mono(after.RequestID), by, ".", verifiedText(after))
	return []text{out, nextSteps(after)}
}

func nextSteps(after oper) text {
	next := say(strong("What to do next"))
	for i, step := range Aftercare(after.Plan, after.LogIn) {
		next = append(next, say(fmt.Sprintf("\n%d. ", i+1), step)...)
	}
	return next
}

func operationText(l model.Latest) string {
	if l.Operation == "" {
		return "no operation on record"
	}
	return l.Operation + " " + l.State + ", request " + l.RequestID
}

// OpeningText is the first line of a thread: it calls those who can approve.
func OpeningText(ops []oper) text {
	first := ops[0]
	t := say(who(first.Proposer), " asks to wipe and reinstall ")
	if len(ops) > 1 {
		t = append(t, say(MachineCount(len(ops)), ": ")...)
	}
	for i, op := range ops {
		if i > 0 {
			t = append(t, say(", ")...)
		}
		t = append(t, say(strong(op.TypedName()), " (", mono(op.Plan.Instance), ", ", op.Plan.Region, ")")...)
	}
	if first.Request.Reason != "" {
		t = append(t, say(": ", model.Quote(first.Request.Reason))...)
	}
	return append(append(t, say(". ")...), asksToApprove(ops)...)
}

// asksToApprove calls those who can approve any of the machines, or says that they
// are told directly.
func asksToApprove(ops []oper) text {
	called := slices.DeleteFunc(slices.Clone(ops), func(op oper) bool { return !op.Plan.Terms.Asking.Notify.InChannel() })
	first := ops[0]
	need := "one of you"
	switch {
	case len(called) == 0:
		return directNotice(ops)
	case len(ops) > 1:
		return append(mentionAllApprovers(called), say("please read the card; it says how many of you must approve, by ", at(earliestExpiry(ops)), ".")...)
	case len(first.Plan.Terms.Quorum) > 0:
		return say("Please read the card: ", quorumText(first), " must approve by ", at(first.Expires), ".")
	case first.Plan.Terms.Approvals > 1:
		need = fmt.Sprintf("%d of you", first.Plan.Terms.Approvals)
	}
	return append(mentionApprovers(first), say("please read the card; "+need+" must approve by ", at(first.Expires), ".")...)
}

// OutsideResetText words a reset that no proposal asked for, after this one had ended.
func OutsideResetText(op oper, now model.Instance, t reinstall.AuditEvidence) text {
	by := "from outside Twokey"
	todo := "ask whoever it was; if nobody knows, treat it as an intrusion: look at the console's operation log, and change the access keys that may reinstall."
	if own := t.OwnCallText(now.Latest); own != "" {
		by = "by " + own
		todo = "find out whether Redis was restored or emptied, or another Twokey uses this key; if not, treat it as an intrusion: change the access key."
	}
	return say(sign("rotating_light"), " ", strong(op.TypedName()), " (", mono(op.Plan.Instance), ") was reinstalled ", by, ": ", op.ID, " ", op.State.Words(),
		", and this reset is none of its own. Seen: ", mono(operationText(now.Latest)), ", image ", mono(orNone(now.ImageID)), ", the machine is ", orNone(now.State), ". ",
		view.Capitalize(view.EndSentence(t.WhoseReset(now.Latest))), " What to do: ", todo)
}

// mentionAllApprovers mentions all who may approve any of them, each once.
func mentionAllApprovers(ops []oper) text {
	var all model.People
	for _, op := range ops {
		p := op.Approvers()
		all.Groups = append(all.Groups, p.Groups...)
		all.Users = append(all.Users, p.Users...)
	}
	slices.Sort(all.Groups)
	slices.Sort(all.Users)
	all.Groups, all.Users = slices.Compact(all.Groups), slices.Compact(all.Users)
	return mentionPeople(all, ops[0].Proposer)
}

// mentionApprovers mentions those who can approve, each followed by a space.
func mentionApprovers(op oper) text { return mentionPeople(op.Approvers(), op.Proposer) }

// mentionPeople names people so that they are notified, each followed by a space.
func mentionPeople(p model.People, except string) text {
	var t text
	for _, g := range p.Groups {
		t = append(t, say(model.Everyone(g), " ")...)
	}
	for _, u := range p.Users {
		if u != except {
			t = append(t, say(who(u), " ")...)
		}
	}
	return t
}

// unknownText lays what is known side by side, and calls those who can settle it.
func unknownText(op oper) text {
	name := strong(op.TypedName())
	t := say(sign("question"), " Unknown: ", view.EndSentence(op.End.Why), "\n", mentionApprovers(op), "please settle it; ", name, " (", mono(op.Plan.Instance),
		") stays locked until then.\n• Before the call: ", mono(operationText(op.Arming.Baseline)), ", image ", mono(orNone(op.Plan.FromImage)))
	if d := op.End.LastKnown; d != nil {
		t = append(t, say("\n• Seen now: ", lastKnownText(*d), "\n• CloudAudit ", view.EndSentence(d.Audit))...)
	}
	return append(t, say("\n• What would settle it: log in to ", name, " and see whether it runs ", op.Plan.Image.OSName, " (", mono(op.Plan.Image.ID),
		"); the console's operation log says who called what.\n• Then: /reinstall resolve ", op.ID, " done|failed TEXT, with how you know it.")...)
}

// lastKnownText is the other side: what the cloud showed when the outcome was given
// up.
func lastKnownText(d reinstall.LastKnown) text {
	if d.Gone {
		return say("the cloud does not show the machine at all")
	}
	return say(mono(operationText(d.Latest)), ", image ", mono(orNone(d.Image)), ", the machine is ", orNone(d.State))
}

// RefusalText words a refusal for the person who caused it.
func RefusalText(r *model.Refusal) text {
	return say(sign("no_entry"), " ", strong(r.What), ": ", RefusalBody(r))
}

// RefusalBody is a refusal without its first part.
func RefusalBody(r *model.Refusal) text {
	if r.Words != nil {
		return say(r.Words, ". ", view.EndSentence(r.Next))
	}
	return say(view.EndSentence(r.Why), " ", view.EndSentence(r.Next))
}

// quorumText words an operation's quorum: "1 of @oncall and 1 of @dba".
func quorumText(op oper) text { return view.SeatWords(op.Plan.Terms, op.Proposer) }
