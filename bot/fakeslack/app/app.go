// Package app is an app as its settings at Slack describe it, in one workspace.
package app

import (
	"slices"
	"time"

	"twokey/bot/fakeslack/directory"
)

// Config says which workspace and which app the double plays. The zero value
// works: every empty field has a default that stands beside it.
type Config struct {
	AppID         string // default A0TWOKEY
	TeamID        string // default T0HOME
	BotToken      string // default xoxb-practice
	AppToken      string // for Socket Mode; default xapp-practice
	SigningSecret string // default practice-signing-secret

	// Command is the app's slash command, default /reinstall. Usage is its
	// usage hint on the page.
	Command string
	Usage   string
	// Shortcuts are the app's global and message shortcuts.
	Shortcuts []Shortcut

	// CommandURL and InteractionURL are the bot's request URLs. SetBot changes
	// them later.
	CommandURL     string
	InteractionURL string
	// EventURL is where events are sent; empty: to InteractionURL.
	EventURL string
	// Events are what the app subscribes to; nil means DefaultEvents. NoHomeTab
	// switches the Home tab off: then nobody can open it, and views.publish is
	// refused.
	Events    []string
	NoHomeTab bool
	// NoMessagesTab switches the Messages tab off: then Slack refuses direct
	// messages of the app.
	NoMessagesTab bool
	// SocketMode sends commands and interactions over Socket Mode and never to
	// the request URLs, as the switch in an app's settings does.
	SocketMode bool

	// URL is the double's own origin, such as http://127.0.0.1:8081, from
	// which response_url and links are made. Start sets it; when it is empty
	// the Host header of the last request is used.
	URL string

	// Scopes are what the bot token was granted; default DefaultScopes.
	Scopes []string
	// AppScopes are what the app-level token was granted; default
	// connections:write.
	AppScopes []string
	// EscapeCommands is the manifest's should_escape: mentions and links in a
	// command's text arrive as <@U..>, <#C..|..> and <https://..>.
	EscapeCommands bool
	// People are the workspace's people, groups and channels; nil means
	// directory.Sample.
	People *directory.Directory

	// RateScale multiplies every rate limit: 1 (the default) is Slack's own,
	// 60 lets an hour's calls through in a minute.
	RateScale float64
	// AckTimeout is how long the bot may take to answer; default 3 s.
	AckTimeout time.Duration
	// Now is Slack's clock: message timestamps, signatures, trigger expiry and
	// rate limits follow it. Default time.Now. It must not go backwards.
	Now func() time.Time
}

// A Shortcut is one entry of the app's shortcuts.
type Shortcut struct {
	Name       string `json:"name"`
	CallbackID string `json:"callback_id"`
	// OnMessage: offered on messages (message_action), else globally (shortcut).
	OnMessage bool `json:"on_message"`
}

// HomeOpened is the one event that is played: a person opens the app's Home tab.
const HomeOpened = "app_home_opened"

// DefaultScopes are the scopes of Twokey's manifest.
func DefaultScopes() []string {
	return []string{
		"commands", "chat:write", "users:read", "users:read.email", "usergroups:read",
		"channels:read", "groups:read", "channels:history", "groups:history", "im:write", "im:history",
	}
}

// DefaultEvents are those of Twokey's manifest.
func DefaultEvents() []string { return []string{HomeOpened} }

// WithDefaults fills what is empty.
func (c Config) WithDefaults() Config {
	def := func(p *string, v string) {
		if *p == "" {
			*p = v
		}
	}
	def(&c.AppID, "A0TWOKEY")
	def(&c.TeamID, "T0HOME")
	def(&c.BotToken, "xoxb-practice")
	def(&c.AppToken, "xapp-practice")
	def(&c.SigningSecret, "practice-signing-secret")
	def(&c.Command, "/reinstall")
	if c.Scopes == nil {
		c.Scopes = DefaultScopes()
	}
	if c.AppScopes == nil {
		c.AppScopes = []string{"connections:write"}
	}
	if c.Events == nil {
		c.Events = DefaultEvents()
	}
	if c.People == nil {
		c.People = directory.Sample()
	}
	if c.RateScale == 0 {
		c.RateScale = 1
	}
	if c.AckTimeout == 0 {
		c.AckTimeout = 3 * time.Second
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

// ScopesOf are those of one of the two tokens.
func (c Config) ScopesOf(appToken bool) []string {
	if appToken {
		return c.AppScopes
	}
	return c.Scopes
}

// HasScope reports whether the bot token has a scope.
func (c Config) HasScope(scope string) bool { return slices.Contains(c.Scopes, scope) }
