package engine

import (
	"context"

	"twokey/commands/port"
	"twokey/commands/reinstall/model"
	"twokey/commands/screen"
	"twokey/commands/view"
)

// refusalOf words the refusal of an item.
func (i *inbox) refusalOf(ctx context.Context, it port.Item, r *model.Refusal) view.Text {
	if i.movedOn(ctx, it) {
		return screen.ChangedMeanwhile(r)
	}
	return screen.RefusalText(r)
}

// movedOn reports whether a proposal has left behind what somebody saw of it:
// the plan or the round of keys is another one, or the button is gone. Where that
// cannot be read, nothing is said of it.
func (i *inbox) movedOn(ctx context.Context, it port.Item) bool {
	rec, err := i.store.Load(ctx, it.Op)
	if it.Rev < 1 || err != nil || rec.Rev <= it.Rev {
		return false
	}
	if model.TurnsKeys(it.Verb) && it.Verb != model.VerbResume {
		if same, err := i.samePlan(ctx, it, rec); err == nil && !same {
			return true
		}
	}
	return i.proposals.ButtonGone(ctx, it.Verb, rec)
}

func (i *inbox) samePlan(ctx context.Context, it port.Item, rec port.Record) (bool, error) {
	if !rec.Op.Single() {
		return i.sameRound(ctx, it, rec)
	}
	print, err := i.fingerprintAt(ctx, it, rec)
	return print == rec.Op.Fingerprint, err
}
