package fakeslack

const maxStack = 3

// viewsOpen checks the view before it spends the trigger, so that a mistake in
// the view does not cost the trigger.
func (s *webAPI) viewsOpen(a args) (answer, *refusal) {
	v, bad := s.parseView(a["view"], "modal")
	if bad != nil {
		return nil, bad
	}
	t, no := s.triggers.Spend(a["trigger_id"], s.cfg.Now())
	if no != "" {
		return nil, refuse(no)
	}
	s.stacks[t.User] = nil
	s.pushView(t.User, v)
	return s.answerView(v), nil
}

func (s *webAPI) viewsPush(a args) (answer, *refusal) {
	v, bad := s.parseView(a["view"], "modal")
	if bad != nil {
		return nil, bad
	}
	t, no := s.triggers.Spend(a["trigger_id"], s.cfg.Now())
	if no != "" {
		return nil, refuse(no)
	}
	if t.View == "" || s.topView(t.User) == nil {
		return nil, refuse("invalid_trigger_id")
	}
	if len(s.stacks[t.User]) >= maxStack {
		return nil, refuse("push_limit_reached")
	}
	s.pushView(t.User, v)
	return s.answerView(v), nil
}

func (s *webAPI) viewsUpdate(a args) (answer, *refusal) {
	if (a["view_id"] == "") == (a["external_id"] == "") {
		return nil, refuseWith("invalid_arguments", []string{"[ERROR] either view_id or external_id"})
	}
	old := s.findView(a["view_id"], a["external_id"])
	if old == nil {
		return nil, refuse("not_found")
	}
	v, bad := s.parseView(a["view"], old.Kind)
	if bad != nil {
		return nil, bad
	}
	if a["hash"] != "" && a["hash"] != old.Hash {
		return nil, refuse("hash_conflict")
	}
	s.replaceView(old, v)
	return s.answerView(old), nil
}

func (s *webAPI) viewsPublish(a args) (answer, *refusal) {
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
		v.ID, v.User = newID("V0"), u.ID
		v.Root = v.ID
		s.homes[u.ID] = v
		s.markChanged()
	case a["hash"] != "" && a["hash"] != old.Hash:
		return nil, refuse("hash_conflict")
	default:
		s.replaceView(old, v)
	}
	return s.answerView(s.homes[u.ID]), nil
}
