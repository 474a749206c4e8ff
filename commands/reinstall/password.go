package reinstall

import "time"

// PasswordUnseen puts a sealed password back: it was taken out to be shown, and it
// is certain that no form was opened.
type PasswordUnseen struct{ Sealed string }

func (e PasswordUnseen) Name() string { return "password not seen" }

func (e PasswordUnseen) step(op *Operation, _ time.Time) *Refusal {
	const what = "Password not kept"
	switch {
	case op.State != Done && op.State != Resolved:
		return Refuse(what, op.ID+" "+op.State.Words(), "Look at the card")
	case op.Password != "" || e.Sealed == "":
		return Refuse(what, "there is nothing to put back", "Look at the card")
	}
	op.Password = e.Sealed
	return nil
}
