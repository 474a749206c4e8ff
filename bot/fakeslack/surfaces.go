package fakeslack

import (
	"encoding/json"
	"fmt"
	"maps"
	"time"

	"twokey/bot/fakeslack/blockkit"
)

// Surfaces are what a person has open besides channels: forms and the Home tab.
type surfaces struct {
	*workspace
	triggers map[string]*trigger
	stacks   map[string][]*view // a person's open modals, the last on top
	homes    map[string]*view
}

const maxViewBytes = 250_000

// parseView reads and checks a view. Callers hold s.mu.
func (s *surfaces) parseView(raw, wantType string) (*view, *refusal) {
	var m map[string]any
	if err := json.Unmarshal([]byte(raw), &m); err != nil {
		return nil, refuseWith("invalid_arguments", []string{"[ERROR] must provide an object [json-pointer:/view]"})
	}
	if len(raw) > maxViewBytes {
		return nil, refuse("view_too_large")
	}
	if problems := CheckView(m); len(problems) > 0 {
		return nil, refuseWith("invalid_arguments", problems)
	}
	if blockkit.Text(m, "type") != wantType {
		return nil, refuseWith("invalid_arguments", []string{"[ERROR] must be " + wantType + " [json-pointer:/view/type]"})
	}
	v := &view{kind: wantType, values: values{}, offered: map[string][]Option{}, title: m["title"], submit: m["submit"], close: m["close"]}
	v.callbackID, v.privateMetadata, v.external = blockkit.Text(m, "callback_id"), blockkit.Text(m, "private_metadata"), blockkit.Text(m, "external_id")
	v.clearOnClose, v.notifyOnClose, v.submitOff = m["clear_on_close"] == true, m["notify_on_close"] == true, m["submit_disabled"] == true
	blockkit.RoundTrip(m["blocks"], &v.blocks)
	blockkit.FillIDs(v.blocks)
	v.hash = s.newHash()
	v.fillInitial()
	return v, nil
}

func (s *surfaces) newHash() string { return fmt.Sprintf("%s.%s", s.nextTS(), newID("")[:8]) }

// answerView is a view as an answer of the Web API shows it: what stands in its
// fields is not told.
func (s *surfaces) answerView(v *view) answer {
	return answer{"view": s.blankView(v)}
}

// blankView is a view without what was entered, which is how it comes with a
// question of type-ahead and with its end.
func (s *surfaces) blankView(v *view) map[string]any {
	out := s.wireView(v)
	out["state"] = wireState(nil)
	return out
}

// wireView is a view as payloads show it. Of whoever is of another company it
// names their team, and ours as that which installed the app (section 12).
// Callers hold s.mu.
func (s *surfaces) wireView(v *view) map[string]any {
	bot := s.botUser()
	team := s.cfg.TeamID
	if u := s.users[v.user]; u != nil {
		team = u.TeamID
	}
	out := map[string]any{
		"id": v.id, "team_id": team, "type": v.kind, "blocks": v.blocks, "private_metadata": v.privateMetadata,
		"callback_id": v.callbackID, "state": wireState(v.values), "hash": v.hash, "title": v.title, "submit": v.submit,
		"close": v.close, "clear_on_close": v.clearOnClose, "notify_on_close": v.notifyOnClose, "submit_disabled": v.submitOff,
		"root_view_id": v.root, "previous_view_id": nil, "app_id": s.cfg.AppID, "external_id": v.external,
		"app_installed_team_id": s.cfg.TeamID, "bot_id": bot.BotID,
	}
	if v.previous != "" {
		out["previous_view_id"] = v.previous
	}
	return out
}

func (s *surfaces) describeView(v *view, depth int) View {
	label := func(o any) string { m, _ := o.(map[string]any); return blockkit.Text(m, "text") }
	out := View{
		ID: v.id, Type: v.kind, User: v.user, Title: label(v.title), Submit: label(v.submit), Close: label(v.close),
		CallbackID: v.callbackID, PrivateMetadata: v.privateMetadata, ExternalID: v.external, Hash: v.hash,
		Blocks: blockkit.Clone(v.blocks), Errors: maps.Clone(v.errors), Depth: depth, Warning: v.warning,
	}
	blockkit.RoundTrip(v.values, &out.Values)
	return out
}

// OpenView returns the modal on top of what the person has open.
func (s *surfaces) OpenView(user string) (View, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.topView(user)
	if v == nil {
		return View{}, false
	}
	return s.describeView(v, len(s.stacks[user])), true
}

// Home returns what the app last published to the person's home tab.
func (s *surfaces) Home(user string) (View, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.homes[user]
	if v == nil {
		return View{}, false
	}
	return s.describeView(v, 1), true
}

// topView is the person's topmost modal or nil. Callers hold s.mu.
func (s *surfaces) topView(user string) *view {
	stack := s.stacks[user]
	if len(stack) == 0 {
		return nil
	}
	return stack[len(stack)-1]
}

// A trigger lets the app open one modal, once, within three seconds.
type trigger struct {
	user   string
	at     time.Time
	used   bool
	viewID string // the modal it was pressed in, if any
}

// newTrigger gives out a trigger_id. Callers hold s.mu.
func (s *surfaces) newTrigger(user, viewID string) string {
	id := newID("1.") + "." + newID("")
	s.triggers[id] = &trigger{user: user, at: s.cfg.Now(), viewID: viewID}
	return id
}

// spendTrigger uses a trigger up. Callers hold s.mu.
func (s *surfaces) spendTrigger(id string) (*trigger, *refusal) {
	t := s.triggers[id]
	switch {
	case t == nil:
		return nil, refuse("invalid_trigger_id")
	case t.used:
		return nil, refuse("exchanged_trigger_id")
	case s.cfg.Now().Sub(t.at) > triggerLife:
		return nil, refuse("expired_trigger_id")
	}
	t.used = true
	return t, nil
}

// pushView puts a view on top of the person's stack. Callers hold s.mu.
func (s *surfaces) pushView(user string, v *view) {
	v.id, v.user = newID("V0"), user
	v.root = v.id
	if under := s.topView(user); under != nil {
		v.root, v.previous = under.root, under.id
	}
	s.stacks[user] = append(s.stacks[user], v)
	s.markChanged()
}

// replaceView gives an open view new contents; its id and place stay, and so does
// what was entered in fields that are still there. Callers hold s.mu.
func (s *surfaces) replaceView(old, v *view) {
	v.keep(old)
	v.id, v.user, v.root, v.previous = old.id, old.user, old.root, old.previous
	*old = *v
	s.markChanged()
}

func (s *surfaces) findView(id, external string) *view {
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
