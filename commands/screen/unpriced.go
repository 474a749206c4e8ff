package screen

import (
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// stillUnpriced says at the re-check that the price is not known this time,
// where the card does not say so already.
func stillUnpriced(before oper, e reinstall.Event) text {
	r, ok := e.(reinstall.Recheck)
	if !ok {
		return nil
	}
	f, now := model.FindUnpriced(r.Result.Findings)
	if _, then := model.FindUnpriced(before.Warnings); !now || then {
		return nil
	}
	return say("The card shows the price as it was quoted before; this time ", view.EndSentence(f.Why), " ")
}
