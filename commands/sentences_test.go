package commands

import (
	"time"

	"twokey/commands/reinstall"
)

// What the tests outside of this package look at: every sentence that it can
// make of an operation.

// Sentences are the lines and whispers that tell of an event, and all others
// that are made of an operation.
func Sentences(before, after reinstall.Operation, e reinstall.Event, words string, now time.Time) []reinstall.Text {
	doubt := reinstall.Testimony{Failed: words}
	if after.Proof == nil || after.Proof.Shown == nil {
		panic("the operation has no proof")
	}
	out := append(tell(before, after, e), opening(after), unknown(after), row(after), proved(after), reminder(after), escalation(after),
		broken(before, after), nextSteps(after), verified(after), drift(before, after, reinstall.Reading{Plan: after.Plan, Latest: after.Baseline}),
		outside(after, reinstall.Instance{Latest: after.Baseline, ImageID: words, State: words}, doubt),
		lapsed(after, after.Lapses), waiting(after), oneOf(after), imageIntro(after), frozen(Freeze{By: words, Why: words, When: now}),
		refusal(reinstall.Refuse(words, words, words)), meanwhile(reinstall.Refuse("Not approved", words, words)),
		refusal(ambiguous(words, words, []reinstall.Instance{{Ref: after.Plan.Ref, Name: words, PrivateIPs: after.Plan.PrivateIPs}})))
	ops := []oper{after, before}
	if after.End != nil {
		out = append(out, ended(after))
	}
	out = append(out, asksYou(ops[:1]), asksYou(ops), endedAll(ops), toldDirectly(ops), calledHere(ops, words), youHere(words, words, ops), outcomeHere(words, words))
	if after.Batch != nil {
		out = append(out, openingOf([]oper{after, before}))
	}
	out = append(out, aroundLines(after.Around, after.Plan.Terms, false)...)
	return append(threadLines(after, e, out), out...)
}

// Forms are the dialogs that show something of operations.
func Forms(ops []reinstall.Operation, now time.Time) []Form {
	return []Form{backupForm(ops[0], ops[0].Evidence, now), backupsForm(ops, now)}
}
