package reinstall

import (
	"time"

	"twokey/commands/reinstall/model"
)

// PasswordNotSeen puts a sealed password back: it was taken out to be shown, and it
// is certain that no form was opened.
type PasswordNotSeen struct{ Sealed string }

func (e PasswordNotSeen) Name() string { return "password not seen" }

func (e PasswordNotSeen) applyTo(op *Operation, _ time.Time) *model.Refusal {
	const what = "Password not kept"
	switch {
	case op.State != Done && op.State != Resolved:
		return model.Refuse(what, op.ID+" "+op.State.Words(), "Look at the card")
	case op.Password != "" || e.Sealed == "":
		return model.Refuse(what, "there is nothing to put back", "Look at the card")
	}
	op.Password = e.Sealed
	return nil
}
