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

// wireUser is a user as users.info shows it. The e-mail needs its own scope.
func (s *webAPI) wireUser(u User) map[string]any {
	profile := map[string]any{
		"real_name": u.RealName, "real_name_normalized": u.RealName, "display_name": u.Name,
		"display_name_normalized": u.Name, "team": u.TeamID, "avatar_hash": "g" + strings.ToLower(u.ID),
	}
	if s.cfg.hasScope("users:read.email") {
		profile["email"] = u.Email
	}
	if u.IsBot {
		profile["bot_id"], profile["api_app_id"] = u.BotID, u.AppID
	}
	out := map[string]any{
		"id": u.ID, "team_id": s.primaryTeam(&u), "name": u.Name, "deleted": u.Deleted, "profile": profile,
		"is_bot": u.IsBot, "is_app_user": false, "updated": 1700000000,
	}
	if u.Deleted {
		return out
	}
	out["real_name"], out["tz"], out["is_restricted"], out["is_ultra_restricted"] = u.RealName, u.TZ, u.IsRestricted, u.IsUltraRestricted
	out["is_admin"], out["is_owner"], out["is_primary_owner"] = false, false, false
	out["is_workflow_bot"] = u.IsWorkflowBot
	s.omitIfBare(out, "is_restricted", "is_ultra_restricted")
	if u.TeamID != s.cfg.TeamID {
		out["is_stranger"] = u.IsStranger
	}
	if s.inOrg(&u) {
		out["enterprise_user"] = s.enterpriseUser(&u)
	}
	return out
}

// omitIfBare leaves fields out where the switch bare_answers is on. Callers hold s.mu.
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
		list = append(list, s.wireGroup(g, a.IsTrue("include_users"), a.IsTrue("include_count")))
	}
	return answer{"usergroups": list}, nil
}

func (s *webAPI) wireGroup(g Group, withUsers, withCount bool) map[string]any {
	out := map[string]any{
		"id": g.ID, "team_id": s.cfg.TeamID, "is_usergroup": true, "is_subteam": true, "name": g.Name, "handle": g.Handle,
		"description": "", "is_external": false, "date_create": 1700000000, "date_update": 1700000000, "date_delete": 0,
		"auto_type": nil, "is_membership_locked": g.Locked, "is_idp_group": false, "created_by": "U0ANN", "updated_by": "U0ANN", "prefs": map[string]any{"channels": []string{}, "groups": []string{}},
	}
	if g.Deleted {
		out["date_delete"] = 1700000001
	}
	s.omitIfBare(out, "date_delete", "is_membership_locked")
	if withUsers {
		out["users"] = g.Users
	}
	if withCount {
		out["user_count"] = len(g.Users)
	}
	return out
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
	return answer{"url": "ws" + strings.TrimPrefix(s.cfg.URL, "http") + "/link?ticket=" + s.sockets.NewTicket() + "&app_id=" + s.cfg.AppID}, nil
}
