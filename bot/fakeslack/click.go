package fakeslack

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"
)

// ErrNoButton: there is no such button (any more) where it was looked for.
var ErrNoButton = errors.New("no such button")

// Click presses a button on the message as it is now. button is its action_id
// or exact label; an overflow entry goes by its label. A confirm dialog counts
// as confirmed. Nobody is kept from clicking: an external person, a guest, or
// somebody outside the channel may try, since it is the bot that must judge.
// The error is ErrNoMessage, ErrNoButton or a *NotAcked.
func (s *Slack) Click(ctx context.Context, user, channel, ts, button string) error {
	return s.ClickStale(ctx, user, channel, ts, 0, button)
}

// ClickStale presses a button on an earlier version of the message (see
// Versions), as a client does that has not drawn the update yet. The payload's
// action comes from that version; its message is the present one if version is
// 0, else that version.
func (s *Slack) ClickStale(ctx context.Context, user, channel, ts string, version int, button string) error {
	payload, err := s.ClickPayload(user, channel, ts, version, button)
	if err != nil {
		return err
	}
	return s.act(ctx, user, channel, ts, payload)
}

// ClickPayload is the block_actions payload that such a click would send; with
// SignedRequest a test can forge one.
func (s *Slack) ClickPayload(user, channel, ts string, version int, button string) (map[string]any, error) {
	return s.messagePayload(user, channel, ts, version, byLabel(button))
}

// Choose picks a value in a select, date picker or the like that stands in a
// message. element is its action_id or block_id.
func (s *Slack) Choose(ctx context.Context, user, channel, ts, element, value string) error {
	payload, err := s.messagePayload(user, channel, ts, 0, byValue(element, value, nil))
	if err != nil {
		return err
	}
	return s.act(ctx, user, channel, ts, payload)
}

// act delivers a click on a message and sets or clears its warning mark.
func (s *Slack) act(ctx context.Context, user, channel, ts string, payload map[string]any) error {
	_, _, err := s.deliver(ctx, outgoing{kind: "block_actions", user: user, payload: payload})
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.find(channel, ts); r != nil {
		r.Warning = ""
		if err != nil {
			r.Warning = "This app did not respond. Try again in a moment."
		}
		s.touch()
	}
	return err
}

// A pick finds the element that was used among blocks and says what was done.
type picker func(blocks []Block) (b Block, e, action map[string]any, err error)

// byLabel finds a button or overflow entry by action_id, then by label.
func byLabel(name string) picker {
	return func(blocks []Block) (Block, map[string]any, map[string]any, error) {
		for _, byID := range []bool{true, false} {
			for _, b := range blocks {
				for _, e := range elementsOf(b) {
					if a := pressed(e, name, byID); a != nil {
						return b, e, a, nil
					}
				}
			}
		}
		return nil, nil, nil, fmt.Errorf("%w: %q", ErrNoButton, name)
	}
}

func pressed(e map[string]any, name string, byID bool) map[string]any {
	switch {
	case text(e, "type") == "button" && (byID && text(e, "action_id") == name || !byID && textOf(e, "text") == name):
		a := map[string]any{"text": e["text"]}
		copyFields(a, e, "value", "style", "url")
		return a
	case text(e, "type") == "overflow" && !byID:
		if o, ok := choose(optionsOf(e), name); ok {
			return map[string]any{"selected_option": o.raw}
		}
	}
	return nil
}

// byPlace finds exactly one element, and what was chosen in it.
func byPlace(block, action, value string, offered []Option) picker {
	return func(blocks []Block) (Block, map[string]any, map[string]any, error) {
		for _, b := range blocks {
			for _, e := range elementsOf(b) {
				if text(b, "block_id") != block || text(e, "action_id") != action {
					continue
				}
				if !isStateful(e) {
					name := value
					if text(e, "type") == "button" {
						name = action
					}
					if a := pressed(e, name, text(e, "type") == "button"); a != nil {
						return b, e, a, nil
					}
					continue
				}
				a, err := enter(e, value, offered)
				return b, e, a, err
			}
		}
		return nil, nil, nil, fmt.Errorf("%w: %s in %s", ErrNoButton, action, block)
	}
}

func byValue(name, value string, offered []Option) picker {
	return func(blocks []Block) (Block, map[string]any, map[string]any, error) {
		for _, b := range blocks {
			for _, e := range elementsOf(b) {
				if isStateful(e) && (text(b, "block_id") == name || text(e, "action_id") == name) {
					a, err := enter(e, value, offered)
					return b, e, a, err
				}
			}
		}
		return nil, nil, nil, fmt.Errorf("%w: %q", ErrNoButton, name)
	}
}

