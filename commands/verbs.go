package commands

// stops are the verbs that stop something. Whoever uses one is never kept
// waiting by Slack, and nothing is armed while one of them is being looked into.
func stops(verb string) bool {
	return verb == VerbHold || verb == VerbCancel || verb == VerbReject || verb == VerbFreeze
}

// turnsKeys reports a verb that brings a proposal nearer to its call.
func turnsKeys(verb string) bool {
	return verb == VerbApprove || verb == VerbBackup || verb == VerbImage || verb == VerbResume || verb == VerbBreakGlass
}
