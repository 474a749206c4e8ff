package screen

import (
	"twokey/commands/reinstall"
	"twokey/commands/view"
)

// willStop is the warning that the machine is going to be stopped for its image.
// It stands on the card from the moment it is asked for.
func willStop(op oper) []text {
	if !op.StopAsked() {
		return nil
	}
	m := op.Making
	t := say(sign("warning"), " ", strong(op.TypedName()), " ", strong("WILL BE STOPPED"),
		" for its backup image, as ", who(m.By), " asks. ")
	switch {
	case op.StopPending():
		agrees := "Approving agrees to that, too."
		if k := op.Keys(); len(k.By) >= k.Needed {
			agrees = "Break-glass does not cover that: an approver agrees by Make backup image."
		}
		return []text{append(t, say(agrees)...)}
	case m.Waits != "":
		return []text{append(append(t, stopWaits(*m)...), say(" Then it is stopped.")...)}
	}
	return []text{append(t, say("Enough people agreed, so Twokey stops it now.")...)}
}

// stopPending says who has to agree that the machine is stopped.
func stopPending(op oper) string {
	approve := "Approving agrees to that, too: it is stopped once all approvals are there, or as soon as"
	if k := op.Keys(); len(k.By) >= k.Needed {
		approve = "Break-glass does not cover that: it is stopped once"
	}
	return approve + " an approver who did not make the proposal agrees: Make backup image, or /reinstall image " +
		op.ID + " --stop."
}

// stopWaits says why a stop that is agreed to is not made yet.
func stopWaits(m reinstall.BackupImage) text {
	if m.Until.IsZero() {
		return say("It waits: ", view.EndSentence(m.Waits))
	}
	return say("It waits: ", m.Waits, "; the next opening is ", at(m.Until), ".")
}

// stopAsked words that somebody asked for an image, or agreed to one, for which
// the machine is stopped.
func stopAsked(before, after oper, e reinstall.AskImage) text {
	name := strong(after.TypedName())
	switch {
	case before.StopAsked():
		return say(sign("key"), " ", who(e.By.ID), " agreed that ", name, " is stopped for its backup image.")
	case after.StopPending():
		return say(who(e.By.ID), " asked for a backup image for which ", name,
			" WILL BE STOPPED. Nobody stops a machine alone. ", stopPending(after))
	}
	return say(who(e.By.ID), " asked for a backup image, with the machine powered off: ", name,
		" WILL BE STOPPED for it. Its name will be ", mono(after.Making.Name), ".")
}

// stopsNow says on whose word the machine is stopped.
func stopsNow(before, after oper) text {
	if !after.StopAsked() || before.Making == nil || before.Making.Looked {
		return nil
	}
	return say("As ", joinNames(after.AgreedBy()), " agreed, Twokey now stops ", strong(after.TypedName()),
		" for its backup image.")
}

// joinNames names several people: "@Bob and @Cho".
func joinNames(ids []string) text {
	var t text
	for i, id := range ids {
		switch {
		case i > 0 && i == len(ids)-1:
			t = append(t, say(" and ")...)
		case i > 0:
			t = append(t, say(", ")...)
		}
		t = append(t, who(id))
	}
	return t
}
