package chat

import (
	"context"

	"twokey/commands/port"
)

func (c *Chat) suggest(ctx context.Context, p interaction, in port.Inbound) answer {
	a := answer{kind: "suggest", body: NewSuggestions(nil)}
	if !c.withView(p, &in) {
		a.reason = "forged_form"
		return a
	}
	a.body = NewSuggestions(c.theDesk().Suggest(ctx, in, FieldOf(p.BlockID), p.Value))
	return a
}
