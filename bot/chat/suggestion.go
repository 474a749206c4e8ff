package chat

import (
	"context"

	"twokey/bot/chat/blockkit"
	"twokey/bot/chat/payload"
	"twokey/commands/port"
)

// handleSuggestion has the front answer type-ahead.
func (x *dispatcher) handleSuggestion(ctx context.Context, p payload.Interaction, in port.Inbound) answer {
	a := answer{kind: "suggest", body: blockkit.NewSuggestions(nil)}
	if !x.withView(p, &in) {
		a.reason = "forged_form"
		return a
	}
	a.body = blockkit.NewSuggestions(x.currentFront().Suggest(ctx, in, blockkit.FieldOf(p.BlockID), p.Value))
	return a
}
