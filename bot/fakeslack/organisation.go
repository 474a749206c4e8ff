package fakeslack

// An organisation (Enterprise Grid) that the workspace belongs to, and what Slack
// then sends otherwise (bot/chat/doc.go, "Who clicked").

// An organisation is a Grid. wide says whether the app is installed for all of
// it, else it is installed in the one workspace.
type organisation struct {
	id, name string
	wide     bool
}

// installation is what auth.test says of the installation.
func (s *webAPI) installation() answer {
	out := answer{"team": "Home", "team_id": s.cfg.TeamID, "is_enterprise_install": s.org.wide}
	if s.org.id != "" {
		out["enterprise_id"] = s.org.id
	}
	if s.org.wide {
		out["team"], out["team_id"] = s.org.name, s.org.id
	}
	return out
}

// inOrg reports whether somebody is of an organisation that the workspace is of.
// Callers hold s.mu.
func (s *workspace) inOrg(u *User) bool { return s.org.id != "" && u.TeamID == s.cfg.TeamID }

// primaryTeam is the workspace that Slack names as a person's: in an organisation it
// may be another one than that in which they act. Callers hold s.mu.
func (s *workspace) primaryTeam(u *User) string {
	if s.inOrg(u) && u.PrimaryTeamID != "" {
		return u.PrimaryTeamID
	}
	return u.TeamID
}

// teamOf is the team of whoever acted: their own company's, wherever they acted.
// Where the app is installed for an organisation there is none. Callers hold s.mu.
func (s *clients) teamOf(u *User) any {
	if s.org.wide && s.inOrg(u) {
		return nil
	}
	t := map[string]any{"id": u.TeamID, "domain": domainOf(u.TeamID == s.cfg.TeamID)}
	if s.inOrg(u) {
		t["enterprise_id"], t["enterprise_name"] = s.org.id, s.org.name
	}
	return t
}

// enterpriseOf is the organisation of whoever acted, if there is one. Callers
// hold s.mu.
func (s *clients) enterpriseOf(u *User) any {
	if !s.inOrg(u) {
		return nil
	}
	return map[string]any{"id": s.org.id, "name": s.org.name}
}
