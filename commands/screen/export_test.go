package screen

import (
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/view"
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
	out := append(Tell(before, after, e), Opening([]oper{after}), unknown(after), row(after), proved(after), reminder(after), escalation(after),
		broken(before, after), nextSteps(after), verified(after), drift(before, after, reinstall.Reading{Plan: after.Plan, Latest: after.Baseline}),
		Outside(after, reinstall.Instance{Latest: after.Baseline, ImageID: words, State: words}, doubt),
		lapsed(after, after.Lapses), waiting(after), OneOf(after), imageIntro(after), frozen(reinstall.Freeze{By: words, Why: words, When: now}),
		Refusal(reinstall.Refuse(words, words, words)), Meanwhile(reinstall.Refuse("Not approved", words, words)),
		Refusal(Ambiguous(words, words, []reinstall.Instance{{Ref: after.Plan.Ref, Name: words, PrivateIPs: after.Plan.PrivateIPs}})))
	ops := []oper{after, before}
	if after.End != nil {
		out = append(out, Ended([]oper{after}))
	}
	out = append(out, AsksYou(ops[:1]), AsksYou(ops), Ended(ops), toldDirectly(ops), CalledHere(ops, words), YouHere(words, words, ops), OutcomeHere(words, words))
	out = append(out, Opening(ops))
	out = append(out, AroundLines(after.Around, after.Plan.Terms, false)...)
	return append(ThreadLines(after, e, out), out...)
}

// Forms are the dialogs that show something of operations.
func Forms(ops []reinstall.Operation, now time.Time) []view.Form {
	single := ops[0]
	single.Batch = nil
	return []view.Form{BackupForm([]oper{single}, now), BackupForm(ops, now)}
}
