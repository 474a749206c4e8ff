package fakeslack

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
)

// readableChannel finds a channel and checks the scope of its kind.
func (s *webAPI) readableChannel(channel, public, private string) (*room, *refusal) {
	c, bad := s.findChannel(channel, false)
	if bad != nil {
		return nil, bad
	}
	if need := c.scopeFor(public, private); !s.cfg.hasScope(need) {
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
	if a.isTrue("include_num_members") {
		out["num_members"] = len(c.Members)
	}
	return answer{"channel": out}, nil
}

func (s *webAPI) wireChannel(c Channel) map[string]any {
	if c.IM != "" {
		return map[string]any{
			"id": c.ID, "created": 1700000000, "is_im": true, "is_open": true, "is_archived": false, "is_org_shared": false, "user": c.IM,
			"last_read": "0000000000.000000", "latest": nil, "unread_count": 0, "unread_count_display": 0, "priority": 0,
		}
	}
	out := map[string]any{
		"id": c.ID, "name": c.Name, "name_normalized": c.Name, "created": 1700000000, "creator": "U0ANN",
		"is_channel": !c.Private, "is_group": false, "is_im": false, "is_mpim": false, "is_private": c.Private,
		"is_archived": c.Archived, "is_general": false, "is_member": c.Has(s.botUser().ID), "unlinked": 0,
		"is_shared": c.IsExtShared, "is_ext_shared": c.IsExtShared, "is_org_shared": false, "is_pending_ext_shared": false,
		"context_team_id": s.cfg.TeamID, "shared_team_ids": s.teamsOf(c), "pending_shared": []string{}, "previous_names": []string{},
		"topic":   map[string]any{"value": c.Topic, "creator": "U0ANN", "last_set": 1700000000},
		"purpose": map[string]any{"value": "", "creator": "", "last_set": 0},
	}
	s.omitIfBare(out, "is_ext_shared", "is_pending_ext_shared")
	return out
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
	part, next, bad := cutPage(c.Members, a, 100, func(m string) string { return m })
	if bad != nil {
		return nil, bad
	}
	return answer{"members": part, "response_metadata": answer{"next_cursor": next}}, nil
}

func (s *webAPI) conversationsHistory(a args) (answer, *refusal) {
	return s.historyOf(a, func(c *room) ([]*record, *refusal) {
		var out []*record
		for _, r := range slices.Backward(c.records) {
			if (!r.isReply() || r.Broadcast) && inRange(r.TS, a) {
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
		if at.isReply() {
			parent = at
			return nil, nil
		}
		parent = at
		var out []*record
		for _, r := range s.replies[at.TS] {
			if r.ThreadTS == at.TS && r.TS != at.TS && inRange(r.TS, a) {
				out = append(out, r)
			}
		}
		return out, nil
	})
	if bad != nil {
		return nil, bad
	}
	first := s.wireMessage(parent.Message, a.isTrue("include_all_metadata"))
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
	part, next, bad := cutPage(all, a, 100, func(r *record) string { return r.TS })
	if bad != nil {
		return nil, bad
	}
	messages := []map[string]any{}
	for _, r := range part {
		messages = append(messages, s.wireMessage(r.Message, a.isTrue("include_all_metadata") && s.faults.counts["bare_answers"] == 0))
	}
	out := answer{"messages": messages, "has_more": next != ""}
	if next != "" {
		out["response_metadata"] = answer{"next_cursor": next}
	}
	return out, nil
}

// inRange applies oldest and latest; both ends count only if inclusive is set.
// Timestamps have equal width, so that text order is time order.
func inRange(ts string, a args) bool {
	oldest, latest := a["oldest"], a["latest"]
	if a.isTrue("inclusive") && (ts == oldest || ts == latest) {
		return true
	}
	return (oldest == "" || oldest == "0" || ts > oldest) && (latest == "" || ts < latest)
}

// cutPage cuts one page out of list. A cursor names the element where the
// next page starts, so that it survives new arrivals.
func cutPage[T any](list []T, a args, def int, key func(T) string) (page []T, next string, bad *refusal) {
	limit := def
	if a["limit"] != "" {
		n, err := strconv.Atoi(a["limit"])
		if err != nil || n < 1 || n > 1000 {
			return nil, "", refuse("invalid_limit")
		}
		limit = n
	}
	start := 0
	if a["cursor"] != "" {
		raw, err := base64.StdEncoding.DecodeString(a["cursor"])
		start = slices.IndexFunc(list, func(x T) bool { return "next:"+key(x) == string(raw) })
		if err != nil || start < 0 || !strings.HasPrefix(string(raw), "next:") {
			return nil, "", refuse("invalid_cursor")
		}
	}
	end := min(start+limit, len(list))
	if end < len(list) {
		next = base64.StdEncoding.EncodeToString([]byte("next:" + key(list[end])))
	}
	return list[start:end], next, nil
}
