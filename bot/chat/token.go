package chat

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"
)

// The two tokens: what Slack says of them as long as it says it, which setting
// each came from, and what to do.

// The settings that name them, where no other was told.
const (
	botTokenName = "SLACK_BOT_TOKEN" //nolint:gosec // the setting's name
	appTokenName = "SLACK_APP_TOKEN" //nolint:gosec // the setting's name
)

// A standing is how Slack takes one token, as far as its last answer told.
type standing struct {
	name string // the setting that it came from

	mu      sync.Mutex
	refused *Permanent
	worked  bool // it was taken once
}

// hear takes what a call with the token came to, and reports whether that is
// news. What says nothing of the token changes nothing.
func (s *standing) hear(err error) (news bool) {
	var p *Permanent
	s.mu.Lock()
	defer s.mu.Unlock()
	was := s.refused
	switch isRefusal := errors.As(err, &p); {
	case isRefusal && p.TokenRefused():
		s.refused = p
		return was == nil || was.Code != p.Code
	case isRefusal || err == nil:
		s.refused, s.worked = nil, true
		return was != nil
	}
	return false
}

// now is the refusal that stands, nil where there is none.
func (s *standing) now() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refused == nil {
		return nil
	}
	return s.refused
}

func (s *standing) hasWorked() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.worked
}

// heard keeps what a call says of its token, and logs the change of it.
func (c *Chat) heard(s *standing, err error) {
	if !s.hear(err) {
		return
	}
	var p *Permanent
	if errors.As(err, &p) && p.TokenRefused() {
		c.log.Error("Slack: "+Words(p), "method", p.Method)
		return
	}
	c.log.Info("Slack takes " + s.name + " again")
}

// BotTokenRefused is a *Permanent as long as Slack refuses the bot token, else
// nil. It makes no call.
func (c *Chat) BotTokenRefused() error { return c.bot.now() }

// AppTokenRefused is the same for the app token, and with it Socket Mode is down.
func (c *Chat) AppTokenRefused() error { return c.app.now() }

// AppTokenTaken reports whether Slack has ever taken the app token.
func (c *Chat) AppTokenTaken() bool { return c.app.hasWorked() }

// tokenOf is the token that a method is called with.
func (c *Chat) tokenOf(method string) *standing {
	if method == mConnect {
		return &c.app
	}
	return &c.bot
}

// named puts the setting before a refusal of a token, or of what it may do.
func (c *Chat) named(method string, err error) error {
	var p *Permanent
	if !errors.As(err, &p) || !p.TokenRefused() && p.Code != missingScope {
		return err
	}
	named := *p
	named.Sentence = c.tokenOf(method).name + ": " + p.Sentence
	return &named
}

const missingScope = "missing_scope"

const (
	newBotToken = "install the app again, set its new bot token and restart Twokey"
	newAppToken = "make a new one with the scope connections:write under Basic Information, App-Level Tokens; set it and restart Twokey" //nolint:gosec // a sentence
	passes      = "the workspace is being moved into an organisation; Twokey tries again until that is done"
	twoFactor   = "Slack wants two-factor authentication of whoever installed the app; set it up, or have somebody else install the app again"
	byAddress   = "Slack takes the app's tokens from certain addresses only; add this host's under OAuth & Permissions"
	// Slack does not let an app's rotation be turned off again.
	noRotation = "An app that rotates cannot stop it: make a new app from Twokey's manifest (token_rotation_enabled: false), install it, set its token and restart Twokey"
)

// botRefusals say what is wrong with a bot token that Slack refuses, whatever it
// is used for, and what to do.
var botRefusals = map[string]string{
	"invalid_auth":            "Slack does not know this token, or does not take it from this address; copy the Bot User OAuth Token again from OAuth & Permissions",
	"not_authed":              "no token arrived at Slack; set it, and see what stands between",
	"account_inactive":        "the app was uninstalled, or its workspace is gone; " + newBotToken,
	"token_revoked":           "the token was revoked; " + newBotToken,
	"token_expired":           "the token has expired: this app's tokens rotate, and Twokey renews none. " + noRotation,
	"not_allowed_token_type":  "this is another kind of token; a bot token starts with xoxb-",
	"user_removed_from_team":  "the app's user was removed from the workspace; " + newBotToken,
	"team_access_not_granted": "the app was not given this workspace; install it in the workspace, set its bot token and restart Twokey",
	"org_login_required":      passes,
	"team_added_to_org":       passes,
	"accesslimited":           byAddress,

	"two_factor_setup_required": twoFactor,
	"is_bot":                    "this is the token of a legacy bot; make an app from Twokey's manifest, install it and set its bot token",
}

