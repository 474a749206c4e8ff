package screen

import (
	"slices"
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/screen/aftercare"
	"twokey/commands/screen/inuse"
	"twokey/commands/view"
)

// What the tests outside of this package look at: every sentence that it can
// make of an operation.

// HeightOf is about how many lines of a phone a card's lines take; MostLines how many
// stand before the buttons of one that waits.
func HeightOf(ts []view.Text) int { return heightOf(ts) }

const MostLines = mostLines

// Sentences are the lines and whispers that tell of an event, and all others
// that are made of an operation.
func Sentences(before, after reinstall.Operation, e reinstall.Event, words string, now time.Time) []view.Text {
	doubt := reinstall.AuditEvidence{Failed: words}
	if after.Proof == nil || after.Proof.Result == nil {
		panic("the operation has no proof")
	}
	out := append(EventLines(before, after, e), OpeningText([]oper{after}), unknownText(after), proposalRow(after),
		aftercare.ProofText(after), reminderText(after), escalationText(after),
		breakGlassText(before, after), aftercare.ListText(after), aftercare.VerifiedText(after),
		driftText(before, after, reinstall.RecheckResult{Plan: after.Plan, Latest: after.Baseline}),
		OutsideResetText(after, model.Instance{Latest: after.Baseline, ImageID: words, State: words}, doubt),
		revokedText(after, after.Revoked), waitText(after), BatchPosition(after),
		freezeText(model.Freeze{By: words, Why: words, When: now}),
		RefusalText(model.Refuse(words, words, words)), ChangedMeanwhile(model.Refuse("Not approved", words, words)),
		RefusalText(Ambiguous(words, words, []model.Instance{{
			Ref: after.Plan.Ref, Name: words,
			PrivateIPs: after.Plan.PrivateIPs,
		}})))
	ops := []oper{after, before}
	if after.End != nil {
		out = append(out, OutcomeText([]oper{after}))
	}
	out = append(out, AskApprovalText(ops[:1]), AskApprovalText(ops), OutcomeText(ops), directNotice(ops),
		NotifyHereText(ops, words), ApproverHereText(words, words, ops), OutcomeHereText(words, words))
	out = append(out, OpeningText(ops))
	out = append(out, inuse.Around(after.Around, after.Plan.Terms)...)
	told := Tell(before, after, e)
	return slices.Concat(out, told.Lines, []view.Text{told.Edit, requestText(after), countdownLine(after), doneLine(after)})
}
