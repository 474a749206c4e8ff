package engine

import (
	"context"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/view"
)

// answerAtHome answers a press on the Home tab there: what was refused is shown, and the
// tab is drawn again, also after a press that counts. The refusal stands in the audit
// before. A tab that cannot be drawn again for a minute is given up: an old answer helps
// nobody.
func (i *inbox) answerAtHome(ctx context.Context, it port.Item, refused bool, t view.Text) error {
	if refused {
		if err := i.store.Note(ctx, port.Note{
			Key: it.ID + ".refused", Kind: port.NoteRefusal, Op: it.Op, By: it.User, What: it.Verb,
			Detail: t.String() + port.PressedWhere(true),
		}); err != nil {
			return err
		}
	}
	err := i.homes.Answer(ctx, it.User, it.Trigger, t)
	if err == nil || len(t) > 0 && !port.IsPermanent(err) && i.now().Sub(it.At) < giveUpAfter {
		return err
	}
	i.log.Warn("home: a press was not answered", "verb", it.Verb, "op", it.Op, "by", it.User, "err", err)
	return nil
}

// pressedWhere says where an approval was pressed, for the audit; nothing for one on the
// card, and for every other event.
func pressedWhere(e reinstall.Event) string {
	if s, is := e.(reinstall.Shared); is {
		e = s.Event
	}
	a, is := e.(reinstall.Approve)
	return port.PressedWhere(is && a.AtHome)
}
