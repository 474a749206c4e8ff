package fakeslack

import (
	"context"
	"fmt"
	"maps"
	"time"

	"twokey/bot/fakeslack/blockkit"
	"twokey/bot/fakeslack/delivery"
	"twokey/bot/fakeslack/views"
)

// ErrNoButton: there is no such button (any more) where it was looked for.
var ErrNoButton = blockkit.ErrNoElement

// An Element names one element of blocks, and what was chosen in it.
type Element = blockkit.Element

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
	return s.deliverPress(ctx, press{user, ts}, payload)
}

// ClickPayload is the block_actions payload that such a click would send; with
// SignedRequest a test can forge one.
func (s *clients) ClickPayload(user, channel, ts string, version int, button string) (map[string]any, error) {
	return s.messagePayload(user, channel, ts, version, blockkit.ByLabel(button))
}

// Choose picks a value in a select, date blockkit.Picker or the like that stands in a
// message. element is its action_id or block_id.
func (s *clients) Choose(ctx context.Context, user, channel, ts, element, value string) error {
	payload, err := s.messagePayload(user, channel, ts, 0, blockkit.ByValue(element, value, nil))
	if err != nil {
		return err
	}
	return s.deliverPress(ctx, press{user, ts}, payload)
}

// ClickElement is ClickStale for exactly one element.
func (s *clients) ClickElement(ctx context.Context, user, channel, ts string, version int, e Element) error {
	payload, err := s.messagePayload(user, channel, ts, version, blockkit.ByPlace(e, nil))
	if err != nil {
		return err
	}
	return s.deliverPress(ctx, press{user, ts}, payload)
}

// Dismiss takes away a message that only this person sees.
func (s *clients) Dismiss(user, channel, ts string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.findMessage(channel, ts); m != nil && m.EphemeralTo == user {
		s.discardMessage(m)
	}
}

// deliverPress delivers a press on a message or on a Home tab. Whoever pressed sees a
// warning there while the bot does not respond.
func (s *clients) deliverPress(ctx context.Context, at press, payload map[string]any) error {
	_, _, err := s.bot.deliver(ctx, delivery.Outgoing{Kind: "block_actions", User: at.user, Payload: payload})
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.unanswered, at)
	if err != nil {
		s.unanswered[at] = true
	}
	s.markChanged()
	return err
}

const noResponse = "This app did not respond. Try again in a moment."

// A press is somebody's, on a message (its ts) or on a Home tab (its view's id).
type press struct{ user, on string }

// forgetUnanswered takes the warnings away: the bot is back. Callers hold s.mu.
func (s *workspace) forgetUnanswered() {
	if len(s.unanswered) > 0 {
		clear(s.unanswered)
		s.markChanged()
	}
}

// finishAction completes an action with the fields that every action has.
func (s *clients) finishAction(b Block, e, action map[string]any) map[string]any {
	a := map[string]any{
		"type": e["type"], "action_id": e["action_id"], "block_id": b["block_id"], "action_ts": microTS(s.cfg.Now()),
	}
	blockkit.CopyFields(a, e, "placeholder", "confirm")
	maps.Copy(a, action)
	return a
}

func microTS(t time.Time) string { return fmt.Sprintf("%d.%06d", t.Unix(), t.Nanosecond()/1000) }

// messagePayload makes the block_actions payload for a message.
func (s *clients) messagePayload(user, channel, ts string, version int, find blockkit.Picker) (map[string]any, error) {
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
		if r.states[user] == nil {
			r.states[user] = views.Values{}
		}
		r.states[user].Set(blockkit.Text(b, "block_id"), blockkit.Text(e, "action_id"), action)
	}
	if in := replyThread(m); in != "" {
		s.openThread(user, channel, in)
	}
	p := s.interactionPayload("block_actions", u)
	p["trigger_id"], p["response_url"] = s.newTrigger(user, ""), s.newResponseURL(user, channel, r)
	p["channel"] = map[string]any{"id": channel, "name": channelName(s.channels[channel].Channel)}
	p["container"], p["state"] = m.Container(), map[string]any{"values": views.OfMessage(r.Blocks, r.states[user])}
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
	if m.IsReply() {
		return m.ThreadTS
	}
	return ""
}

// interactionPayload is what every payload has; that of a shortcut has no api_app_id
// (bot/chat/doc.go, "Who clicked"). Callers hold s.mu.
func (s *clients) interactionPayload(kind string, u *User) map[string]any {
	p := map[string]any{
		"type": kind, "token": "legacy-verification-token", "is_enterprise_install": s.org.wide,
		"enterprise": s.enterpriseOf(u), "team": s.teamOf(u),
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
