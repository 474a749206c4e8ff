package chat

import "encoding/json"

// Whoever presses or uses a shortcut is answered where they look: in the channel,
// or in the thread that they did it in. A card that has replies has a thread_ts as
// well, its own ts: that alone says nothing of where it was pressed (facts/slack.md
// section 12).

// pressed is the message that something was done on; empty: none.
func (p interaction) pressed() string {
	if p.Type == "message_action" {
		return p.stamps().TS
	}
	return p.Container.MessageTS
}

// inside is the thread that something was done in; empty: it was not in one.
func (p interaction) inside() string {
	thread, message := p.Container.ThreadTS, p.Container.MessageTS
	if p.Type == "message_action" { // it has no container
		s := p.stamps()
		thread, message = s.Thread, s.TS
	}
	if thread == message {
		return ""
	}
	return thread
}

type stamps struct {
	TS     string `json:"ts"`
	Thread string `json:"thread_ts"`
}

// stamps are those of the message that came along.
func (p interaction) stamps() (s stamps) {
	if json.Unmarshal(p.Message, &s) != nil {
		return stamps{}
	}
	return s
}
