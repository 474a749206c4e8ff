package fakeslack

import "strings"

func (s *webAPI) usersInfo(a args) (answer, *refusal) {
	u := s.users[a["user"]]
	if u == nil {
		return nil, refuse("user_not_found")
	}
	return answer{"user": s.wireUser(*u)}, nil
}

func (s *webAPI) lookupByEmail(a args) (answer, *refusal) {
	for _, id := range s.userOrder {
		if u := s.users[id]; u.Email != "" && strings.EqualFold(u.Email, a["email"]) && !u.Deleted {
			return answer{"user": s.wireUser(*u)}, nil
		}
	}
	return nil, refuse("users_not_found")
}

// omitIfBare leaves fields out if the switch bare_answers is on. Callers hold s.mu.
func (s *webAPI) omitIfBare(fields map[string]any, names ...string) {
	for _, name := range names {
		if s.faults.On("bare_answers") {
			delete(fields, name)
		}
	}
}

func (s *webAPI) usergroupsList(a args) (answer, *refusal) {
	list := []map[string]any{}
	for _, g := range s.groups {
		if g.Deleted && !a.IsTrue("include_disabled") {
			continue
		}
		out := g.Wire(s.cfg.TeamID, a.IsTrue("include_users"), a.IsTrue("include_count"))
		s.omitIfBare(out, "date_delete", "is_membership_locked")
		list = append(list, out)
	}
	return answer{"usergroups": list}, nil
}

func (s *webAPI) usergroupsUsersList(a args) (answer, *refusal) {
	g := s.groupByID(a["usergroup"])
	if g == nil {
		return nil, refuse("no_such_subteam")
	}
	if g.Deleted && !a.IsTrue("include_disabled") {
		return nil, refuse("subteam_disabled")
	}
	return answer{"users": append([]string{}, g.Users...)}, nil
}

// connectionsOpen gives out a URL that works for one connection.
func (s *webAPI) connectionsOpen(args) (answer, *refusal) {
	return answer{
		"url": "ws" + strings.TrimPrefix(s.cfg.URL, "http") + "/link?ticket=" + s.sockets.NewTicket() + "&app_id=" +
			s.cfg.AppID,
	}, nil
}

// wireUser is a user as users.info shows it.
func (s *webAPI) wireUser(u User) map[string]any {
	out := u.Wire(s.primaryTeam(&u), s.cfg.TeamID, s.cfg.HasScope("users:read.email"))
	if u.Deleted {
		return out
	}
	s.omitIfBare(out, "is_restricted", "is_ultra_restricted")
	if s.inOrg(&u) {
		out["enterprise_user"] = u.WireEnterprise(s.org.id, s.org.name, s.primaryTeam(&u))
	}
	return out
}

// wireChannel is a channel as conversations.info shows it.
func (s *webAPI) wireChannel(c Channel) map[string]any {
	out := c.Wire(s.teamsOf(c), c.Has(s.botUser().ID))
	s.omitIfBare(out, "is_ext_shared", "is_pending_ext_shared")
	return out
}
