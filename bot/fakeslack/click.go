package fakeslack

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"twokey/bot/fakeslack/blockkit"
	"twokey/bot/fakeslack/delivery"
)

// ErrNoButton: there is no such button (any more) where it was looked for.
var ErrNoButton = errors.New("no such button")

// Click presses a button on the message as it is now. button is its action_id
// or exact label; an overflow entry goes by its label. A confirm dialog counts
// as confirmed. Nobody is kept from clicking: an external person, a guest, or
// somebody outside the channel may try, since it is the bot that must judge.
// The error is ErrNoMessage, ErrNoButton or a *NotAcked.
func (s *clients) Click(ctx context.Context, user, channel, ts, button string) error {
	return s.ClickStale(ctx, user, channel, ts, 0, button)
}

// ClickStale presses a button on an earlier version of the message (see
// Versions), as a client does that has not drawn the update yet. The payload's
// action comes from that version; its message is the present one if version is
// 0, else that version.
func (s *clients) ClickStale(ctx context.Context, user, channel, ts string, version int, button string) error {
	payload, err := s.ClickPayload(user, channel, ts, version, button)
	if err != nil {
		return err
	}
	return s.deliverClick(ctx, user, channel, ts, payload)
}

// ClickPayload is the block_actions payload that such a click would send; with
// SignedRequest a test can forge one.
func (s *clients) ClickPayload(user, channel, ts string, version int, button string) (map[string]any, error) {
	return s.messagePayload(user, channel, ts, version, byLabel(button))
}

// Choose picks a value in a select, date picker or the like that stands in a
// message. element is its action_id or block_id.
func (s *clients) Choose(ctx context.Context, user, channel, ts, element, value string) error {
	payload, err := s.messagePayload(user, channel, ts, 0, byValue(element, value, nil))
	if err != nil {
		return err
	}
	return s.deliverClick(ctx, user, channel, ts, payload)
}

// An Element names one element of blocks, and what was chosen in it.
type Element struct{ Block, Action, Value string }

// ClickElement is ClickStale for exactly one element.
func (s *clients) ClickElement(ctx context.Context, user, channel, ts string, version int, e Element) error {
	payload, err := s.messagePayload(user, channel, ts, version, byPlace(e, nil))
	if err != nil {
		return err
	}
	return s.deliverClick(ctx, user, channel, ts, payload)
}

// Dismiss takes away a message that only this person sees.
func (s *clients) Dismiss(user, channel, ts string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.findMessage(channel, ts); m != nil && m.EphemeralTo == user {
		s.discardMessage(m)
	}
}

// deliverClick delivers a click on a message and sets or clears its warning mark.
func (s *clients) deliverClick(ctx context.Context, user, channel, ts string, payload map[string]any) error {
	_, _, err := s.bot.deliver(ctx, delivery.Outgoing{Kind: "block_actions", User: user, Payload: payload})
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.findMessage(channel, ts); r != nil {
		r.Warning = ""
		if err != nil {
			r.Warning = "This app did not respond. Try again in a moment."
		}
		s.markChanged()
	}
	return err
}

// A picker finds the element that was used among blocks and says what was done.
type picker func(blocks []Block) (b Block, e, action map[string]any, err error)

// byLabel finds a button or overflow entry by action_id, then by label.
func byLabel(name string) picker {
	return func(blocks []Block) (Block, map[string]any, map[string]any, error) {
		for _, byID := range []bool{true, false} {
			for _, b := range blocks {
				for _, e := range blockkit.Elements(b) {
					if a := pressElement(e, name, byID); a != nil {
						return b, e, a, nil
					}
				}
			}
		}
		return nil, nil, nil, fmt.Errorf("%w: %q", ErrNoButton, name)
	}
}

func pressElement(e map[string]any, name string, byID bool) map[string]any {
	switch {
	case blockkit.Text(e, "type") == "button" && (byID && blockkit.Text(e, "action_id") == name || !byID && blockkit.TextOf(e, "text") == name):
		a := map[string]any{"text": e["text"]}
		copyFields(a, e, "value", "style", "url")
		return a
	case blockkit.Text(e, "type") == "overflow" && !byID:
		if o, ok := blockkit.Choose(blockkit.Options(e), name); ok {
			return map[string]any{"selected_option": o.Raw}
		}
	}
	return nil
}

