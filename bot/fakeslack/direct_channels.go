package fakeslack

import "strings"

// A direct conversation is a channel of two: one person and the app. Its id is
// its own, and it exists from when it is opened first. To open it needs im:write,
// to read it im:history; a message to a person's id as channel opens it too, and
// needs chat:write alone. Slack refuses each message in it while the app's
// Messages tab is off.

// directID is the id of somebody's conversation with the app.
func directID(user string) string { return "D0" + strings.TrimLeft(user, "UW0") }

// conversationsOpen opens a direct conversation with one person, or resumes it.
func (s *webAPI) conversationsOpen(a args) (answer, *refusal) {
	if id := a["channel"]; id != "" {
		c := s.channels[id]
		if c == nil || c.IM == "" {
			return nil, refuse("channel_not_found")
		}
		return s.openedDirect(c, true, a), nil
	}
	switch {
	case a["users"] == "":
		return nil, refuse("users_list_not_supplied")
	case strings.Contains(a["users"], ","):
		return nil, s.missingScope("mpim:write")
	}
	_, was := s.channels[directID(a["users"])]
	c, bad := s.directChannel(a["users"])
	if bad != nil {
		return nil, bad
	}
	return s.openedDirect(c, was, a), nil
}

// openedDirect is the answer: the id alone, unless all of it was asked for.
func (s *webAPI) openedDirect(c *room, was bool, a args) answer {
	out := answer{"channel": answer{"id": c.ID}}
	if a.IsTrue("return_im") {
		out["channel"] = s.wireChannel(c.Channel)
	}
	if was {
		out["no_op"], out["already_open"] = true, true
	}
	return out
}

// directChannel is a person's conversation with the app, made if there is none yet.
// Callers hold s.mu.
func (s *workspace) directChannel(user string) (*room, *refusal) {
	u := s.users[user]
	switch {
	case u == nil:
		return nil, refuse("user_not_found")
	case u.IsBot || u.IsWorkflowBot:
		return nil, refuse("cannot_dm_bot")
	case u.Deleted:
		return nil, refuse("user_disabled")
	case u.TeamID != s.cfg.TeamID:
		return nil, refuse("user_not_visible")
	case s.unreachable[user] != "":
		return nil, refuse(s.unreachable[user])
	}
	id := directID(user)
	if s.channels[id] == nil {
		s.channels[id] = &room{Channel: Channel{ID: id, IM: user, Members: []string{user, s.botUser().ID}}}
		s.roomOrder = append(s.roomOrder, id)
		s.markChanged()
	}
	return s.channels[id], nil
}

// postPlace is the channel that a message goes to: a person's id stands for
// their conversation with the app.
func (s *webAPI) postPlace(channel string) (*room, *refusal) {
	if strings.HasPrefix(channel, "U") || strings.HasPrefix(channel, "W") {
		c, bad := s.directChannel(channel)
		if bad != nil {
			return nil, bad
		}
		channel = c.ID
	}
	c, bad := s.findChannel(channel, true)
	switch {
	case bad != nil:
		return nil, bad
	case c.IM == "":
		return c, nil
	case s.unreachable[c.IM] != "":
		return nil, refuse(s.unreachable[c.IM])
	case s.cfg.NoMessagesTab:
		return nil, refuse("messages_tab_disabled")
	}
	return c, nil
}

// Directs returns what stands in somebody's conversation with the app, oldest
// first.
func (s *workspace) Directs(user string) []Message { return s.Messages(directID(user)) }
