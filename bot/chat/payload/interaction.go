package payload

import (
	"cmp"
	"encoding/json"
)

// Interaction is what Twokey reads of a payload, and no more. slack-go decodes the
// message too: one malformed block in it would fail the whole payload (bot/chat, section
// 3.7).
type Interaction struct {
	Type        string    `json:"type"`
	AppID       string    `json:"api_app_id"`
	Team        *Entity   `json:"team"`       // null on org-wide installs
	Enterprise  *Entity   `json:"enterprise"` // of a Grid
	User        Member    `json:"user"`
	Channel     Entity    `json:"channel"`
	Container   Container `json:"container"`
	Actions     []Action  `json:"actions"`
	View        *View     `json:"view"`
	TriggerID   string    `json:"trigger_id"`
	ResponseURL string    `json:"response_url"`
	ActionID    string    `json:"action_id"` // of a suggestion
	BlockID     string    `json:"block_id"`
	Value       string    `json:"value"`
	CallbackID  string    `json:"callback_id"` // of a shortcut
	// Message is read by AuthorOf, ReadMessage, MessageTS and ThreadTS only.
	Message json.RawMessage `json:"message"`
}

// Entity is a workspace, an organisation or a channel, by its id.
type Entity struct {
	ID string `json:"id"`
}

// Member is the person who acted.
type Member struct {
	ID     string `json:"id"`
	TeamID string `json:"team_id"`
}

// Container is the message or the view that was acted on.
type Container struct {
	Type      string `json:"type"`
	MessageTS string `json:"message_ts"`
	ThreadTS  string `json:"thread_ts"`
	ChannelID string `json:"channel_id"`
	Ephemeral bool   `json:"is_ephemeral"` // only the one who acted sees it
}

// InAttachment is the type of a container in an attachment of a message, or in what
// Slack shows of a link: cards are in neither.
const InAttachment = "message_attachment"

// Action is one button that was pressed, or one field that was changed.
type Action struct {
	Type     string `json:"type"`
	ActionID string `json:"action_id"`
	BlockID  string `json:"block_id"`
	Value    string `json:"value"`
	// Selected is what was chosen behind a small button.
	Selected *option `json:"selected_option"`
}

// Chosen is the value of what was chosen behind a small button; empty: nothing.
func (a Action) Chosen() string {
	if a.Selected == nil {
		return ""
	}
	return a.Selected.Value
}

// View is a form as it comes back. It has the hash; the payload's own is empty
// (bot/chat, section 3.3).
type View struct {
	ID              string `json:"id"`
	Type            string `json:"type"` // modal or home
	Hash            string `json:"hash"`
	CallbackID      string `json:"callback_id"`
	PrivateMetadata string `json:"private_metadata"`
	AppID           string `json:"app_id"`
	TeamID          string `json:"team_id"`
	InstalledTeamID string `json:"app_installed_team_id"`
	Entered         struct {
		Values inputsByBlock `json:"values"`
	} `json:"state"`
}

// inputsByBlock are what was entered, by block and element.
type inputsByBlock map[string]map[string]Input

// UnmarshalJSON takes an empty list for no values: Slack was seen to send one (bot/chat,
// section 3.8).
func (e *inputsByBlock) UnmarshalJSON(raw []byte) error {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) == nil && len(list) == 0 {
		*e = nil
		return nil
	}
	return json.Unmarshal(raw, (*map[string]map[string]Input)(e))
}

// Input is what was entered in one field.
type Input struct {
	Value        string  `json:"value"`
	Selected     *option `json:"selected_option"`
	Conversation string  `json:"selected_conversation"`
}

// Chosen is the one thing that was entered.
func (e Input) Chosen() string {
	if e.Selected != nil {
		return e.Selected.Value
	}
	return cmp.Or(e.Conversation, e.Value)
}

type option struct {
	Value string `json:"value"`
}

// Author is who wrote a message; empty if the message does not say.
type Author struct {
	AppID  string `json:"app_id"`
	TeamID string `json:"team"`
	UserID string `json:"user"`
}

// AuthorOf is who wrote a message; empty if the message does not say.
func AuthorOf(message json.RawMessage) (a Author) {
	if json.Unmarshal(message, &a) != nil {
		return Author{}
	}
	return a
}

// NamesTwoChannels reports a payload that names two channels.
func (p Interaction) NamesTwoChannels() bool {
	return p.Container.ChannelID != "" && p.Channel.ID != "" && p.Container.ChannelID != p.Channel.ID
}

// The two kinds of shortcut.
const (
	GlobalShortcut  = "shortcut"
	MessageShortcut = "message_action"
)

// IsShortcut reports a shortcut. Its payload rightly names no app: Slack sends it to the
// app that has the shortcut (bot/chat, section 9.5).
func (p Interaction) IsShortcut() bool { return p.Type == GlobalShortcut || p.Type == MessageShortcut }

// UserTeam is the workspace of the one who acted, never of the channel.
func (p Interaction) UserTeam() string {
	if p.User.TeamID != "" || p.Team == nil {
		return p.User.TeamID
	}
	return p.Team.ID
}

// People are answered in the place that they look at: in the channel, or in the
// thread that they pressed in. A card with replies has a thread_ts too, its own ts:
// that alone does not say that the press was in the thread (bot/chat, section 3.10).

// MessageTS is the message that a person acted on; empty: none.
func (p Interaction) MessageTS() string {
	if p.Type == MessageShortcut {
		return p.messageStamps().TS
	}
	return p.Container.MessageTS
}

// ThreadTS is the thread that a person acted in; empty: not in a thread.
func (p Interaction) ThreadTS() string {
	thread, message := p.Container.ThreadTS, p.Container.MessageTS
	if p.Type == MessageShortcut { // it has no container
		s := p.messageStamps()
		thread, message = s.Thread, s.TS
	}
	if thread == message {
		return ""
	}
	return thread
}

type timestamps struct {
	TS     string `json:"ts"`
	Thread string `json:"thread_ts"`
}

// messageStamps are those of the message that came along.
func (p Interaction) messageStamps() (s timestamps) {
	if json.Unmarshal(p.Message, &s) != nil {
		return timestamps{}
	}
	return s
}
