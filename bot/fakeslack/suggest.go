package fakeslack

import (
	"context"
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

const (
	maxOptions      = 100
	defaultMinQuery = 3
)

// Suggest types query into a type-ahead select of the person's topmost modal
// and returns what the bot offers. field is a label, block_id or action_id.
// Below min_query_length nothing is asked and nothing offered. An answer that
// Slack would reject is a *BadAnswer.
func (s *Slack) Suggest(ctx context.Context, user, field, query string) ([]Option, error) {
	s.mu.Lock()
	v := s.top(user)
	if v == nil {
		s.mu.Unlock()
		return nil, fmt.Errorf("%w for %s", ErrNoView, user)
	}
	b, e, ok := v.field(field)
	if !ok {
		s.mu.Unlock()
		return nil, fmt.Errorf("%w: %q", ErrNoField, field)
	}
	if utf8.RuneCountInString(query) < minQuery(e) {
		s.mu.Unlock()
		return nil, nil
	}
	p := s.interaction("block_suggestion", s.users[user])
	p["container"], p["view"] = map[string]any{"type": "view", "view_id": v.id}, s.blankView(v)
	p["action_id"], p["block_id"], p["value"] = e["action_id"], b["block_id"], query
	p = snapshot(p)
	s.mu.Unlock()

	body, _, err := s.deliver(ctx, outgoing{kind: "block_suggestion", user: user, payload: p})
	if err != nil {
		return nil, err
	}
	options, err := readOptions(body)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	v.offered[placeOf(b, e)] = options
	s.touch()
	return options, nil
}

// placeOf names one element of a view: what was offered under one block is not
// offered under another, though the elements share an action_id.
func placeOf(b Block, e map[string]any) string {
	return text(b, "block_id") + " " + text(e, "action_id")
}

func minQuery(e map[string]any) int {
	if n, ok := e["min_query_length"].(float64); ok {
		return int(n)
	}
	return defaultMinQuery
}

var suggestionShape = object(map[string]rule{
	"options": all(list(0, maxOptions, option), uniqueValues), "option_groups": list(0, maxOptions, group),
})

func readOptions(body []byte) ([]Option, error) {
	bad := func(problem string) error { return &BadAnswer{Kind: "block_suggestion", Problem: problem} }
	var m map[string]any
	if err := json.Unmarshal(body, &m); err != nil {
		return nil, bad("not JSON: " + err.Error())
	}
	if (m["options"] == nil) == (m["option_groups"] == nil) {
		return nil, bad("either options or option_groups")
	}
	c := &checker{}
	suggestionShape(c, "", m)
	if len(c.problems) > 0 {
		return nil, bad(fmt.Sprint(c.problems))
	}
	options := optionsOf(m)
	if len(options) > maxOptions {
		return nil, bad("more than 100 options in all")
	}
	return options, nil
}
