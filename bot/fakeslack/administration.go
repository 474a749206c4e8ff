package fakeslack

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// An administration is what an administrator of the workspace does while something
// is under way, no further than a workspace allows.
type administration struct{ *workspace }

// ErrNoSuch: there is no such person, group or channel, or it cannot be
// changed like that.
var ErrNoSuch = errors.New("the workspace does not take this")

// Enrol makes the user a member of the user group, or ends it.
func (s *administration) Enrol(user, group string, in bool) error {
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
	s.markChanged()
	return nil
}

// Deactivate ends an account: it leaves every group and channel.
func (s *administration) Deactivate(user string) error {
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
	s.markChanged()
	return nil
}

// without is a copy of the members, but for one.
func without(members []string, user string) []string {
	return slices.DeleteFunc(slices.Clone(members), func(m string) bool { return m == user })
}

// Restrict makes a member a multi-channel guest, or a guest a member. Its
// groups stay as they are.
func (s *administration) Restrict(user string, guest bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.users[user]
	if u == nil || u.Deleted || u.IsBot || u.TeamID != s.cfg.TeamID || u.IsRestricted == guest {
		return fmt.Errorf("%w: %s", ErrNoSuch, user)
	}
	u.IsRestricted = guest
	s.markChanged()
	return nil
}

// SetEmail changes somebody's address. No two accounts of a workspace have the
// same one, in any letter case.
func (s *administration) SetEmail(user, email string) error {
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
	s.markChanged()
	return nil
}

// Share shares a channel with another company, or ends it: then that company's
// people leave.
func (s *administration) Share(channel string, shared bool) error {
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
	s.markChanged()
	return nil
}

// ChangeGroup lets edit change a user group: disable it, or lock who is in it.
func (s *administration) ChangeGroup(id string, edit func(*Group)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.groupByID(id)
	if g == nil {
		return fmt.Errorf("%w: %s", ErrNoSuch, id)
	}
	edit(g)
	s.markChanged()
	return nil
}

// Join makes the user a member of the channel; Leave ends it. Both accept the
// bot user too, which is how a test invites or removes the app.
func (s *administration) Join(user, channel string) { s.setMember(user, channel, true) }

// Leave ends a membership: see Join.
func (s *administration) Leave(user, channel string) { s.setMember(user, channel, false) }

func (s *administration) setMember(user, channel string, in bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.channels[channel]
	if c == nil {
		return
	}
	c.Members = slices.DeleteFunc(slices.Clone(c.Members), func(m string) bool { return m == user })
	if in {
		c.Members = append(c.Members, user)
	}
	s.markChanged()
}

// SetGroup replaces a user group's members.
func (s *administration) SetGroup(id string, users ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.groups {
		if s.groups[i].ID == id {
			s.groups[i].Users = slices.Clone(users)
		}
	}
	s.markChanged()
}

// AddGroup makes a user group.
func (s *administration) AddGroup(g Group) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.groups = append(s.groups, g)
	s.markChanged()
}

// AddChannel makes a channel.
func (s *administration) AddChannel(c Channel) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.Members = slices.Clone(c.Members)
	s.channels[c.ID] = &room{Channel: c}
	s.roomOrder = append(s.roomOrder, c.ID)
	s.markChanged()
}

// ChangeUser lets edit change a person, for example to deactivate them.
func (s *administration) ChangeUser(id string, edit func(*User)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u := s.users[id]; u != nil {
		edit(u)
		s.markChanged()
	}
}

// SetArchived archives a channel, or opens it again.
func (s *administration) SetArchived(channel string, archived bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.channels[channel]; c != nil {
		c.Archived = archived
		s.markChanged()
	}
}

// Delete is an administrator's: the message is gone, or a tombstone if it has
// replies.
func (s *administration) Delete(channel, ts string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.findPublic(channel, ts); r != nil {
		s.removeMessage(s.channels[channel], r)
	}
}
