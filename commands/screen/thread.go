package screen

import (
	"cmp"
	"fmt"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/screen/aftercare"
	"twokey/commands/view"
)

// Here is every sentence of the record: the audit has them all. Tell makes the thread's
// messages of them.

type (
	text = view.Text
	oper = reinstall.Operation
)

var (
	say    = view.Say
	who    = view.Who
	strong = view.Strong
	mono   = view.Mono
	at     = view.At
	since  = view.Since
	sign   = view.Emoji
)

// EventLines words a transition for the record, in order. Most events have one line.
func EventLines(before, after oper, e reinstall.Event) []text {
	if s, ok := e.(reinstall.Shared); ok {
		return sayFor(EventLines(before, after, s.Event), s)
	}
	var out []text
	if l := eventText(before, after, e); l != nil {
		out = append(out, l)
	}
	switch {
	// told by the first, for all
	case before.State == reinstall.Proposed && after.State == reinstall.Approved && !after.Leads():
	case before.State == reinstall.Proposed && after.State == reinstall.Approved:
		out = mergeIntoLast(out, say("\n", turnedText(after), rereadText(after)))
	case after.State == reinstall.Ready && before.State != reinstall.Ready:
		out = append(out, say("Re-checked: nothing has changed. ", stillUnpriced(before, e), strong(after.TypedName()),
			" is wiped in ", strong(model.HumanDuration(after.Plan.Terms.Countdown)),
			", counted from when this and the card are shown", warnNoBackup(after),
			". The card says when. Press Hold to stop it: ", after.Plan.Terms.Hold.Words(), " may."))
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
	lines[last] = append(lines[last], t...)
	return lines
}

// eventText words what somebody or something did.
func eventText(before, after oper, e reinstall.Event) text {
	switch e := e.(type) {
	case reinstall.Approve:
		k := after.Keys()
		return say(sign("key"), " Approved by ", who(e.By.ID), fmt.Sprintf(" (%d of %d).", len(k.By), k.Needed))
	case reinstall.ConfirmBackup:
		return say(sign("key"), " Backup confirmed by ", who(e.By.ID), ".\n• The cloud has ",
			evidenceText(e.Evidence),
			".\n• Stated by ", who(e.By.ID), ": typed ", mono(after.Backup.Typed), ".")
	case reinstall.AskImage:
		if e.Stop {
			return stopAsked(before, after, e)
		}
		return say(who(e.By.ID), " asked for a backup image while the machine runs. What is being written then "+
			"may be missing from it. Its name will be ", mono(after.Making.Name), ".")
	case reinstall.ImageWaits:
		return say(sign("double_vertical_bar"), " The machine is not stopped for its backup image yet. ",
			stopWaits(*after.Making))
	case reinstall.ImageGoesOn:
		return say("The backup image no longer has to wait.")
	case reinstall.ImageLooked:
		return stopsNow(before, after)
	case reinstall.ImageStarted:
		return say("The cloud is making the backup image ", mono(e.ID), ". This takes some minutes.")
	case reinstall.ImageReady:
		return say("The backup image ", mono(after.Making.ID),
			" is ready. Confirm it: press Confirm backup and type the machine's ", confirmWord(after.Plan), ".")
	case reinstall.ImageGone:
		return say(sign("x"), " No backup image: ", view.EndSentence(e.Why), NextSentence(e.Next),
			" Press Make backup image to try again, or pick another backup.")
	case reinstall.Hold:
		if e.Unchecked {
			return withReason(say(sign("raised_hand"), " Held, for ", who(e.By.ID), " asked to stop it"), e.Why,
				" Slack could not say whether they may; stopping does not wait for that. Nothing happens until an "+
					"approver presses Resume.")
		}
		return withReason(say(sign("raised_hand"), " Held by ", who(e.By.ID)), e.Why,
			" Nothing happens until an approver presses Resume.")
	case reinstall.Resume:
		return say("Resumed by ", who(e.By.ID), ". Everything is checked again, then the countdown restarts.")
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
		return say(sign("warning"), " CloudAudit says that the reset which the machine shows now is not this "+
			"proposal's: account user ", mono(orNone(e.Event.User)),
			" sent it ", e.Event.HowCalled(), ", ", at(e.Event.At), " (request ", mono(e.Event.RequestID),
			"). Whether the cloud took our own request is still open.")
	case reinstall.Accepted:
		switch {
		case e.Audited && before.State == reinstall.Sent:
			return say("CloudAudit confirms our request: ", mono(e.RequestID), ".")
		case e.Audited:
			return say("The answer was lost, but CloudAudit shows that the cloud took our request (", mono(e.RequestID),
				"). Following it; Twokey will not send it again.")
		case e.Inferred:
			return say("The answer was lost, but the machine's record shows that the cloud took the request (",
				mono(e.RequestID), "). Following it; Twokey will not send it again.")
		}
		return say("The cloud has taken the request (", mono(e.RequestID), "). Following it.",
			spaced(disclaimedText(after)))
	case reinstall.Arm:
		return say(sign("rotating_light"), " Sending the ResetInstance request now. It can no longer be stopped.",
			spaced(noRecordText(after, e.Recheck.Audit)))
	case reinstall.Waiting:
		if after.State == reinstall.Approved {
			return say(sign("double_vertical_bar"), " The countdown cannot start yet: ", waitText(after))
		}
		return say(sign("double_vertical_bar"), " The countdown has ended. The ResetInstance request waits: ",
			waitText(after))
	case reinstall.CountdownNotShown:
		return say("The countdown cannot be shown: ", view.EndSentence(e.Why))
	case reinstall.CountdownShowable:
		return say("The countdown can be shown again.")
	case reinstall.CountdownShown:
		return say("The card and the thread show the countdown; the wipe starts ", at(after.Starts), ".")
	case reinstall.RestartCountdown:
		switch {
		case e.Older:
			return say(sign("warning"), " Redis shows an older record of this proposal. Everything "+
				"is checked again and the countdown restarts. Press Hold to stop it.")
		case !before.Announced.IsZero():
			return say(sign("warning"), " The countdown ended long ago, and Twokey sent no request. Twokey was "+
				"down, or somebody put back an older record. Everything is checked again and the countdown "+
				"restarts. Press Hold to stop it.")
		}
		return say("The countdown began in an earlier version of Twokey. Everything is checked again and the " +
			"countdown restarts.")
	case reinstall.WaitOver:
		return say("The reason for waiting is over. Everything is checked again and the countdown restarts.")
	case reinstall.Reseal:
		return say(sign("warning"), " All keys are void: ", view.EndSentence(e.Why),
			" Approve and confirm again.")
	case reinstall.AnswerLost:
		return say(sign("warning"), " The answer was lost (", e.Why, "). Twokey will not send the request again; it "+
			"is checking the machine's last operation.")
	case reinstall.StatusChanged:
		return say("The machine shows ", e.Status, "; the reinstall goes on.")
	case reinstall.BecameSlow:
		return say(sign("hourglass"), " It has run for ", model.HumanDuration(model.SlowAfter), ", longer than usual. ",
			ticketAdvice(after), " Still following it.")
	case reinstall.CloudUnreachable:
		if e.Muted || !after.Outage.Reported || before.Outage != nil && before.Outage.Reported {
			return nil
		}
		return outageNotice(after, *after.Outage)
	case reinstall.CloudReachable:
		if e.Muted || !before.Outage.Reported {
			return nil
		}
		return say("The cloud answers again", aboutMachine(after), ". Twokey goes on following what was under way.")
	case reinstall.ProofEnded:
		return aftercare.ProofText(after)
	case reinstall.ShowPassword:
		return say("The password is shown to ", who(e.By.ID),
			", once, and Twokey has forgotten it. If no form opened, it has to be reset in the console.")
	case reinstall.PasswordNotSeen:
		return say(sign("warning"), " Slack did not open the form, so nobody saw the password. ", who(after.Proposer),
			" may press Show password again.")
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
	t := say(sign("warning"), " Something changed after the approvals, so the keys no longer count:")
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

// spaced is a text with a space in front; nothing stays nothing.
func spaced(t text) text {
	if t == nil {
		return nil
	}
	return say(" ", t)
}

func orNone(s string) string { return cmp.Or(s, "none") }

// turnedText says which keys are turned, and loudly which is not.
func turnedText(op oper) string {
	if op.Keys().Backup {
		return "Both keys are there."
	}
	return "The approvals are there; NO BACKUP is confirmed, and the policy requires none."
}

func warnNoBackup(op oper) string {
	if op.Keys().Backup {
		return ""
	}
	return ", WITHOUT a confirmed backup"
}

// withReason adds a reason that somebody typed, if there is one, and the rest.
func withReason(t text, why string, rest ...any) text {
	if why = model.CleanText(why); why != "" {
		t = append(t, say(": ", model.Quote(why))...)
	}
	return append(append(t, say(".")...), say(rest...)...)
}
