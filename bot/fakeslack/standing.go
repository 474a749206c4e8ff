package fakeslack

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// What an administrator of the workspace does while something is under way.

// ErrNoSuch: there is no such person, group or channel, or it cannot be
// changed like that.
var ErrNoSuch = errors.New("the workspace does not take this")

// Enrol makes the user a member of the user group, or ends it.
func (s *Slack) Enrol(user, group string, in bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.users[user]
	g := slices.IndexFunc(s.groups, func(g Group) bool { return g.ID == group && !g.Deleted })
	switch {
	case u == nil || g < 0:
		return fmt.Errorf("%w: %s in %s", ErrNoSuch, user, group)
	case in && (u.Deleted || u.TeamID != s.cfg.TeamID):
		return fmt.Errorf("%w: %s is no member of the workspace", ErrNoSuch, user)
	case slices.Contains(s.groups[g].Users, user) == in:
		return fmt.Errorf("%w: %s is so already", ErrNoSuch, user)
	}
	s.groups[g].Users = without(s.groups[g].Users, user)
	if in {
		s.groups[g].Users = append(s.groups[g].Users, user)
	}
	s.touch()
	return nil
}

// Deactivate ends an account: it leaves every group and channel.
func (s *Slack) Deactivate(user string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.users[user]
	if u == nil || u.Deleted {
		return fmt.Errorf("%w: %s", ErrNoSuch, user)
	}
	u.Deleted = true
	for i := range s.groups {
		s.groups[i].Users = without(s.groups[i].Users, user)
	}
	for _, c := range s.channels {
		c.Members = without(c.Members, user)
	}
	s.touch()
	return nil
}

// without is a copy of the members, but for one.
func without(members []string, user string) []string {
	return slices.DeleteFunc(slices.Clone(members), func(m string) bool { return m == user })
}

// Restrict makes a member a multi-channel guest, or a guest a member. Its
// groups stay as they are.
func (s *Slack) Restrict(user string, guest bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.users[user]
	if u == nil || u.Deleted || u.IsBot || u.TeamID != s.cfg.TeamID || u.IsRestricted == guest {
		return fmt.Errorf("%w: %s", ErrNoSuch, user)
	}
	u.IsRestricted = guest
	s.touch()
	return nil
}

// SetEmail changes somebody's address. No two accounts of a workspace have the
// same one, in any letter case.
func (s *Slack) SetEmail(user, email string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.users[user]
	if u == nil || !strings.Contains(email, "@") {
		return fmt.Errorf("%w: %s of %s", ErrNoSuch, email, user)
	}
	for _, other := range s.users {
		if other.ID != user && other.TeamID == u.TeamID && strings.EqualFold(other.Email, email) {
			return fmt.Errorf("%w: %s has that address", ErrNoSuch, other.ID)
		}
	}
	u.Email = email
	s.touch()
	return nil
}

// Share shares a channel with another company, or ends it: then that company's
// people leave.
func (s *Slack) Share(channel string, shared bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.channels[channel]
	if c == nil || c.IsExtShared == shared {
		return fmt.Errorf("%w: %s", ErrNoSuch, channel)
	}
	c.IsExtShared = shared
	if !shared {
		c.Members = slices.DeleteFunc(slices.Clone(c.Members), func(m string) bool {
			return s.users[m] != nil && s.users[m].TeamID != s.cfg.TeamID
		})
	}
	s.touch()
	return nil
}

// Revoke takes a scope from the token that has it, as an installation without
// it would.
func (s *Slack) Revoke(scope string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, granted := range []*[]string{&s.cfg.Scopes, &s.cfg.AppScopes} {
		if i := slices.Index(*granted, scope); i >= 0 {
			*granted = slices.Delete(slices.Clone(*granted), i, i+1)
			return nil
		}
	}
	return fmt.Errorf("%w: scope %s", ErrNoSuch, scope)
}

// ChangeGroup lets edit change a user group: disable it, or lock who is in it.
func (s *Slack) ChangeGroup(id string, edit func(*Group)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.groupByID(id)
	if g == nil {
		return fmt.Errorf("%w: %s", ErrNoSuch, id)
	}
	edit(g)
	s.touch()
	return nil
}
