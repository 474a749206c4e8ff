package fakeslack

import (
	"context"
	"fmt"
	"slices"

	"twokey/bot/fakeslack/delivery"
)

// The two kinds of shortcut, as payloads call them.
const (
	globalShortcut  = "shortcut"
	messageShortcut = "message_action"
)

// Shortcut runs one of Config.Shortcuts. For a message shortcut channel and ts
// name the message; for a global one they are ignored.
func (s *clients) Shortcut(ctx context.Context, user, callbackID, channel, ts string) error {
	s.mu.Lock()
	p, kind, err := s.shortcutPayload(user, callbackID, channel, ts)
	s.mu.Unlock()
	if err != nil {
		return err
	}
	_, _, err = s.bot.deliver(ctx, delivery.Outgoing{Kind: kind, User: user, Payload: p})
	return err
}

func (s *clients) shortcutPayload(user, callbackID, channel, ts string) (map[string]any, string, error) {
	i := slices.IndexFunc(s.cfg.Shortcuts, func(x Shortcut) bool { return x.CallbackID == callbackID })
	u := s.users[user]
	if i < 0 || u == nil {
		return nil, "", fmt.Errorf("%w: shortcut %q of %s", ErrNoButton, callbackID, user)
	}
	kind := globalShortcut
	if s.cfg.Shortcuts[i].OnMessage {
		kind = messageShortcut
	}
	p := s.interactionPayload(kind, u)
	p["callback_id"], p["trigger_id"], p["action_ts"] = callbackID, s.newTrigger(user, ""), microTS(s.cfg.Now())
	if kind == globalShortcut {
		p["user"] = map[string]any{"id": u.ID, "username": u.Name, "team_id": s.primaryTeam(u)}
		return copyPayload(p), kind, nil
	}
	p["user"] = map[string]any{"id": u.ID, "name": u.Name} // nothing more was recorded
	r := s.findPublic(channel, ts)
	if r == nil {
		return nil, "", fmt.Errorf("%w: %s in %s", ErrNoMessage, ts, channel)
	}
	p["message_ts"], p["message"] = ts, s.wireMessage(r.Message, false)
	p["channel"] = map[string]any{"id": channel, "name": channelName(s.channels[channel].Channel)}
	p["response_url"] = s.newResponseURL(user, channel, nil)
	return copyPayload(p), kind, nil
}
