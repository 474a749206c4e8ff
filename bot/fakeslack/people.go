package fakeslack

import "twokey/bot/fakeslack/directory"

// Who and what there is in a workspace.
type (
	Directory = directory.Directory
	User      = directory.User
	Group     = directory.Group
	Channel   = directory.Channel
)

// SamplePeople is a workspace with somebody for every rule: one on call, two
// approvers, one who may not approve, a guest, somebody from another company
// and one who has left.
func SamplePeople() *Directory { return directory.Sample() }

// Users returns everybody in the order of the directory.
func (s *workspace) Users() []User {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []User
	for _, id := range s.userOrder {
		out = append(out, *s.users[id])
	}
	return out
}

// botUser is the app's own user. Callers hold s.mu.
func (s *workspace) botUser() *User {
	for _, id := range s.userOrder {
		if u := s.users[id]; u.IsBot && u.AppID == s.cfg.AppID {
			return u
		}
	}
	return &User{ID: "U0APP", Name: "app", BotID: "B0APP", AppID: s.cfg.AppID, TeamID: s.cfg.TeamID, IsBot: true}
}
