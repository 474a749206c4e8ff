package reinstall

import (
	"time"

	"twokey/commands/reinstall/model"
)

// AskImage asks for a backup image that Twokey makes. With Stop the machine is powered
// off for it, and others have to agree (imagestop.go). An approver agrees by asking
// for the same.
type AskImage struct {
	By   Actor
	Stop bool
}

func (e AskImage) Name() string { return "ask for a backup image" }

func (e AskImage) applyTo(op *Operation, now time.Time) *model.Refusal {
	what := model.RefusalTitle(model.VerbImage)
	if r := requireState(op, what, Proposed); r != nil {
		return r
	}
	if r := checkInvolved(*op, e.By, what, "asks for it"); r != nil {
		return r
	}
	if op.StopNotBegun() {
		return e.askStop(op, what, now)
	}
	if !op.MayMakeImage(now) {
		return model.Refuse(what, "one is already "+stageWords[op.Making.Stage]+" ("+op.Making.Name+")",
			"Look at the card for its progress")
	}
	op.Making = &BackupImage{Stage: ImageAsked, Name: imageName(op.ID, now), By: e.By.ID, At: now, Stop: e.Stop}
	if e.Stop && checkOtherApprover(*op, e.By, what, "") == nil {
		op.Making.Agreed = e.By.ID
	}
	return nil
}

// MayMakeImage reports whether an image, or another one, can be asked for. There was
// none, or it failed, or it no longer counts, or it would stop the machine and waits.
func (op Operation) MayMakeImage(now time.Time) bool {
	m := op.Making
	switch {
	case m == nil || m.Stage == ImageFailed || op.StopNotBegun():
		return true
	case m.Stage != ImageMade:
		return false
	}
	for _, e := range op.Evidence {
		if e.ID == m.ID {
			return e.Usable(op.Plan, now) != nil
		}
	}
	return true
}

var stageWords = map[string]string{ImageAsked: "asked for", ImageMaking: "being made", ImageMade: "ready"}

// ImageLooked is the last look at the machine before its image is started.
type ImageLooked struct{ Latest model.Latest }

func (e ImageLooked) Name() string { return "looked before the image" }

func (e ImageLooked) applyTo(op *Operation, now time.Time) *model.Refusal {
	if op.Making == nil || op.Making.Stage != ImageAsked {
		return model.Refuse("Not noted", "no image was asked for", "Look at the card")
	}
	clean := e.Latest.Same(op.Baseline)
	if op.Making.Looked && (clean || !op.Making.Clean) { // only what is new is noted
		return model.Refuse("Not noted", "it was looked at already", "Wait")
	}
	if op.Making.Stop && !op.Making.Looked { // what it waited for does not count as its time
		op.Making.At = now
	}
	op.Making.Looked, op.Making.Clean = true, clean
	return nil
}

// ImageStarted says that the cloud makes the backup image.
type ImageStarted struct{ ID string }

func (e ImageStarted) Name() string { return "image started" }

func (e ImageStarted) applyTo(op *Operation, _ time.Time) *model.Refusal {
	if op.Making == nil || op.Making.Stage != ImageAsked {
		return model.Refuse("Not noted", "no image was asked for", "Look at the card")
	}
	op.Making.Stage, op.Making.ID = ImageMaking, e.ID
	return nil
}

// ImageProgress says how far the cloud is with the backup image.
type ImageProgress struct{ Percent int }

func (e ImageProgress) Name() string { return "image progress" }

func (e ImageProgress) applyTo(op *Operation, _ time.Time) *model.Refusal {
	if op.Making == nil || op.Making.Stage != ImageMaking {
		return model.Refuse("Not noted", "no image is being made", "Look at the card")
	}
	if e.Percent <= op.Making.Percent || e.Percent > 100 {
		return model.Refuse("Not noted", "it is no further than before", "Wait")
	}
	op.Making.Percent = e.Percent
	return nil
}

// ImageReady says that the backup image is usable. Latest is the machine's latest
// operation then. Making an image is one: it becomes the baseline if it is the only
// one since.
type ImageReady struct {
	Evidence []model.Evidence
	Latest   model.Latest
}

func (e ImageReady) Name() string { return "image made" }

func (e ImageReady) applyTo(op *Operation, _ time.Time) *model.Refusal {
	if op.Making == nil || op.Making.Stage != ImageMaking {
		return model.Refuse("Not noted", "no image is being made", "Look at the card")
	}
	op.Making.Stage = ImageMade
	op.Evidence = e.Evidence
	if e.Latest.Operation == "CreateImage" && op.Making.Clean {
		op.Baseline = e.Latest
	}
	op.Outage = nil
	return nil
}

// ImageGone says that the backup image could not be made, and what helps, if
// that is known.
type ImageGone struct{ Why, Next string }

func (e ImageGone) Name() string { return "image failed" }

func (e ImageGone) applyTo(op *Operation, _ time.Time) *model.Refusal {
	if op.Making == nil || op.Making.Stage == ImageMade || op.Making.Stage == ImageFailed {
		return model.Refuse("Not noted", "no image is being made", "Look at the card")
	}
	op.Making.Stage, op.Making.Why = ImageFailed, e.Why
	op.Outage = nil
	return nil
}
