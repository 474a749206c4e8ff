package reinstall_test

import (
	"twokey/commands/reinstall"
)

// A subState is what a record says within a state: an operation of which it is
// so, and what the record says of the same matter afterwards.
type subState struct {
	name string
	of   reinstall.Operation
	look func(reinstall.Operation) string
}

// wordIf looks whether something holds.
func wordIf(word string, holds func(reinstall.Operation) bool) func(reinstall.Operation) string {
	return func(op reinstall.Operation) string {
		if holds(op) {
			return word
		}
		return ""
	}
}

// after is the operation after some events.
func after(t failer, op reinstall.Operation, es ...reinstall.Event) reinstall.Operation {
	t.Helper()
	for _, e := range es {
		op = mustStep(t, op, e, soon)
	}
	return op
}

// subStates lists them in the order of a proposal's life.
func subStates(t failer) []subState {
	t.Helper()
	of := func(name string, holds func(reinstall.Operation) bool, op reinstall.Operation) subState {
		return subState{name, op, wordIf(name, holds)}
	}
	approved, ready, armed, sent := inState(t, reinstall.Approved), inState(t, reinstall.Ready),
		inState(t, reinstall.Armed), inState(t, reinstall.Sent)
	absent := reinstall.Waiting{Why: "it is not shown", Absent: "the image"}
	full := reinstall.Waiting{Why: "the budget is full", KeepsPosition: true}
	silent := reinstall.CloudUnreachable{Why: "it does not answer"}
	checked := behindLead(approved)
	checked.Batch.Checked = true
	shown := inState(t, reinstall.Done)
	shown.Password = "sealed"
	own := after(t, ready, reinstall.Hold{By: person("U0ANN")})
	out := append(keyStates(t), imageStates(t)...)
	return append(out,
		of("waiting", isWaiting, after(t, approved, full)),
		of("doubted", isDoubted, after(t, approved, absent)),
		of("checked", reinstall.Operation.Checked, checked),
		of("waiting", isWaiting, after(t, ready, full)),
		subState{"unshown", unshown(t, false), countdownOf},
		subState{"unshowable", after(t, unshown(t, false), reinstall.CountdownNotShown{
			Of: unshown(t, false).Announced, Why: "the channel is archived",
		}), countdownOf},
		subState{"unsaid", unshown(t, true), countdownOf},
		of("own_hold", isOwnHold, own),
		of("lost", isAnswerLost, after(t, armed, reinstall.AnswerLost{Why: "no answer"})),
		of("another's", isAnothers, after(t, armed, events(armed)[indexOf(t, "not ours")])),
		of("silent", isSilent, after(t, armed, silent)),
		of("silent", isSilent, after(t, sent, silent)),
		of("slow", isSlow, after(t, sent, reinstall.BecameSlow{})),
		of("inferred", isInferred, guessed(t, reinstall.Sent, false)),
		of("inferred", isInferred, guessed(t, reinstall.Done, false)),
		of("inferred", isInferred, guessed(t, reinstall.Failed, false)),
		of("inferred", isInferred, guessed(t, reinstall.Unknown, false)),
		of("proving", reinstall.Operation.Proving, inState(t, reinstall.Done)),
		of("password", hasPassword, shown),
	)
}

func isWaiting(op reinstall.Operation) bool    { return op.Waits != "" }
func isDoubted(op reinstall.Operation) bool    { return op.Absence != nil }
func isOwnHold(op reinstall.Operation) bool    { return op.HeldBy == op.Proposer }
func isAnswerLost(op reinstall.Operation) bool { return op.AnswerLost != "" }
func isAnothers(op reinstall.Operation) bool   { return op.OtherReset != nil }
func isSilent(op reinstall.Operation) bool     { return op.Outage != nil }
func isSlow(op reinstall.Operation) bool       { return op.Slow }
func isInferred(op reinstall.Operation) bool   { return op.Inferred }
func hasPassword(op reinstall.Operation) bool  { return op.Password != "" }

// countdownOf says how far the showing of a countdown is.
func countdownOf(op reinstall.Operation) string {
	switch {
	case op.State != reinstall.Ready || op.CountdownRuns():
		return ""
	case op.Announced.IsZero():
		return "unsaid"
	case op.Waits != "":
		return "unshowable"
	}
	return "unshown"
}

// keyStates are what is so while keys are collected.
func keyStates(t failer) []subState {
	t.Helper()
	asked := glass(t, 2)
	op := inState(t, reinstall.Approved)
	r := reading(op)
	for who, s := range r.Actors {
		s.Approver = false
		r.Actors[who] = s
	}
	revoked := after(t, op, reinstall.Recheck{Result: r})
	recalled := after(t, op, reinstall.Reseal{Why: reinstall.WhyOlder})
	called := mustStep(t, asked, reinstall.Escalate{}, soon)
	less := after(t, asked, reinstall.BreakGlass{
		By: person("U0BOB"), Why: "it is on fire", Fingerprint: asked.Fingerprint,
	})
	return []subState{
		{"recalled", recalled, wordIf("recalled", func(op reinstall.Operation) bool { return op.Recalled != nil })},
		{"revoked", revoked, wordIf("revoked", func(op reinstall.Operation) bool { return len(op.Revoked) > 0 })},
		{"escalated", called, wordIf("escalated", func(op reinstall.Operation) bool { return !op.Escalated.IsZero() })},
		{"one_less", less, wordIf("one_less", reinstall.Operation.BreakGlassCounts)},
	}
}

// imageStates are the stages of a backup image of our own.
func imageStates(t failer) []subState {
	t.Helper()
	op := glass(t, 2)
	asked := after(t, op, reinstall.AskImage{By: person("U0ANN")})
	owed := after(t, op, reinstall.AskImage{By: person("U0ANN"), Stop: true})
	agreed := after(t, owed, reinstall.AskImage{By: person("U0BOB"), Stop: true})
	making := after(t, asked, reinstall.ImageStarted{ID: "img-b"})
	var out []subState
	for _, op := range []reinstall.Operation{
		asked, owed, agreed, after(t, agreed, reinstall.ImageWaits{Why: "the hours are closed", Until: later}),
		making, after(t, making, reinstall.ImageReady{Evidence: op.Evidence}),
		after(t, making, reinstall.ImageGone{Why: "x"}),
	} {
		out = append(out, subState{imageOf(op), op, imageOf})
	}
	silent := after(t, making, reinstall.CloudUnreachable{Why: "it does not answer"})
	return append(out, subState{"silent", silent, wordIf("silent", isSilent)})
}

// imageOf says how far a backup image is.
func imageOf(op reinstall.Operation) string {
	m := op.Making
	switch {
	case m == nil:
		return ""
	case m.Stage == reinstall.ImageFailed:
		return "unmade"
	case m.Stage != reinstall.ImageAsked || !m.Stop:
		return m.Stage
	case m.Waits != "":
		return "stop_waits"
	case op.StopPending():
		return "stop_owed"
	}
	return "stop_agreed"
}

// indexOf is the number of an event among events.
func indexOf(t failer, name string) int {
	t.Helper()
	for i, e := range events(proposal(t, 1)) {
		if e.Name() == name {
			return i
		}
	}
	t.Fatalf("no event %q", name)
	return 0
}
