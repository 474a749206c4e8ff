package outbox

import (
	"context"
	"slices"

	"twokey/commands/port"
	"twokey/commands/reinstall/model"
	"twokey/commands/screen/aftercare"
	"twokey/commands/view"
)

// A line that is edited: what a countdown comes to stands in the line that announced it.
// What holds:
//   - an edit says all that the line says from then on, so that it may be made twice, and
//     an older one is left out where a newer one waits;
//   - what is edited is found by its key, also by another process;
//   - a text whose line is gone becomes a line of its own, once, under the edit's key.

// editLine gives a line another text. unsure says of a key whether it may have been posted.
func (o *Outbox) editLine(ctx context.Context, rec port.Record, p port.Post, unsure func(key string) bool) error {
	l, err := o.lineWithButtons(ctx, rec, p)
	if err != nil {
		return err
	}
	edited, err := o.chat.EditLine(ctx, rec.Card, l, p.EditedLine())
	if err != nil || edited || len(p.Text) == 0 {
		return err
	}
	own := port.Post{Kind: port.PostLine, Key: p.Key, Op: p.Op, Rev: p.Rev, Text: p.Text}
	return o.postLine(ctx, rec, own, unsure(p.Key))
}

// lineWithButtons is a post with the buttons that it has now.
func (o *Outbox) lineWithButtons(ctx context.Context, rec port.Record, p port.Post) (view.LineWithButtons, error) {
	l := view.LineWithButtons{Text: p.Text, Card: view.Card{ID: p.Op}, Loud: p.Loud}
	if p.Counts == nil && !p.Stops && p.Steps == 0 {
		return l, nil
	}
	card, err := o.proposals.Draw(ctx, rec)
	if err != nil {
		return l, err
	}
	if p.Steps > 0 {
		l.Card = card.WithOnly(aftercare.Button(p.Steps))
	} else {
		l.Card = stopsWhileCounting(card)
	}
	return l, nil
}

// stopsWhileCounting is the card with the buttons that stop it; with none once nothing
// can be held any more, for then the countdown is over.
func stopsWhileCounting(c view.Card) view.Card {
	c = c.Stops()
	if !slices.ContainsFunc(c.Buttons, func(b view.Button) bool { return b.Verb == model.VerbHold }) {
		c.Buttons = nil
	}
	return c
}
