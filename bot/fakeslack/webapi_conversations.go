package fakeslack

import (
	"slices"

	"twokey/bot/fakeslack/callargs"
)

// readableChannel finds a channel and checks the scope of its kind.
func (s *webAPI) readableChannel(channel, public, private string) (*room, *refusal) {
	c, bad := s.findChannel(channel, false)
	if bad != nil {
		return nil, bad
	}
	if need := c.ScopeFor(public, private); !s.cfg.HasScope(need) {
		return nil, s.missingScope(need)
	}
	return c, nil
}

func (s *webAPI) conversationsInfo(a args) (answer, *refusal) {
	c, bad := s.readableChannel(a["channel"], "channels:read", "groups:read")
	if bad != nil {
		return nil, bad
	}
	out := s.wireChannel(c.Channel)
	if a.IsTrue("include_num_members") {
		out["num_members"] = len(c.Members)
	}
	return answer{"channel": out}, nil
}

func (s *webAPI) teamsOf(c Channel) []string {
	teams := []string{s.cfg.TeamID}
	for _, id := range c.Members {
		if u := s.users[id]; u != nil && c.IsExtShared && !slices.Contains(teams, u.TeamID) {
			teams = append(teams, u.TeamID)
		}
	}
	return teams
}

func (s *webAPI) conversationsMembers(a args) (answer, *refusal) {
	c, bad := s.readableChannel(a["channel"], "channels:read", "groups:read")
	if bad != nil {
		return nil, bad
	}
	part, next, code := callargs.Page(c.Members, a, 100, func(m string) string { return m })
	if code != "" {
		return nil, refuse(code)
	}
	return answer{"members": part, "response_metadata": answer{"next_cursor": next}}, nil
}

func (s *webAPI) conversationsHistory(a args) (answer, *refusal) {
	return s.historyOf(a, func(c *room) ([]*record, *refusal) {
		var out []*record
		for _, r := range slices.Backward(c.records) {
			if (!r.IsReply() || r.Broadcast) && a.Includes(r.TS) {
				out = append(out, r)
			}
		}
		return out, nil
	})
}

// conversationsReplies gives the parent first on every page, as Slack does.
func (s *webAPI) conversationsReplies(a args) (answer, *refusal) {
	var parent *record
	out, bad := s.historyOf(a, func(c *room) ([]*record, *refusal) {
		at := s.findPublic(c.ID, a["ts"])
		if at == nil {
			return nil, refuse("thread_not_found")
		}
		if at.IsReply() {
			parent = at
			return nil, nil
		}
		parent = at
		var out []*record
		for _, r := range s.replies[at.TS] {
			if r.ThreadTS == at.TS && r.TS != at.TS && a.Includes(r.TS) {
				out = append(out, r)
			}
		}
		return out, nil
	})
	if bad != nil {
		return nil, bad
	}
	first := s.wireMessage(parent.Message, a.IsTrue("include_all_metadata"))
	out["messages"] = append([]map[string]any{first}, out["messages"].([]map[string]any)...)
	return out, nil
}

func (s *webAPI) historyOf(a args, pick func(*room) ([]*record, *refusal)) (answer, *refusal) {
	c, bad := s.readableChannel(a["channel"], "channels:history", "groups:history")
	if bad != nil {
		return nil, bad
	}
	if !c.Has(s.botUser().ID) {
		return nil, refuse("not_in_channel")
	}
	all, bad := pick(c)
	if bad != nil {
		return nil, bad
	}
	part, next, code := callargs.Page(all, a, 100, func(r *record) string { return r.TS })
	if code != "" {
		return nil, refuse(code)
	}
	messages := []map[string]any{}
	for _, r := range part {
		messages = append(
			messages, s.wireMessage(r.Message, a.IsTrue("include_all_metadata") && !s.faults.On("bare_answers")),
		)
	}
	out := answer{"messages": messages, "has_more": next != ""}
	if next != "" {
		out["response_metadata"] = answer{"next_cursor": next}
	}
	return out, nil
}