func copyFields(to, from map[string]any, names ...string) {
	for _, n := range names {
		if from[n] != nil {
			to[n] = from[n]
		}
	}
}

// finish completes an action with the fields that every action has.
func (s *Slack) finish(b Block, e, action map[string]any) map[string]any {
	a := map[string]any{"type": e["type"], "action_id": e["action_id"], "block_id": b["block_id"], "action_ts": microTS(s.cfg.Now())}
	copyFields(a, e, "placeholder", "confirm")
	maps.Copy(a, action)
	return a
}

func microTS(t time.Time) string { return fmt.Sprintf("%d.%06d", t.Unix(), t.Nanosecond()/1000) }

// messagePayload makes the block_actions payload for a message.
func (s *Slack) messagePayload(user, channel, ts string, version int, find picker) (map[string]any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.find(channel, ts)
	u := s.users[user]
	if r == nil || u == nil || r.EphemeralTo != "" && r.EphemeralTo != user {
		return nil, fmt.Errorf("%w: %s in %s for %s", ErrNoMessage, ts, channel, user)
	}
	m := r.Message
	for _, old := range r.past {
		if old.Version == version {
			m = old
		}
	}
	if version > r.Version {
		return nil, fmt.Errorf("%w: version %d of %s", ErrNoMessage, version, ts)
	}
	b, e, action, err := find(m.Blocks)
	if err != nil {
		return nil, err
	}
	if isStateful(e) {
		r.remember(user, text(b, "block_id"), text(e, "action_id"), action)
	}
	if in := replyThread(m); in != "" {
		s.openThread(user, channel, in)
	}
	p := s.interaction("block_actions", u)
	p["trigger_id"], p["response_url"] = s.newTrigger(user, ""), s.newResponseURL(user, channel, r)
	p["channel"] = map[string]any{"id": channel, "name": channelName(s.channels[channel].Channel)}
	p["container"], p["state"] = containerOf(m), map[string]any{"values": r.stateFor(user)}
	p["actions"] = []any{s.finish(b, e, action)}
	if m.EphemeralTo == "" {
		p["message"] = s.wire(m, false)
	}
	return snapshot(p), nil
}

// snapshot copies a payload, so that later changes do not reach into it.
func snapshot(p map[string]any) map[string]any {
	var out map[string]any
	mustRoundTrip(p, &out)
	return out
}

func replyThread(m Message) string {
	if m.isReply() {
		return m.ThreadTS
	}
	return ""
}

func containerOf(m Message) map[string]any {
	c := map[string]any{"type": "message", "message_ts": m.TS, "channel_id": m.Channel, "is_ephemeral": m.EphemeralTo != ""}
	if m.ThreadTS != "" {
		c["thread_ts"] = m.ThreadTS
	}
	return c
}

func (r *record) remember(user, block, action string, v map[string]any) {
	if r.states == nil {
		r.states = map[string]values{}
	}
	if r.states[user] == nil {
		r.states[user] = values{}
	}
	r.states[user].set(block, action, v)
}

// stateFor is what the person chose so far in the message's own elements.
func (r *record) stateFor(user string) values {
	out := values{}
	for _, b := range r.Blocks {
		for _, e := range elementsOf(b) {
			block, action := text(b, "block_id"), text(e, "action_id")
			if !isStateful(e) {
				continue
			}
			out.set(block, action, initialValue(e))
			if v, ok := r.states[user][block][action]; ok {
				out.set(block, action, v)
			}
		}
	}
	return out
}

// interaction is what every payload has; that of a shortcut has no api_app_id
// (facts/slack.md section 9). Callers hold s.mu.
func (s *Slack) interaction(kind string, u *User) map[string]any {
	p := map[string]any{
		"type": kind, "token": "legacy-verification-token", "is_enterprise_install": s.org.wide, "enterprise": s.enterpriseOf(u), "team": s.teamOf(u),
		"user": map[string]any{"id": u.ID, "username": u.Name, "name": u.Name, "team_id": s.primary(u)},
	}
	if kind != globalShortcut && kind != messageShortcut {
		p["api_app_id"] = s.cfg.AppID
	}
	return p
}

func domainOf(home bool) string {
	if home {
		return "home"
	}
	return "vendor"
}
