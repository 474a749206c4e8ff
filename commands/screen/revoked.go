package screen

import (
	"twokey/commands/reinstall"
	"twokey/commands/view"
)

// revokedText words approvals that were taken back for who gave them.
func revokedText(after oper, gone []reinstall.RevokedApproval) text {
	var t text
	for _, l := range gone {
		t = append(t, say(sign("warning"), " The approval of ", who(l.By), " no longer counts: ",
			view.EndSentence(l.Why), " ")...)
	}
	if after.State != reinstall.Proposed {
		return append(t, say("The others are enough.")...)
	}
	return append(append(t, say("Another one is needed. ")...), append(mentionPeople(after.PendingApprovers(),
		after.Proposer), say("please read the card and approve by ", at(after.Expires), ".")...)...)
}
