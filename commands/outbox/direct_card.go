package outbox

import (
	"cmp"
	"context"

	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// withoutMentions is a card whose first post notifies no approver: they stand on it by
// name. Later edits notify nobody, and show them as Slack does.
func (o *Outbox) withoutMentions(ctx context.Context, c view.Card) view.Card {
	lines := make([]view.Text, len(c.Lines))
	for i, t := range c.Lines {
		lines[i] = o.namesAsText(ctx, t)
	}
	c.Lines, c.Summary = lines, o.namesAsText(ctx, c.Summary)
	return c
}

func (o *Outbox) namesAsText(ctx context.Context, t view.Text) view.Text {
	out := make(view.Text, len(t))
	for i, s := range t {
		name, err := "", error(nil)
		switch s.Kind {
		case view.Group:
			name, err = o.chat.Handle(ctx, s.Text)
		case view.User:
			var p model.Person
			p, err = o.people.WhoIs(ctx, s.Text)
			name = p.Name
		default:
			out[i] = s
			continue
		}
		if err != nil {
			o.log.Debug("card: could not read a name", "id", s.Text, "err", err)
		}
		out[i] = view.Span{Text: "@" + cmp.Or(name, s.Text)}
	}
	return out
}
