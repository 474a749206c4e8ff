package fakeslack

import (
	"slices"
	"strings"

	"twokey/bot/fakeslack/views"
)

// A Screen is all that one person's client shows.
type Screen struct {
	Revision  uint64          `json:"revision"` // of the workspace; grows at each change
	Workspace string          `json:"workspace"`
	Command   string          `json:"command"`
	Usage     string          `json:"usage"`
	Shortcuts []Shortcut      `json:"shortcuts"`
	Me        string          `json:"me"`
	Bot       User            `json:"bot"`
	People    []User          `json:"people"`
	Groups    []Group         `json:"groups"`
	Channels  []ScreenChannel `json:"channels"`
	Modal     *ScreenModal    `json:"modal"`
	Home      *ScreenModal    `json:"home"`
	InForce   []Force         `json:"in_force"` // of Slack's switches
}

// A ScreenChannel is a channel with what the person sees in it.
type ScreenChannel struct {
	Channel
	Label    string          `json:"label"` // as people read it
	Member   bool            `json:"member"`
	Messages []ScreenMessage `json:"messages"`
}

// A ScreenMessage is a message with what the person chose in it.
type ScreenMessage struct {
	Message
	State   views.Values `json:"state,omitempty"`
	Warning string       `json:"warning,omitempty"` // of a press of theirs that the bot missed
}

// A ScreenModal is a form or a Home tab with what stands in it.
type ScreenModal struct {
	ID      string            `json:"id"`
	Hash    string            `json:"hash"`
	Title   string            `json:"title"`
	Submit  string            `json:"submit"`
	Close   string            `json:"close"`
	Blocks  []Block           `json:"blocks"`
	Values  views.Values      `json:"values"`
	Errors  map[string]string `json:"errors"`
	Depth   int               `json:"depth"`
	Warning string            `json:"warning"`
}

// ShowScreen hands somebody's screen to show. The screen shares the workspace's own
// values: show must not keep it, change it, or call the workspace.
func (s *surfaces) ShowScreen(user string, show func(Screen)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	show(s.screenOf(user))
}

// screenOf gathers what the person sees. Callers hold s.mu as long as they use it.
func (s *surfaces) screenOf(me string) Screen {
	v := Screen{
		Revision: s.revision, Workspace: "Home", Command: s.cfg.Command, Usage: s.cfg.Usage, Shortcuts: s.cfg.Shortcuts,
		Me: me, Bot: *s.botUser(), Groups: s.groups, InForce: s.faults.InForce(),
	}
	for _, id := range s.userOrder {
		v.People = append(v.People, *s.users[id])
	}
	for _, id := range s.roomOrder {
		c := s.channels[id]
		if c.Has(me) {
			v.Channels = append(
				v.Channels,
				ScreenChannel{
					Channel: c.Channel, Label: s.labelOf(c.Channel), Member: true,
					Messages: s.visibleMessages(c, me),
				},
			)
		}
	}
	if top := s.topView(me); top != nil {
		v.Modal = s.screenModal(top, len(s.stacks[me]))
	}
	if home := s.homes[me]; home != nil {
		v.Home = s.screenModal(home, 1)
		if s.unanswered[press{me, home.ID}] {
			v.Home.Warning = noResponse
		}
	}
	return v
}

// labelOf is what people call a channel; a direct conversation is called by whom
// it is with.
func (s *surfaces) labelOf(c Channel) string {
	if c.IM != "" {
		return s.botUser().RealName + " (direct messages)"
	}
	return "#" + c.Name
}

// visibleMessages merges a channel's messages with the person's ephemerals, by time.
func (s *surfaces) visibleMessages(c *room, me string) []ScreenMessage {
	out := []ScreenMessage{}
	add := func(r *record) {
		m := ScreenMessage{Message: r.Message, State: views.OfMessage(r.Blocks, r.states[me])}
		if s.unanswered[press{me, r.TS}] {
			m.Warning = noResponse
		}
		out = append(out, m)
	}
	for _, r := range c.records {
		add(r)
	}
	for _, r := range s.ephemeral {
		if r.EphemeralTo == me && r.Channel == c.ID {
			add(r)
		}
	}
	slices.SortStableFunc(out, func(a, b ScreenMessage) int { return strings.Compare(a.TS, b.TS) })
	return out
}

func (s *surfaces) screenModal(v *view, depth int) *ScreenModal {
	shown := v.Describe(depth)
	return &ScreenModal{
		ID: shown.ID, Hash: shown.Hash, Title: shown.Title, Submit: shown.Submit, Close: shown.Close, Blocks: v.Blocks,
		Values: v.Values, Errors: shown.Errors, Depth: depth, Warning: shown.Warning,
	}
}