// appRefusals are the same for an app-level token.
var appRefusals = map[string]string{
	"invalid_auth":            "Slack does not know this token, or does not take it from this address; " + newAppToken,
	"not_authed":              "no token arrived at Slack; set it, and see what stands between",
	"account_inactive":        "the app was uninstalled, or its workspace is gone; install it again, then restart Twokey",
	"token_revoked":           "the token was revoked; " + newAppToken,
	"token_expired":           "the token has expired; " + newAppToken,
	"not_allowed_token_type":  "this is another kind of token; an app token starts with xapp-",
	"user_removed_from_team":  "whoever made it was removed from the workspace; " + newAppToken,
	"team_access_not_granted": "the app was not given this workspace; install it in the workspace, then restart Twokey",
	"access_denied":           "Slack does not let the app connect; see that Socket Mode is on, and ask an administrator",
	missingScope:              "the app-level token lacks the scope connections:write; make a new one under Basic Information, App-Level Tokens",
	"org_login_required":      passes,
	"team_added_to_org":       passes,
	"accesslimited":           byAddress,

	"two_factor_setup_required": twoFactor,
	"is_bot":                    "this is the token of a legacy bot; make an app from Twokey's manifest, and an app token of it",
	"forbidden_team":            "the app's workspace may not use Socket Mode; ask an administrator, or use HTTP (SLACK_SIGNING_SECRET)",
}

// TokenRefused tells whether Slack refuses the token itself: no message is at
// fault and no channel, and nothing goes until an operator mends it. The app
// token is only asked for a connection, which has nothing else at fault.
func (e *Permanent) TokenRefused() bool {
	return e.Method == mConnect || botRefusals[e.Code] != ""
}

// RetryAfter tells how long to wait where it is the token that is refused: then
// what was to be said waits, whoever it is for.
func (e *Permanent) RetryAfter() (after time.Duration, ok bool) {
	if !e.TokenRefused() {
		return 0, false
	}
	return refusedRest, true
}

const refusedRest = 10 * time.Second

// tokenSentence words a refusal of the token; "" where the code is none.
func tokenSentence(method string, e slack.SlackErrorResponse) string {
	if method == mConnect {
		return appRefusals[e.Err]
	}
	return botRefusals[e.Err]
}

// Rotates tells whether a token is one that Slack ends after twelve hours, or
// what renews such a one.
func Rotates(token string) bool { return strings.HasPrefix(token, "xoxe") }

// HowToEndRotation says what to do about a token that rotates.
const HowToEndRotation = "it ends after 12 hours, and Twokey renews none. " + noRotation

// ofOrganisation tells whether auth.test answered for an app that is installed
// for a whole organisation: it says so, or gives the organisation where else a
// workspace is named. slack-go reads the first not.
func ofOrganisation(a *slack.AuthTestResponse, raw []byte) bool {
	var says struct {
		Whole bool `json:"is_enterprise_install"`
	}
	_ = json.Unmarshal(raw, &says) // slack-go has read it
	return says.Whole || a.EnterpriseID != "" && (a.TeamID == "" || a.TeamID == a.EnterpriseID)
}

// manyTeams is the refusal of such an app: nobody's workspace could be told from
// another's.
func (c *Chat) manyTeams(a *slack.AuthTestResponse) error {
	org := a.EnterpriseID
	if a.Team != "" {
		org = a.Team + " (" + cmp.Or(org, a.TeamID) + ")"
	}
	return &Permanent{Method: mAuth, Code: "is_enterprise_install", Sentence: c.bot.name + ": the app is installed for the whole organisation " + org +
		", and Twokey works in one workspace. Install the app in that workspace alone, set its bot token and restart Twokey"}
}

// keeping keeps the last answer beside what slack-go makes of it.
type keeping struct {
	http *http.Client
	body []byte
}

// Do makes the call.
func (k *keeping) Do(req *http.Request) (*http.Response, error) {
	resp, err := k.http.Do(req)
	if err != nil {
		return nil, err
	}
	k.body, err = readAgain(resp)
	return resp, err
}

// readAgain reads an answer and leaves it to be read again.
func readAgain(resp *http.Response) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxFrame))
	_ = resp.Body.Close()
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return body, err
}
