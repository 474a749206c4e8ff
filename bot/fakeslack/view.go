package fakeslack

import (
	"encoding/json"
	"fmt"
	"maps"
	"time"
)

// values are what a person has entered, by block_id and action_id, each in the
// shape of view.state.values.
type values map[string]map[string]map[string]any

// A View is a modal or a home tab as one person sees it.
type View struct {
	ID              string
	Type            string // modal or home
	User            string
	Title           string
	Submit          string // label of the submit button; empty: none
	Close           string
	CallbackID      string
	PrivateMetadata string
	ExternalID      string
	Hash            string
	Blocks          []Block
	// Errors stand under the fields: by block_id.
	Errors map[string]string
	// Values are what was entered so far.
	Values map[string]map[string]map[string]any
	// Depth is the view's place on the stack, from 1.
	Depth int
	// Warning is what the person sees when the bot did not answer a submission.
	Warning string
}

// A view is a View with what is needed to run it.
type view struct {
	id, kind, user, hash, root, previous   string
	callbackID, privateMetadata, external  string
	title, submit, close                   any
	blocks                                 []Block
	clearOnClose, notifyOnClose, submitOff bool
	values                                 values
	errors                                 map[string]string
	offered                                map[string][]Option // by placeOf: what type-ahead last offered
	warning                                string
}

var viewShapes = map[string]rule{
	"modal": object(map[string]rule{
		"type": noRule, "!title": plainText(24), "submit": plainText(24), "close": plainText(24), "!blocks": noRule,
		"callback_id": str(0, 255), "private_metadata": str(0, 3000), "external_id": str(0, 255),
		"clear_on_close": boolean, "notify_on_close": boolean, "submit_disabled": boolean,
	}),
	"home": object(map[string]rule{
		"type": noRule, "!blocks": noRule, "callback_id": str(0, 255), "private_metadata": str(0, 3000), "external_id": str(0, 255),
	}),
}

const maxViewBytes = 250_000

// CheckView returns what Slack would refuse about a view, in Slack's words;
// nil if it would take it. v is anything that marshals to a JSON object.
func CheckView(v any) []string {
	var m any
	mustRoundTrip(v, &m)
	c := &checker{}
	byType(viewShapes)(c, "/view", m)
	if fields, ok := m.(map[string]any); ok {
		kinds := modalBlockKinds
		if fields["type"] == "home" {
			kinds = homeBlockKinds
		}
		c.problems = append(c.problems, checkBlocks(fields["blocks"], "/view/blocks", maxViewBlocks, kinds)...)
		inputNeedsSubmit(c, fields)
		oneFocus(c, fields["blocks"])
	}
	return c.problems
}

// inputNeedsSubmit: a modal with input blocks has a submit button.
func inputNeedsSubmit(c *checker, m map[string]any) {
	for _, b := range blocksOf(m["blocks"]) {
		if m["type"] == "modal" && b["type"] == "input" && m["submit"] == nil {
			c.fail("/view/submit", "missing required field: submit, as there are input blocks")
			return
		}
	}
}

// oneFocus: only one element may ask for the focus.
func oneFocus(c *checker, blocks any) {
	focused := 0
	for _, b := range blocksOf(blocks) {
		for _, e := range elementsOf(b) {
			if e["focus_on_load"] == true {
				if focused++; focused > 1 {
					c.fail("/view/blocks", "only one element may have focus_on_load")
				}
			}
		}
	}
}

// parseView reads and checks a view. Callers hold s.mu.
func (s *Slack) parseView(raw, wantType string) (*view, *refusal) {
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
	if text(m, "type") != wantType {
		return nil, refuseWith("invalid_arguments", []string{"[ERROR] must be " + wantType + " [json-pointer:/view/type]"})
	}
	v := &view{kind: wantType, values: values{}, offered: map[string][]Option{}, title: m["title"], submit: m["submit"], close: m["close"]}
	v.callbackID, v.privateMetadata, v.external = text(m, "callback_id"), text(m, "private_metadata"), text(m, "external_id")
	v.clearOnClose, v.notifyOnClose, v.submitOff = m["clear_on_close"] == true, m["notify_on_close"] == true, m["submit_disabled"] == true
	mustRoundTrip(m["blocks"], &v.blocks)
	fillIDs(v.blocks)
	v.hash = s.newHash()
	v.fillInitial()
	return v, nil
}

