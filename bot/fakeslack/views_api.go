package fakeslack

const maxStack = 3

// viewsOpen checks the view before it spends the trigger, so that a mistake in
// the view does not cost the trigger.
func (s *Slack) viewsOpen(a args) (answer, *refusal) {
	v, bad := s.parseView(a["view"], "modal")
	if bad != nil {
		return nil, bad
	}
	t, bad := s.spend(a["trigger_id"])
	if bad != nil {
		return nil, bad
	}
	s.stacks[t.user] = nil
	s.push(t.user, v)
	return s.answerView(v), nil
}

func (s *Slack) viewsPush(a args) (answer, *refusal) {
	v, bad := s.parseView(a["view"], "modal")
	if bad != nil {
		return nil, bad
	}
	t, bad := s.spend(a["trigger_id"])
	if bad != nil {
		return nil, bad
	}
	if t.viewID == "" || s.top(t.user) == nil {
		return nil, refuse("invalid_trigger_id")
	}
	if len(s.stacks[t.user]) >= maxStack {
		return nil, refuse("push_limit_reached")
	}
	s.push(t.user, v)
	return s.answerView(v), nil
}

// push puts a view on top of the person's stack. Callers hold s.mu.
func (s *Slack) push(user string, v *view) {
	v.id, v.user = newID("V0"), user
	v.root = v.id
	if under := s.top(user); under != nil {
		v.root, v.previous = under.root, under.id
	}
	s.stacks[user] = append(s.stacks[user], v)
	s.touch()
}

func (s *Slack) viewsUpdate(a args) (answer, *refusal) {
	if (a["view_id"] == "") == (a["external_id"] == "") {
		return nil, refuseWith("invalid_arguments", []string{"[ERROR] either view_id or external_id"})
	}
	old := s.findView(a["view_id"], a["external_id"])
	if old == nil {
		return nil, refuse("not_found")
	}
	v, bad := s.parseView(a["view"], old.kind)
	if bad != nil {
		return nil, bad
	}
	if a["hash"] != "" && a["hash"] != old.hash {
		return nil, refuse("hash_conflict")
	}
	s.replace(old, v)
	return s.answerView(old), nil
}

// replace gives an open view new contents; its id and place stay, and so does
// what was entered in fields that are still there. Callers hold s.mu.
func (s *Slack) replace(old, v *view) {
	v.keep(old)
	v.id, v.user, v.root, v.previous = old.id, old.user, old.root, old.previous
	*old = *v
	s.touch()
}

func (s *Slack) findView(id, external string) *view {
	match := func(v *view) bool { return id != "" && v.id == id || external != "" && v.external == external }
	for _, stack := range s.stacks {
		for _, v := range stack {
			if match(v) {
				return v
			}
		}
	}
	for _, v := range s.homes {
		if match(v) {
			return v
		}
	}
	return nil
}

func (s *Slack) viewsPublish(a args) (answer, *refusal) {
	if s.cfg.NoHomeTab {
		return nil, refuse("not_enabled")
	}
	u := s.users[a["user_id"]]
	if u == nil || u.Deleted {
		return nil, refuse("user_not_found")
	}
	v, bad := s.parseView(a["view"], "home")
	if bad != nil {
		return nil, bad
	}
	old := s.homes[u.ID]
	switch {
	case old == nil:
		v.id, v.user = newID("V0"), u.ID
		v.root = v.id
		s.homes[u.ID] = v
		s.touch()
	case a["hash"] != "" && a["hash"] != old.hash:
		return nil, refuse("hash_conflict")
	default:
		s.replace(old, v)
	}
	return s.answerView(s.homes[u.ID]), nil
}
