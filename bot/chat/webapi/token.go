package webapi

import (
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"
)

// The two tokens: what Slack's last answer said of each, which setting each came from,
// and what to do.

// The settings that hold the tokens, unless the Config names others.
const (
	botTokenName = "SLACK_BOT_TOKEN" //nolint:gosec // the setting's name
	appTokenName = "SLACK_APP_TOKEN" //nolint:gosec // the setting's name
)

// tokenState is what Slack's last answer said of one token.
type tokenState struct {
	name string // the setting that it came from

	mu      sync.Mutex
	refused *Permanent
	worked  bool // Slack took it once
}

// note takes the outcome of a call with the token, and reports whether it changes
// the token's state. An error that says nothing of the token changes nothing.
func (s *tokenState) note(err error) (changed bool) {
	var p *Permanent
	s.mu.Lock()
	defer s.mu.Unlock()
	was := s.refused
	switch isRefusal := errors.As(err, &p); {
	case isRefusal && p.tokenRefused():
		s.refused = p
		return was == nil || was.Code != p.Code
	case isRefusal || err == nil:
		s.refused, s.worked = nil, true
		return was != nil
	}
	return false
}

// refusal is the refusal that stands, nil if there is none.
func (s *tokenState) refusal() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refused == nil {
		return nil
	}
	return s.refused
}

func (s *tokenState) hasWorked() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.worked
}

// noteToken keeps what a call says of its token, and logs a change.
func (c *Client) noteToken(s *tokenState, err error) {
	if !s.note(err) {
		return
	}
	var p *Permanent
	if errors.As(err, &p) && p.tokenRefused() {
		c.log.Error("Slack: "+Words(p), "method", p.Method)
		return
	}
	c.log.Info("Slack takes " + s.name + " again")
}

// NoteAppToken keeps what an answer to apps.connections.open says of the app token.
func (c *Client) NoteAppToken(err error) {
	c.noteToken(&c.app, c.nameToken(AppsConnectionsOpen, err))
}

// NameAppToken puts the app token's setting before a refusal of that token.
func (c *Client) NameAppToken(err error) error { return c.nameToken(AppsConnectionsOpen, err) }

// BotTokenRefused is a *Permanent as long as Slack refuses the bot token, else
// nil. It makes no call.
func (c *Client) BotTokenRefused() error { return c.bot.refusal() }

// AppTokenRefused is the same for the app token; while it is refused, Socket Mode
// is down.
func (c *Client) AppTokenRefused() error { return c.app.refusal() }

// AppTokenTaken reports whether Slack has ever taken the app token.
func (c *Client) AppTokenTaken() bool { return c.app.hasWorked() }

// tokenOf is the token that a method is called with.
func (c *Client) tokenOf(method string) *tokenState {
	if method == AppsConnectionsOpen {
		return &c.app
	}
	return &c.bot
}

// nameToken puts the setting before a refusal of a token or of its scopes.
func (c *Client) nameToken(method string, err error) error {
	var p *Permanent
	if !errors.As(err, &p) || !p.tokenRefused() && p.Code != missingScope {
		return err
	}
	named := *p
	named.Sentence = c.tokenOf(method).name + ": " + p.Sentence
	return &named
}

const missingScope = "missing_scope"

const (
	newBotToken = "install the app again, set its new bot token and restart Twokey"
	newAppToken = "make a new one with the scope connections:write under Basic Information, App-Level Tokens; set " +
		"it and restart Twokey" //nolint:gosec // a sentence
	beingMoved = "the workspace is being moved into an organisation; Twokey tries again until that is done"
	twoFactor  = "Slack wants two-factor authentication of whoever installed the app; set it up, or have somebody " +
		"else install the app again"
	byAddress = "Slack takes the app's tokens from certain addresses only; add this host's under OAuth & Permissions"
	// Slack does not let an app's rotation be turned off again.
	noRotation = "An app that rotates cannot stop it. Make a new app from Twokey's manifest " +
		"(token_rotation_enabled: false), install it, set its token and restart Twokey"
)

