package fakeslack

import (
	"fmt"

	"twokey/bot/fakeslack/blockkit"
	"twokey/bot/fakeslack/views"
)

// Surfaces are what a person has open besides channels: forms and the Home tab.
type surfaces struct {
	*workspace
	triggers views.Triggers
	stacks   map[string][]*view // a person's open modals, the last on top
	homes    map[string]*view
}

func (s *surfaces) newHash() string { return fmt.Sprintf("%s.%s", s.nextTS(), newID("")[:8]) }

// answerView is a view as an answer of the Web API shows it: what stands in its
// fields is left out.
func (s *surfaces) answerView(v *view) answer {
	return answer{"view": s.blankView(v)}
}

// OpenView returns the modal on top of what the person has open.
func (s *surfaces) OpenView(user string) (View, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.topView(user)
	if v == nil {
		return View{}, false
	}
	return v.Describe(len(s.stacks[user])), true
}

// Home returns what the app last published to the person's home tab.
func (s *surfaces) Home(user string) (View, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.homes[user]
	if v == nil {
		return View{}, false
	}
	return v.Describe(1), true
}

// topView is the person's topmost modal or nil. Callers hold s.mu.
func (s *surfaces) topView(user string) *view {
	stack := s.stacks[user]
	if len(stack) == 0 {
		return nil
	}
	return stack[len(stack)-1]
}

// newTrigger gives out a trigger_id. Callers hold s.mu.
func (s *surfaces) newTrigger(user, viewID string) string {
	id := newID("1.") + "." + newID("")
	s.triggers[id] = &views.Trigger{User: user, View: viewID, At: s.cfg.Now()}
	return id
}

// pushView puts a view on top of the person's stack. Callers hold s.mu.
func (s *surfaces) pushView(user string, v *view) {
	v.ID, v.User = newID("V0"), user
	v.Root = v.ID
	if under := s.topView(user); under != nil {
		v.Root, v.Previous = under.Root, under.ID
	}
	s.stacks[user] = append(s.stacks[user], v)
	s.markChanged()
}

// replaceView gives an open view new contents; its id and place stay, and so does
// what was entered in fields that are still there. Callers hold s.mu.
func (s *surfaces) replaceView(old, v *view) {
	v.Keep(old)
	v.ID, v.User, v.Root, v.Previous = old.ID, old.User, old.Root, old.Previous
	*old = *v
	s.markChanged()
}

func (s *surfaces) findView(id, external string) *view {
	match := func(v *view) bool { return id != "" && v.ID == id || external != "" && v.External == external }
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

// parseView reads and checks a view. Callers hold s.mu.
func (s *surfaces) parseView(raw, wantType string) (*view, *refusal) {
	v, code, problems := views.Parse(raw, wantType)
	switch {
	case code == "":
		v.Hash = s.newHash()
		return v, nil
	case problems == nil:
		return nil, refuse(code)
	}
	return nil, refuseWith(code, problems)
}

// wireView is a view as payloads show it. Of whoever is of another company it
// names their team, and ours as that which installed the app. Callers hold s.mu.
func (s *surfaces) wireView(v *view) map[string]any { return v.Wire(s.appOf(v), false) }

func (s *surfaces) appOf(v *view) views.App {
	team := s.cfg.TeamID
	if u := s.users[v.User]; u != nil {
		team = u.TeamID
	}
	return views.App{ID: s.cfg.AppID, BotID: s.botUser().BotID, HomeTeam: s.cfg.TeamID, Team: team}
}

// blankView is a view without what was entered, which is how it comes with a
// question of type-ahead and with its end.
func (s *surfaces) blankView(v *view) map[string]any { return v.Wire(s.appOf(v), true) }

// A View is a modal or a home tab as one person sees it.
type View = views.View

// A view is what is needed to run one.
type view = views.Surface

// CheckView returns what Slack would refuse about a view, in Slack's words;
// nil if it would take it. v is anything that marshals to a JSON object.
func CheckView(v any) []string { return blockkit.CheckView(v) }
