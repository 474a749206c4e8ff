package fakeslack

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"twokey/bot/fakeslack/app"
	"twokey/bot/fakeslack/blockkit"
	"twokey/bot/fakeslack/directory"
	"twokey/bot/fakeslack/rates"
	"twokey/bot/fakeslack/switches"
)

// What the app is configured as.
type (
	// Config says which workspace and which app the double plays.
	Config = app.Config
	// Shortcut is one entry of the app's shortcuts.
	Shortcut = app.Shortcut
)

// DefaultScopes are the scopes of Twokey's manifest.
func DefaultScopes() []string { return app.DefaultScopes() }

// A workspace is what there is in one Slack workspace, and what happened in it.
type workspace struct {
	cfg Config

	mu         sync.Mutex
	changed    chan struct{} // closed and replaced at each change
	revision   uint64        // counts changes
	lastMicros int64         // the last message timestamp given out

	users      map[string]*User
	userOrder  []string
	groups     []Group
	channels   map[string]*room
	roomOrder  []string
	ephemeral  []*record
	byTS       map[string]*record   // every message that can be found; a ts is given out once
	replies    map[string][]*record // of a thread, by its parent's ts, oldest first
	opened     map[string]aside     // the thread that a person has open
	unanswered map[press]bool       // presses that the bot missed and has not been back since
	unshown    []Message            // for one person alone, where they do not look

	responses map[string]*responseURL
	verified  string // the address that has answered a challenge
	unpressed bool   // that was checked too early, and nobody has pressed Retry

	refused     map[Token]string    // by which code
	codes       map[string][]string // what the next calls of a method are refused by
	unreachable map[string]string   // who is sent no direct message, and by which code
	org         organisation        // the one that the workspace is of, if any

	faults   switches.Set
	rates    *rates.Limits
	calls    []Call
	requests []Request
	ahead    atomic.Int64 // of Slack's clock, in nanoseconds
}

// A room is a channel with what was said in it, oldest first.
type room struct {
	Channel
	records []*record
}

// newWorkspace returns a workspace with its people and channels, and nothing said.
func newWorkspace(cfg Config) *workspace {
	s := &workspace{
		cfg:        cfg,
		changed:    make(chan struct{}),
		users:      map[string]*User{},
		channels:   map[string]*room{},
		byTS:       map[string]*record{},
		replies:    map[string][]*record{},
		opened:     map[string]aside{},
		unanswered: map[press]bool{},
		responses:  map[string]*responseURL{},
		rates:      rates.New(cfg.RateScale),
	}
	s.cfg.Now = func() time.Time { return cfg.Now().Add(time.Duration(s.ahead.Load())) }
	for _, u := range cfg.People.Users {
		s.users[u.ID] = &u
		s.userOrder = append(s.userOrder, u.ID)
	}
	for _, c := range cfg.People.Channels {
		c.Members = slices.Clone(c.Members)
		s.channels[c.ID] = &room{Channel: c}
		s.roomOrder = append(s.roomOrder, c.ID)
	}
	for _, g := range cfg.People.Groups {
		g.Users = slices.Clone(g.Users)
		s.groups = append(s.groups, g)
	}
	return s
}

// Now is the time by Slack's clock.
func (s *workspace) Now() time.Time { return s.cfg.Now() }

// Wait returns nil once cond holds. cond is called at once and after every
// change in the workspace (a message, a view, a call, a request, a switch),
// without any lock held. It returns ctx's error if that ends first.
func (s *workspace) Wait(ctx context.Context, cond func() bool) error {
	for {
		changed, _ := s.Changed()
		if cond() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("waiting on the fake Slack: %w", context.Cause(ctx))
		}
	}
}

// Changed returns a channel that closes at the next change, and the revision now.
func (s *workspace) Changed() (<-chan struct{}, uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed, s.revision
}

// markChanged wakes whoever waits. Callers hold s.mu.
func (s *workspace) markChanged() {
	s.revision++
	close(s.changed)
	s.changed = make(chan struct{})
}

// nextTS returns a message timestamp that was never given out. Callers hold s.mu.
func (s *workspace) nextTS() string {
	micros := max(s.cfg.Now().UnixMicro(), s.lastMicros+1)
	s.lastMicros = micros
	return fmt.Sprintf("%d.%06d", micros/1e6, micros%1e6)
}

// newID returns a fresh identifier with Slack's kind of prefix.
func newID(prefix string) string { return prefix + rand.Text()[:10] }

// groupByID looks a user group up. Callers hold s.mu.
func (s *workspace) groupByID(id string) *Group {
	for i := range s.groups {
		if s.groups[i].ID == id {
			return &s.groups[i]
		}
	}
	return nil
}

// Refresh wakes whoever waits, as when something has changed that the workspace
// does not see itself.
func (s *workspace) Refresh() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.markChanged()
}

// names are what the workspace calls its people, channels and groups. Callers hold
// s.mu.
type names struct{ *workspace }

var _ blockkit.Names = names{}

func (n names) UserName(id string) (string, bool) {
	if u := n.users[id]; u != nil {
		return u.RealName, true
	}
	return "", false
}

func (n names) ChannelName(id string) (string, bool) {
	if c := n.channels[id]; c != nil {
		return c.Name, true
	}
	return "", false
}

func (n names) GroupHandle(id string) (string, bool) {
	if g := n.groupByID(id); g != nil {
		return g.Handle, true
	}
	return "", false
}

// PlainText is the message as a person reads it: blocks if it has any, else
// text. Mentions are names, dates their fallback, buttons [Label].
func (s *workspace) PlainText(m Message) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.plainText(m)
}

// PlainBlocks is PlainText for blocks alone, such as a view's.
func (s *workspace) PlainBlocks(blocks []Block) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return blockkit.PlainBlocks(names{s}, blocks)
}

func (s *workspace) plainText(m Message) string {
	if len(m.Blocks) > 0 {
		return blockkit.PlainBlocks(names{s}, m.Blocks)
	}
	return blockkit.PlainText(names{s}, m.Text)
}

// Who and what there is in a workspace.
type (
	// Directory has everybody and everything.
	Directory = directory.Directory
	// User is a person, or a bot.
	User = directory.User
	// Group is a user group.
	Group = directory.Group
	// Channel is a channel with its members.
	Channel = directory.Channel
)

// SamplePeople is a workspace with somebody for every rule: one on call, two
// approvers, one who may not approve, a guest, somebody from another company
// and one who has left.
func SamplePeople() *Directory { return directory.Sample() }

// Users returns everybody in the order of the directory.
func (s *workspace) Users() []User {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []User
	for _, id := range s.userOrder {
		out = append(out, *s.users[id])
	}
	return out
}

// botUser is the app's own user. Callers hold s.mu.
func (s *workspace) botUser() *User {
	for _, id := range s.userOrder {
		if u := s.users[id]; u.IsBot && u.AppID == s.cfg.AppID {
			return u
		}
	}
	return &User{ID: "U0APP", Name: "app", BotID: "B0APP", AppID: s.cfg.AppID, TeamID: s.cfg.TeamID, IsBot: true}
}