// byPlace finds exactly one element, and what was chosen in it.
func byPlace(at Element, offered []Option) picker {
	return func(blocks []Block) (Block, map[string]any, map[string]any, error) {
		for _, b := range blocks {
			for _, e := range blockkit.Elements(b) {
				if blockkit.Text(b, "block_id") != at.Block || blockkit.Text(e, "action_id") != at.Action {
					continue
				}
				if !blockkit.HoldsValue(e) {
					name := at.Value
					if blockkit.Text(e, "type") == "button" {
						name = at.Action
					}
					if a := pressElement(e, name, blockkit.Text(e, "type") == "button"); a != nil {
						return b, e, a, nil
					}
					continue
				}
				a, err := blockkit.Enter(e, at.Value, offered)
				return b, e, a, err
			}
		}
		return nil, nil, nil, fmt.Errorf("%w: %s in %s", ErrNoButton, at.Action, at.Block)
	}
}

func byValue(name, value string, offered []Option) picker {
	return func(blocks []Block) (Block, map[string]any, map[string]any, error) {
		for _, b := range blocks {
			for _, e := range blockkit.Elements(b) {
				if blockkit.HoldsValue(e) && (blockkit.Text(b, "block_id") == name || blockkit.Text(e, "action_id") == name) {
					a, err := blockkit.Enter(e, value, offered)
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

// finishAction completes an action with the fields that every action has.
func (s *clients) finishAction(b Block, e, action map[string]any) map[string]any {
	a := map[string]any{"type": e["type"], "action_id": e["action_id"], "block_id": b["block_id"], "action_ts": microTS(s.cfg.Now())}
	copyFields(a, e, "placeholder", "confirm")
	maps.Copy(a, action)
	return a
}

func microTS(t time.Time) string { return fmt.Sprintf("%d.%06d", t.Unix(), t.Nanosecond()/1000) }

// messagePayload makes the block_actions payload for a message.
func (s *clients) messagePayload(user, channel, ts string, version int, find picker) (map[string]any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.findMessage(channel, ts)
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
	if blockkit.HoldsValue(e) {
		r.remember(user, blockkit.Text(b, "block_id"), blockkit.Text(e, "action_id"), action)
	}
	if in := replyThread(m); in != "" {
		s.openThread(user, channel, in)
	}
	p := s.interactionPayload("block_actions", u)
	p["trigger_id"], p["response_url"] = s.newTrigger(user, ""), s.newResponseURL(user, channel, r)
	p["channel"] = map[string]any{"id": channel, "name": channelName(s.channels[channel].Channel)}
	p["container"], p["state"] = containerOf(m), map[string]any{"values": r.stateFor(user)}
	p["actions"] = []any{s.finishAction(b, e, action)}
	if m.EphemeralTo == "" {
		p["message"] = s.wireMessage(m, false)
	}
	return copyPayload(p), nil
}

// copyPayload copies a payload, so that later changes do not reach into it.
func copyPayload(p map[string]any) map[string]any {
	var out map[string]any
	blockkit.RoundTrip(p, &out)
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
		for _, e := range blockkit.Elements(b) {
			block, action := blockkit.Text(b, "block_id"), blockkit.Text(e, "action_id")
			if !blockkit.HoldsValue(e) {
				continue
			}
			out.set(block, action, blockkit.InitialValue(e))
			if v, ok := r.states[user][block][action]; ok {
				out.set(block, action, v)
			}
		}
	}
	return out
}

// interactionPayload is what every payload has; that of a shortcut has no api_app_id
// (facts/slack.md section 9). Callers hold s.mu.
func (s *clients) interactionPayload(kind string, u *User) map[string]any {
	p := map[string]any{
		"type": kind, "token": "legacy-verification-token", "is_enterprise_install": s.org.wide, "enterprise": s.enterpriseOf(u), "team": s.teamOf(u),
		"user": map[string]any{"id": u.ID, "username": u.Name, "name": u.Name, "team_id": s.primaryTeam(u)},
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
