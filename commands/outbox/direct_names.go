package outbox

import (
	"context"

	"twokey/commands/reinstall"
	"twokey/commands/view"
)

// uncalled is a card whose first post notifies no approver: they stand on it by
// name. Later edits notify nobody, and show them as Slack does.
func (o *Outbox) uncalled(ctx context.Context, c view.Card) view.Card {
	keys := make([]view.Row, len(c.Keys))
	for i, r := range c.Keys {
		keys[i] = view.Row{Label: r.Label, Value: o.byName(ctx, r.Value)}
	}
	c.Keys = keys
	return c
}

func (o *Outbox) byName(ctx context.Context, t reinstall.Text) reinstall.Text {
	out := make(reinstall.Text, len(t))
	for i, s := range t {
		name, err := "", error(nil)
		switch s.Kind {
		case reinstall.Group:
			name, err = o.chat.Handle(ctx, s.Text)
		case reinstall.User:
			var p reinstall.Person
			p, err = o.people.WhoIs(ctx, s.Text)
			name = p.Name
		default:
			out[i] = s
			continue
		}
		if err != nil {
			o.log.Debug("a name could not be read for a card", "id", s.Text, "err", err)
		}
		out[i] = reinstall.Span{Text: "@" + view.OrWord(name, s.Text)}
	}
	return out
}
