package fakeslack

import (
	"errors"
	"fmt"
	"slices"

	"twokey/bot/fakeslack/blockkit"
	"twokey/bot/fakeslack/messages"
	"twokey/bot/fakeslack/views"
)

// A Block is one Block Kit block as JSON would have it.
type Block = blockkit.Block

// What a message is by itself.
type (
	// Message is one message.
	Message = messages.Message
	// Metadata is what an app hides in a message.
	Metadata = messages.Metadata
	// Reaction is an emoji below a message.
	Reaction = messages.Reaction
)

// An Option is one choice of a select, of radio buttons or checkboxes.
type Option = blockkit.Option

// A record is a message with its past and each person's unsent choices on it.
type record struct {
	Message
	past   []Message
	states map[string]views.Values
}

// ErrNoMessage: there is no such message for that person to act on.
var ErrNoMessage = errors.New("no such message")

// findMessage looks a message up among the channel's messages and ephemerals.
// Callers hold s.mu.
func (s *workspace) findMessage(channel, ts string) *record {
	if r := s.byTS[ts]; r != nil && r.Channel == channel {
		return r
	}
	return nil
}

// findPublic is find without ephemerals. Callers hold s.mu.
func (s *workspace) findPublic(channel, ts string) *record {
	if r := s.findMessage(channel, ts); r != nil && r.EphemeralTo == "" {
		return r
	}
	return nil
}

// addMessage appends a message to its channel, or to the ephemerals, and gives it a
// timestamp. Callers hold s.mu.
func (s *workspace) addMessage(m Message) *record {
	m.TS, m.Version = s.nextTS(), 1
	r := &record{Message: m, states: map[string]views.Values{}}
	s.byTS[m.TS] = r
	if m.EphemeralTo != "" {
		s.ephemeral = append(s.ephemeral, r)
	} else {
		c := s.channels[m.Channel]
		c.records = append(c.records, r)
		if m.ThreadTS != "" {
			s.replies[m.ThreadTS] = append(s.replies[m.ThreadTS], r)
		}
		if parent := s.findPublic(m.Channel, m.ThreadTS); parent != nil {
			parent.ThreadTS = parent.TS
		}
	}
	s.markChanged()
	return r
}

// revise keeps the present version in the record's past and bumps the version.
func (r *record) revise() {
	r.past = append(r.past, r.Message.Clone())
	r.Version++
}

// Messages returns what the channel itself shows, oldest first: thread
// replies only if they were broadcast. Use Thread for a thread.
func (s *workspace) Messages(channel string) []Message {
	return s.messagesWhere(channel, func(m Message) bool { return !m.IsReply() || m.Broadcast })
}

// Thread returns the parent and its replies, oldest first.
func (s *workspace) Thread(channel, ts string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Message
	if r := s.findPublic(channel, ts); r != nil {
		out = append(out, r.Message.Clone())
	}
	for _, r := range s.replies[ts] {
		if r.Channel == channel && r.ThreadTS == ts && r.TS != ts {
			out = append(out, r.Message.Clone())
		}
	}
	return out
}

func (s *workspace) messagesWhere(channel string, keep func(Message) bool) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Message
	if c := s.channels[channel]; c != nil {
		for _, r := range c.records {
			if keep(r.Message) {
				out = append(out, r.Message.Clone())
			}
		}
	}
	return out
}

// Ephemerals returns the messages that only this person sees, oldest first.
func (s *workspace) Ephemerals(user string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Message
	for _, r := range s.ephemeral {
		if r.EphemeralTo == user {
			out = append(out, r.Message.Clone())
		}
	}
	return out
}

// Versions returns every version of a message, oldest first, the present one
// last; nil if there is none. ClickStale takes their Version.
func (s *workspace) Versions(channel, ts string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.findMessage(channel, ts)
	if r == nil {
		return nil
	}
	return append(slices.Clone(r.past), r.Message.Clone())
}

// Say posts a person's own words, in a thread if threadTS is not empty.
func (s *clients) Say(user, channel, threadTS, text string) (Message, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.users[user] == nil || s.channels[channel] == nil {
		return Message{}, errUnknownPlace
	}
	if threadTS != "" {
		s.openThread(user, channel, threadTS)
	}
	r := s.addMessage(Message{Channel: channel, ThreadTS: threadTS, User: user, Text: s.escapeTyped(text, true)})
	return r.Message.Clone(), nil
}

// Alert posts a message of another app, as an alert tool does: text, blocks and
// attachments, as that app wrote them.
func (s *clients) Alert(channel, text string, blocks []Block, attachments []map[string]any) (Message, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.channels[channel] == nil {
		return Message{}, errUnknownPlace
	}
	if problems := CheckBlocks(blocks); len(blocks) > 0 && len(problems) > 0 {
		return Message{}, fmt.Errorf("Slack refuses the alert: %v", problems)
	}
	r := s.addMessage(
		Message{
			Channel: channel, User: "U0ALERTS", BotID: "B0ALERTS", AppID: "A0ALERTS", Text: text,
			Blocks: blockkit.Clone(blocks), Attachments: attachments,
		},
	)
	return r.Message.Clone(), nil
}

// wireMessage is the message as the Web API and payloads show it. Callers hold s.mu.
func (s *workspace) wireMessage(m Message, withMetadata bool) map[string]any {
	out := map[string]any{"type": "message", "user": m.User, "ts": m.TS, "text": m.Text, "team": s.cfg.TeamID}
	if m.BotID != "" {
		out["bot_id"], out["app_id"] = m.BotID, s.cfg.AppID
	}
	if m.AppID != "" {
		out["app_id"] = m.AppID
	}
	if len(m.Attachments) > 0 {
		out["attachments"] = m.Attachments
	}
	if len(m.Blocks) > 0 {
		out["blocks"] = m.Blocks
	}
	if m.ThreadTS != "" {
		out["thread_ts"] = m.ThreadTS
	}
	if m.IsReply() {
		if p := s.findPublic(m.Channel, m.ThreadTS); p != nil {
			out["parent_user_id"] = p.User
		}
	} else if m.ThreadTS != "" {
		s.wireReplies(m, out)
	}
	if m.EditedTS != "" {
		out["edited"] = map[string]any{"user": m.User, "ts": m.EditedTS}
	}
	if m.Deleted {
		out["subtype"] = "tombstone"
	} else if m.Broadcast {
		out["subtype"] = "thread_broadcast"
	}
	if len(m.Reactions) > 0 {
		out["reactions"] = messages.WireReactions(m.Reactions)
	}
	if withMetadata && m.Metadata != nil {
		out["metadata"] = m.Metadata
	}
	return out
}

func (s *workspace) wireReplies(m Message, out map[string]any) {
	var users []string
	count, latest := 0, ""
	for _, r := range s.replies[m.TS] {
		if r.ThreadTS != m.TS || r.TS == m.TS {
			continue
		}
		count, latest = count+1, r.TS
		if !slices.Contains(users, r.User) {
			users = append(users, r.User)
		}
	}
	out["reply_count"], out["reply_users"], out["reply_users_count"] = count, users, len(users)
	out["latest_reply"], out["is_locked"], out["subscribed"] = latest, false, true
}

// CheckBlocks returns what Slack would refuse about a message's blocks, in
// Slack's words with JSON pointers; nil if it would take them. blocks is
// anything that marshals to a JSON array.
func CheckBlocks(blocks any) []string { return blockkit.CheckMessage(blocks, "/blocks") }
