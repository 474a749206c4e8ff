package reinstall

import (
	"slices"
	"time"

	"twokey/commands/reinstall/model"
)

// LookGood is how old the last look at the machine may be when it is armed.
const LookGood = 5 * time.Second

// A LastLook is the machine by itself, read after everything else of a RecheckResult.
// What the call would do is judged by it. Nothing is armed without one.
type LastLook struct {
	Instance model.Instance
	At       time.Time // when the cloud was asked, by our clock; zero: it was not
	Skew     time.Duration
}

// Stale says why nothing may be armed on this re-check at a moment, though another
// re-check may pass. It is empty if nothing is in the way.
func (r RecheckResult) Stale(at time.Time) string {
	switch age := at.Sub(r.Last.At); {
	case r.Last.At.IsZero():
		return "the machine was not looked at last"
	case age < 0 || age > LookGood:
		return "the last look at the machine is older than " + model.HumanDuration(LookGood)
	}
	return ""
}

// lookBlocks is what the last look alone has against a reset.
func (l LastLook) lookBlocks() []model.Finding {
	c := model.Case{Facts: model.Facts{Instance: l.Instance}}
	return model.Blocking(slices.Concat(model.CheckSpot(c), model.CheckAccount(c), model.CheckState(c),
		model.CheckBusy(c)))
}

// checkLastLook refuses a re-check whose last look shows any difference from the
// machine that was approved.
func checkLastLook(op Operation, r RecheckResult) *model.Refusal {
	const what = "Not sent"
	r.Latest = r.Last.Instance.Latest
	switch b := r.Last.lookBlocks(); {
	case op.Plan.OnInstance(r.Last.Instance).Fingerprint() != op.Fingerprint:
		return model.Refuse(what, "the machine is not the one that was approved",
			"Look at what changed, and approve again")
	case len(b) > 0:
		return model.Refuse(what, b[0].Why, b[0].Next)
	case op.WhyUnclear(r) != "":
		return model.Refuse(what, op.WhyUnclear(r), "Propose again when it does")
	case operatedSince(op, r):
		return model.Refuse(what, "somebody operated on the machine meanwhile", "Look at it, and propose again")
	}
	return nil
}
