package directory

import "strings"

// Wire is a user as users.info shows it. primaryTeam is the workspace that Slack names
// as theirs, home the one of the app. The e-mail needs a scope of its own.
func (u User) Wire(primaryTeam, home string, withEmail bool) map[string]any {
	profile := map[string]any{
		"real_name": u.RealName, "real_name_normalized": u.RealName, "display_name": u.Name,
		"display_name_normalized": u.Name, "team": u.TeamID, "avatar_hash": "g" + strings.ToLower(u.ID),
	}
	if withEmail {
		profile["email"] = u.Email
	}
	if u.IsBot {
		profile["bot_id"], profile["api_app_id"] = u.BotID, u.AppID
	}
	out := map[string]any{
		"id": u.ID, "team_id": primaryTeam, "name": u.Name, "deleted": u.Deleted, "profile": profile,
		"is_bot": u.IsBot, "is_app_user": false, "updated": 1700000000,
	}
	if u.Deleted {
		return out
	}
	out["real_name"], out["tz"] = u.RealName, u.TZ
	out["is_restricted"], out["is_ultra_restricted"] = u.IsRestricted, u.IsUltraRestricted
	out["is_admin"], out["is_owner"], out["is_primary_owner"] = false, false, false
	out["is_workflow_bot"] = u.IsWorkflowBot
	if u.TeamID != home {
		out["is_stranger"] = u.IsStranger
	}
	return out
}

// WireEnterprise is a member as an organisation knows them.
func (u User) WireEnterprise(id, name, primaryTeam string) map[string]any {
	teams := []string{u.TeamID}
	if primaryTeam != u.TeamID {
		teams = append(teams, primaryTeam)
	}
	return map[string]any{
		"id": u.ID, "enterprise_id": id, "enterprise_name": name, "is_admin": false, "is_owner": false,
		"is_primary_owner": false, "teams": teams,
	}
}

// Wire is a user group as usergroups.list shows it.
func (g Group) Wire(team string, withUsers, withCount bool) map[string]any {
	out := map[string]any{
		"id": g.ID, "team_id": team, "is_usergroup": true, "is_subteam": true, "name": g.Name, "handle": g.Handle,
		"description": "", "is_external": false, "date_create": 1700000000, "date_update": 1700000000, "date_delete": 0,
		"auto_type": nil, "is_membership_locked": g.Locked, "is_idp_group": false, "created_by": "U0ANN",
		"updated_by": "U0ANN", "prefs": map[string]any{"channels": []string{}, "groups": []string{}},
	}
	if g.Deleted {
		out["date_delete"] = 1700000001
	}
	if withUsers {
		out["users"] = g.Users
	}
	if withCount {
		out["user_count"] = len(g.Users)
	}
	return out
}

// Wire is a channel as conversations.info shows it to the app. teams are those whose
// people are in it, the app's own first.
func (c Channel) Wire(teams []string, appIsMember bool) map[string]any {
	if c.IM != "" {
		return map[string]any{
			"id": c.ID, "created": 1700000000, "is_im": true, "is_open": true, "is_archived": false,
			"is_org_shared": false, "user": c.IM, "last_read": "0000000000.000000", "latest": nil,
			"unread_count": 0, "unread_count_display": 0, "priority": 0,
		}
	}
	return map[string]any{
		"id": c.ID, "name": c.Name, "name_normalized": c.Name, "created": 1700000000, "creator": "U0ANN",
		"is_channel": !c.Private, "is_group": false, "is_im": false, "is_mpim": false, "is_private": c.Private,
		"is_archived": c.Archived, "is_general": false, "is_member": appIsMember, "unlinked": 0,
		"is_shared": c.IsExtShared, "is_ext_shared": c.IsExtShared, "is_org_shared": false,
		"is_pending_ext_shared": false, "context_team_id": teams[0], "shared_team_ids": teams,
		"pending_shared": []string{}, "previous_names": []string{},
		"topic":   map[string]any{"value": c.Topic, "creator": "U0ANN", "last_set": 1700000000},
		"purpose": map[string]any{"value": "", "creator": "", "last_set": 0},
	}
}
