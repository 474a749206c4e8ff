package fakeslack

import (
	"context"
	"fmt"
	"unicode/utf8"

	"twokey/bot/fakeslack/blockkit"
	"twokey/bot/fakeslack/delivery"
	"twokey/bot/fakeslack/views"
)

// Suggest types query into a type-ahead select of the person's topmost modal
// and returns what the bot offers. field is a label, block_id or action_id.
// Below min_query_length nothing is asked and nothing offered. An answer that
// Slack would reject is a *BadAnswer.
func (s *clients) Suggest(ctx context.Context, user, field, query string) ([]Option, error) {
	s.mu.Lock()
	v := s.topView(user)
	if v == nil {
		s.mu.Unlock()
		return nil, fmt.Errorf("%w for %s", ErrNoView, user)
	}
	b, e, ok := v.Field(field)
	if !ok {
		s.mu.Unlock()
		return nil, fmt.Errorf("%w: %q", ErrNoField, field)
	}
	if utf8.RuneCountInString(query) < views.MinQuery(e) {
		s.mu.Unlock()
		return nil, nil
	}
	p := s.interactionPayload("block_suggestion", s.users[user])
	p["container"], p["view"] = map[string]any{"type": "view", "view_id": v.ID}, s.blankView(v)
	p["action_id"], p["block_id"], p["value"] = e["action_id"], b["block_id"], query
	p = copyPayload(p)
	s.mu.Unlock()

	body, _, err := s.bot.deliver(ctx, delivery.Outgoing{Kind: "block_suggestion", User: user, Payload: p})
	if err != nil {
		return nil, err
	}
	options, problem := blockkit.ReadOptions(body)
	if problem != "" {
		return nil, &BadAnswer{Kind: "block_suggestion", Problem: problem}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	v.Offered[views.PlaceOf(b, e)] = options
	s.markChanged()
	return options, nil
}
