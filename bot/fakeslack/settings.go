package fakeslack

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"twokey/bot/fakeslack/methods"
)

// A Token is one of the app's two.
type Token string

// The tokens.
const (
	BotToken Token = "bot"
	AppToken Token = "app"
)

// refusals are the codes by which Slack turns a token away, whatever it is used
// for. A missing scope is none of them: see Revoke.
var refusals = []string{
	"invalid_auth", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type",
	"user_removed_from_team",
	"team_access_not_granted", "org_login_required", "team_added_to_org", "access_denied", "accesslimited",
}

// RefuseToken has Slack turn a token away by a code of its own, in every method
// that takes it, until it is taken again: code is then empty. Connections that
// are open stay open.
func (s *administration) RefuseToken(t Token, code string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case t != BotToken && t != AppToken:
		return fmt.Errorf("%w: the %s token", ErrNoSuch, t)
	case code != "" && !slices.Contains(refusals, code):
		return fmt.Errorf("%w: Slack refuses no token by %s", ErrNoSuch, code)
	}
	if s.refused == nil {
		s.refused = map[Token]string{}
	}
	s.refused[t] = code
	s.markChanged()
	return nil
}

// Grant gives a scope back that Revoke took away.
func (s *administration) Grant(scope string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	of := &s.cfg.Scopes
	if scope == "connections:write" {
		of = &s.cfg.AppScopes
	}
	if slices.Contains(*of, scope) {
		return fmt.Errorf("%w: scope %s is there", ErrNoSuch, scope)
	}
	*of = append(slices.Clone(*of), scope)
	return nil
}

// Revoke takes a scope from the token that has it, as an installation without
// it would.
func (s *administration) Revoke(scope string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, granted := range []*[]string{&s.cfg.Scopes, &s.cfg.AppScopes} {
		if i := slices.Index(*granted, scope); i >= 0 {
			*granted = slices.Delete(slices.Clone(*granted), i, i+1)
			return nil
		}
	}
	return fmt.Errorf("%w: scope %s", ErrNoSuch, scope)
}

// SetBot says where the bot takes commands and interactions.
func (s *administration) SetBot(commandURL, interactionURL string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cfg.CommandURL, s.cfg.InteractionURL = commandURL, interactionURL
}

// SetSocketMode turns the switch of the app's settings: from now on everything
// goes over Socket Mode, or to the request URLs.
func (s *administration) SetSocketMode(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cfg.SocketMode = on
}

// SetURL says under which origin the double itself is reached.
func (s *administration) SetURL(origin string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cfg.URL = strings.TrimSuffix(origin, "/")
}

// MakeFromManifest is an app that was just made from a manifest: the address for
// events was checked before the bot had its secret, so it is not verified, and no
// event goes there, without a word (bot/chat/doc.go, "Events"). PressRetry checks
// it again.
func (s *administration) MakeFromManifest() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.verified, s.unpressed = "", true
}

// SetMessagesTab turns the Messages tab of the app's settings on or off.
func (s *administration) SetMessagesTab(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cfg.NoMessagesTab = !on
	s.markChanged()
}

// RefuseDirect has Slack refuse every direct message to somebody by a code, until
// it is empty.
func (s *administration) RefuseDirect(user, code string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.users[user] == nil {
		return fmt.Errorf("%w: %s", ErrNoSuch, user)
	}
	if s.unreachable == nil {
		s.unreachable = map[string]string{}
	}
	s.unreachable[user] = code
	s.markChanged()
	return nil
}

// SetAhead sets Slack's clock: so much ahead of the Config's, or behind it. It
// must not make the clock go backwards, so it comes before anything is said.
func (s *administration) SetAhead(d time.Duration) { s.ahead.Store(int64(d)) }

// RefuseCalls has the next calls of a method refused by a code of Slack's, so many
// of them. Codes of client_msg_id only meet posts that have one.
func (s *administration) RefuseCalls(method, code string, times int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := methods.All[method]; !known || code == "" || times < 1 {
		return fmt.Errorf("%w: %d calls of %s refused by %q", ErrNoSuch, times, method, code)
	}
	if s.codes == nil {
		s.codes = map[string][]string{}
	}
	for range times {
		s.codes[method] = append(s.codes[method], code)
	}
	s.markChanged()
	return nil
}

// JoinOrganisation makes the workspace one of an organisation's. The app stays
// installed in that workspace alone.
func (s *administration) JoinOrganisation(id, name string) {
	s.setOrganisation(organisation{id: id, name: name})
}

// InstallForOrganisation makes the bot token one of a whole organisation:
// auth.test then names the organisation in place of a workspace, as it
// was seen to do. What people do is then sent without a team.
func (s *administration) InstallForOrganisation(id, name string) {
	s.setOrganisation(organisation{id: id, name: name, wide: true})
}

func (s *administration) setOrganisation(o organisation) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.org = o
	s.markChanged()
}
