package commands

import (
	"context"
	"errors"
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
	d := &Desk{now: func() time.Time { return now }}
	return []Form{d.backupForm(ops[0], ops[0].Evidence), d.backupsForm(ops)}
}

// Deeds are all verbs, each with its ways; Doing are those whose refusals have
// words.
func Deeds() map[string]deed { return deeds }

// Doing is told at Deeds.
func Doing() map[string]string { return doing }

// Performed is what the author of an item reads.
func (d *Desk) Performed(ctx context.Context, it Item) string {
	t, err := d.perform(ctx, it)
	if r := asRefusal(err); r != nil {
		return refusal(r).String()
	}
	if no := (*refusedAtLength)(nil); errors.As(err, &no) {
		return no.text.String()
	}
	if err != nil {
		return "fault"
	}
	return t.String()
}

// StepDue works off what is due, once, and returns when that is done.
func (d *Desk) StepDue(ctx context.Context) {
	d.claim(ctx)
	d.work.Wait()
}

// StepClaims works off what is held already, and returns when that is done.
func (d *Desk) StepClaims(ctx context.Context, cs ...Claim) {
	d.start(ctx, cs, d.now().Add(lease))
	d.work.Wait()
}

// LookThrough looks through all that is live, as every half a minute.
func (d *Desk) LookThrough(ctx context.Context) { d.lookThrough(ctx) }
