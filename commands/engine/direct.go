package engine

import (
	"fmt"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/screen"
)

// notifyPosts ask the outbox to tell the approvers directly; none if the terms do
// not want that.
func notifyPosts(op string, rev int64, ops ...reinstall.Operation) []port.Post {
	if len(screen.NotifiedDirectly(ops)) == 0 {
		return nil
	}
	return []port.Post{{Kind: port.PostNotify, Key: fmt.Sprintf("%s.%d.call", op, rev), Op: op, Rev: rev}}
}

// directPosts ask the outbox for what a transition has people told directly: the
// proposer of an end that is not their own doing, and who is called in.
func directPosts(before, after reinstall.Operation, e reinstall.Event, rev int64) []port.Post {
	if !after.Plan.Terms.Asking.Notify.Directly() {
		return nil
	}
	if _, is := e.(reinstall.Escalate); is && after.Leads() {
		return notifyPosts(after.ID, rev, after)
	}
	if before.State == after.State || after.End == nil || after.End.By == after.Proposer {
		return nil
	}
	return []port.Post{{Kind: port.PostNotify, Key: fmt.Sprintf("%s.%d.outcome", after.ID, rev), Op: after.ID, Rev: rev, User: after.Proposer, Text: screen.OutcomeText([]reinstall.Operation{after})}}
}