func (s *Slack) newHash() string { return fmt.Sprintf("%s.%s", s.nextTS(), newID("")[:8]) }

// fillInitial puts the initial values of a view's elements into its state.
func (v *view) fillInitial() {
	for _, b := range v.blocks {
		for _, e := range elementsOf(b) {
			if isStateful(e) {
				v.values.set(text(b, "block_id"), text(e, "action_id"), initialValue(e))
			}
		}
	}
}

func (vs values) set(block, action string, value map[string]any) {
	if vs[block] == nil {
		vs[block] = map[string]map[string]any{}
	}
	vs[block][action] = value
}

// keep carries over what was entered in fields that the new version still has
// under the same block_id and action_id, as Slack does.
func (v *view) keep(old *view) {
	for block, fields := range v.values {
		for action, now := range fields {
			if was, ok := old.values[block][action]; ok && was["type"] == now["type"] {
				v.values[block][action] = was
			}
		}
	}
	maps.Copy(v.offered, old.offered)
}

// wireState is what was entered, as views show it: where there is nothing Slack
// was seen to send a list in place of an object (facts/slack.md section 12).
func wireState(vs values) map[string]any {
	if len(vs) == 0 {
		return map[string]any{"values": []any{}}
	}
	return map[string]any{"values": vs}
}

// answerView is a view as an answer of the Web API shows it: what stands in its
// fields is not told.
func (s *Slack) answerView(v *view) answer {
	return answer{"view": s.blankView(v)}
}

// blankView is a view without what was entered, which is how it comes with a
// question of type-ahead and with its end.
func (s *Slack) blankView(v *view) map[string]any {
	out := s.wireView(v)
	out["state"] = wireState(nil)
	return out
}

// wireView is a view as payloads show it. Of whoever is of another company it
// names their team, and ours as that which installed the app (section 12).
// Callers hold s.mu.
func (s *Slack) wireView(v *view) map[string]any {
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

func (s *Slack) shown(v *view, depth int) View {
	label := func(o any) string { m, _ := o.(map[string]any); return text(m, "text") }
	out := View{
		ID: v.id, Type: v.kind, User: v.user, Title: label(v.title), Submit: label(v.submit), Close: label(v.close),
		CallbackID: v.callbackID, PrivateMetadata: v.privateMetadata, ExternalID: v.external, Hash: v.hash,
		Blocks: cloneBlocks(v.blocks), Errors: maps.Clone(v.errors), Depth: depth, Warning: v.warning,
	}
	mustRoundTrip(v.values, &out.Values)
	return out
}

// OpenView returns the modal on top of what the person has open.
func (s *Slack) OpenView(user string) (View, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.top(user)
	if v == nil {
		return View{}, false
	}
	return s.shown(v, len(s.stacks[user])), true
}

// Home returns what the app last published to the person's home tab.
func (s *Slack) Home(user string) (View, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.homes[user]
	if v == nil {
		return View{}, false
	}
	return s.shown(v, 1), true
}

// top is the person's topmost modal or nil. Callers hold s.mu.
func (s *Slack) top(user string) *view {
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

const triggerLife = 3 * time.Second

// newTrigger gives out a trigger_id. Callers hold s.mu.
func (s *Slack) newTrigger(user, viewID string) string {
	id := newID("1.") + "." + newID("")
	s.triggers[id] = &trigger{user: user, at: s.cfg.Now(), viewID: viewID}
	return id
}

// spend uses a trigger up. Callers hold s.mu.
func (s *Slack) spend(id string) (*trigger, *refusal) {
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
