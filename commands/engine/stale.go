package engine

import (
	"context"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/screen"
)

// refusalOf words the refusal of an item.
func (i *inbox) refusalOf(ctx context.Context, it port.Item, r *reinstall.Refusal) reinstall.Text {
	if i.movedOn(ctx, it) {
		return screen.Meanwhile(r)
	}
	return screen.Refusal(r)
}

// movedOn reports whether a proposal has left behind what somebody saw of it:
// the plan or the round of keys is another one, or the button is gone. Where that
// cannot be read, nothing is said of it.
func (i *inbox) movedOn(ctx context.Context, it port.Item) bool {
	rec, err := i.store.Load(ctx, it.Op)
	if it.Rev < 1 || err != nil || rec.Rev <= it.Rev {
		return false
	}
	if reinstall.TurnsKeys(it.Verb) && it.Verb != reinstall.VerbResume {
		if same, err := i.samePlan(ctx, it, rec); err == nil && !same {
			return true
		}
	}
	return i.proposals.Gone(ctx, it.Verb, rec)
}

func (i *inbox) samePlan(ctx context.Context, it port.Item, rec port.Record) (bool, error) {
	if !rec.Op.Single() {
		return i.sameRound(ctx, it, rec)
	}
	print, err := i.printAt(ctx, it, rec)
	return print == rec.Op.Print, err
}