// botRefusals say what is wrong with a bot token that Slack refuses, whatever it
// is used for, and what to do.
var botRefusals = map[string]string{
	"invalid_auth":           "Slack does not know this token, or not from this address; copy it again from OAuth & Permissions",
	"not_authed":             "no token arrived at Slack; set it, and see what stands between",
	"account_inactive":       "the app was uninstalled, or its workspace is gone; " + newBotToken,
	"token_revoked":          "the token was revoked; " + newBotToken,
	"token_expired":          "the token has expired: this app's tokens rotate, and Twokey renews none. " + noRotation,
	"not_allowed_token_type": "this is another kind of token; a bot token starts with xoxb-",
	"user_removed_from_team": "the app's user was removed from the workspace; " + newBotToken,
	"team_access_not_granted": "the app was not given this workspace; install it in the workspace, set its bot " +
		"token and restart Twokey",
	"org_login_required": beingMoved,
	"team_added_to_org":  beingMoved,
	"accesslimited":      byAddress,

	"two_factor_setup_required": twoFactor,
	"is_bot":                    "this is a legacy bot's token; make an app from Twokey's manifest, install it and set its bot token",
}

// appRefusals are the same for an app-level token.
var appRefusals = map[string]string{
	"invalid_auth": "Slack does not know this token, or not from this address; " + newAppToken,
	"not_authed":   "no token arrived at Slack; set it, and see what stands between",
	"account_inactive": "the app was uninstalled, or its workspace is gone; install it again, then " +
		"restart Twokey",
	"token_revoked":           "the token was revoked; " + newAppToken,
	"token_expired":           "the token has expired; " + newAppToken,
	"not_allowed_token_type":  "this is another kind of token; an app token starts with xapp-",
	"user_removed_from_team":  "whoever made it was removed from the workspace; " + newAppToken,
	"team_access_not_granted": "the app was not given this workspace; install it in the workspace, then restart Twokey",
	"access_denied": "Slack does not let the app connect; see that Socket Mode is on, and ask an " +
		"administrator",
	missingScope: "the app-level token lacks the scope connections:write; make a new one under Basic Information, " +
		"App-Level Tokens",
	"org_login_required": beingMoved,
	"team_added_to_org":  beingMoved,
	"accesslimited":      byAddress,

	"two_factor_setup_required": twoFactor,
	"is_bot": "this is the token of a legacy bot; make an app from Twokey's manifest, and an app " +
		"token of it",
	"forbidden_team": "the app's workspace may not use Socket Mode; ask an administrator, or use HTTP " +
		"(SLACK_SIGNING_SECRET)",
}

// tokenRefused reports whether Slack refuses the token itself: messages and channels are
// not at fault, and nothing goes until an operator replaces it. The app token only opens
// connections, so that each refusal there is about the token.
func (e *Permanent) tokenRefused() bool {
	return e.Method == AppsConnectionsOpen || botRefusals[e.Code] != ""
}

// tokenRetryAfter is how long to wait if Slack refuses the token itself: then every
// message waits, whoever it is for.
const tokenRetryAfter = 10 * time.Second

// tokenSentence words a refusal of the token; "" if the code is about something else.
func tokenSentence(method string, e slack.SlackErrorResponse) string {
	if method == AppsConnectionsOpen {
		return appRefusals[e.Err]
	}
	return botRefusals[e.Err]
}

// Rotates reports whether a token is one that Slack ends after twelve hours, or one that
// renews such a token.
func Rotates(token string) bool { return strings.HasPrefix(token, "xoxe") }

// HowToEndRotation says what to do about a token that rotates.
const HowToEndRotation = "it ends after 12 hours, and Twokey renews none. " + noRotation

// connectRefusals are answers to apps.connections.open that a second try hardly
// changes; slack-go tries some of them for ever (bot/chat, section 7.5, fault 6).
var connectRefusals = codeSet(`
	invalid_auth not_authed account_inactive token_revoked token_expired not_allowed_token_type
	user_removed_from_team team_access_not_granted`, missingScope)

// ConnectRefusal is the refusal for people if no retry changes err, else nil.
func ConnectRefusal(err error) error {
	var e slack.SlackErrorResponse
	if err == nil || !errors.As(err, &e) || !connectRefusals[e.Err] {
		return nil
	}
	return &Permanent{
		Method: AppsConnectionsOpen, Code: e.Err, Sentence: sentenceOf(AppsConnectionsOpen, e),
		Cause: err,
	}
}
