package screen

import (
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/screen/inuse"
	"twokey/commands/view"
)

// Ways of a verb that has more than one button.
const (
	AsWiped    = string(reinstall.Done)   // of resolve
	AsNotWiped = string(reinstall.Failed) // of resolve
	AsEvidence = "evidence"               // of show
)

// The styles of buttons: loud is what is asked for now; danger is what destroys.
const (
	loud   = "primary"
	danger = "danger"
)

// approveButton is on a card, and on the Home tab of whoever may approve.
var approveButton = view.Button{Label: "Approve", Verb: model.VerbApprove, Style: loud}

// cardButtons are all that a card can have, in their order.
var cardButtons = []view.Button{
	approveButton,
	{Label: "Reject", Verb: model.VerbReject},
	{Label: "Confirm backup", Verb: model.VerbBackup},
	{Label: "Make backup image", Verb: model.VerbImage},
	{Label: "Hold", Verb: model.VerbHold, Style: loud},
	{Label: "Resume", Verb: model.VerbResume, Style: danger},
	{Label: "It was wiped", Verb: model.VerbResolve, As: AsWiped},
	{Label: "It was not", Verb: model.VerbResolve, As: AsNotWiped},
	{Label: "Evidence", Verb: model.VerbShow, As: AsEvidence},
	{Label: "Show password", Verb: model.VerbPassword},
	{Label: "Details", Verb: model.VerbShow},
	{Label: "Cancel", Verb: model.VerbCancel},
}

// buttonsFor are those that any of the machines takes now: in sight, and behind the
// small one. Keys are not asked for while the machines are of different rounds.
func buttonsFor(ops []oper, now time.Time) (out, more []view.Button) {
	agreed := sameRound(ops)
	for _, b := range cardButtons {
		if model.TurnsKeys(b.Verb) && !agreed {
			continue
		}
		if !slices.ContainsFunc(ops, func(op oper) bool { return hasButton(op, b, now) }) {
			continue
		}
		b.Confirm = confirmOf(ops, b)
		if isBehind(ops, b, now) {
			b.Confirm = nil // the small button has one for all
			more = append(more, b)
		} else {
			out = append(out, b)
		}
	}
	return out, more
}

// hasButton reports whether a machine's state has a button.
func hasButton(op oper, b view.Button, now time.Time) bool {
	if b.Verb == model.VerbShow && b.As == "" {
		return true
	}
	k := op.Keys()
	switch op.State {
	case reinstall.Proposed:
		switch b.Verb {
		case model.VerbApprove:
			return len(k.By) < k.Needed
		case model.VerbBackup:
			return !k.Backup
		case model.VerbImage:
			return !k.Backup && op.MayMakeImage(now)
		}
		return b.Verb == model.VerbReject || b.Verb == model.VerbCancel
	case reinstall.Approved, reinstall.Ready:
		return b.Verb == model.VerbHold || b.Verb == model.VerbCancel
	case reinstall.Held:
		return b.Verb == model.VerbResume || b.Verb == model.VerbCancel
	case reinstall.Unknown:
		return b.Verb == model.VerbResolve || b.As == AsEvidence
	case reinstall.Tampered: // nothing that its record said is evidence
		return b.Verb == model.VerbResolve
	case reinstall.Done, reinstall.Resolved:
		return b.Verb == model.VerbPassword && op.Password != ""
	}
	return false
}

// isBehind reports whether a button is behind the small one: of the two about the
// backup the one that leads nowhere now, and Cancel while keys are collected.
func isBehind(ops []oper, b view.Button, now time.Time) bool {
	if !isCollecting(ops) {
		return false
	}
	lacks := slices.ContainsFunc(ops, func(op oper) bool { return lacksBackup(op, now) })
	switch b.Verb {
	case model.VerbBackup:
		return lacks
	case model.VerbImage:
		return !lacks
	}
	return b.Verb == model.VerbCancel
}

// lacksBackup reports whether an image has to be made before a backup can be confirmed.
func lacksBackup(op oper, now time.Time) bool {
	return op.State == reinstall.Proposed && !op.Keys().Backup && op.MayMakeImage(now) &&
		CountUsableBackups(op, now) == 0
}

// Slack's limits of what is asked before a button counts.
const (
	mostConfirmTitle = 100
	mostConfirmText  = 300
)

// confirmOf is what is asked before a button counts; nil: nothing.
func confirmOf(ops []oper, b view.Button) *view.Confirm {
	switch b.Verb {
	case model.VerbApprove:
		return confirmApprove(ops)
	case model.VerbCancel:
		return &view.Confirm{
			Title: view.ShortenTo("Cancel the wipe of "+targetWords(ops)+"?", mostConfirmTitle),
			Text:  "This ends proposal " + ops[0].ID + ". Nothing more is wiped.", Yes: "Cancel the proposal", No: "Keep it",
		}
	}
	return nil
}

// confirmApprove says what an approval agrees to. What was seen of its use is cut where
// there is no room for it; the rest never is.
func confirmApprove(ops []oper) *view.Confirm {
	open := InState(ops, reinstall.Proposed)
	missing := func(a, b oper) int { return a.Keys().Needed - len(a.Keys().By) - b.Keys().Needed + len(b.Keys().By) }
	k := slices.MaxFunc(open, missing).Keys()
	lost := lostText(open).String() + ". "
	rest := fmt.Sprintf(" %s%s Yours is approval %d of %d.", backupWords(open), stopWords(open), min(len(k.By)+1,
		k.Needed), k.Needed)
	return &view.Confirm{
		Title: view.ShortenTo("Approve the wipe of "+targetWords(ops)+"?", mostConfirmTitle),
		Text:  lost + view.ShortenTo(inuse.Words(open), mostConfirmText-utf8.RuneCountInString(lost+rest)) + rest,
		Yes:   "Approve", No: "Back", Danger: true,
	}
}

// targetWords names what would be wiped, for a question.
func targetWords(ops []oper) string {
	if len(ops) > 1 {
		return MachineCount(len(ops))
	}
	return shortenName(ops[0].TypedName())
}

// backupWords says whether there is a backup to go back to.
func backupWords(ops []oper) string {
	confirmed, required := 0, false
	for _, op := range ops {
		k := op.Keys()
		required = required || k.Required
		if k.Backup {
			confirmed++
		}
	}
	switch {
	case confirmed == len(ops):
		return "The backup is confirmed."
	case confirmed > 0:
		return fmt.Sprintf("%d of %d backups are confirmed.", confirmed, len(ops))
	case required:
		return "No backup is confirmed yet."
	}
	return "No backup is confirmed, and none is required."
}

// stopWords says that to approve is to agree to stop machines for their images.
func stopWords(ops []oper) string {
	if slices.ContainsFunc(ops, oper.StopAsked) {
		return " It agrees to stop the machine for a backup image, too."
	}
	return ""
}

// confirmMore is asked before any of the buttons behind the small one.
func confirmMore(ops []oper, more []view.Button) *view.Confirm {
	words := ""
	for _, b := range more {
		switch b.Verb {
		case model.VerbCancel:
			words += " Cancel ends proposal " + ops[0].ID + ", and nothing is wiped."
		default:
			words += " " + b.Label + " opens a form first."
		}
	}
	return &view.Confirm{Title: "Go on?", Text: words[1:], Yes: "Go on", No: "Back"}
}
