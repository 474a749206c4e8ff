package fakeslack

import (
	"fmt"
	"slices"
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
	"invalid_auth", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type", "user_removed_from_team",
	"team_access_not_granted", "org_login_required", "team_added_to_org", "access_denied", "accesslimited",
}

// RefuseToken has Slack turn a token away by a code of its own, in every method
// that takes it, until it is taken again: code is then empty. Connections that
// are open stay open.
func (s *Slack) RefuseToken(t Token, code string) error {
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
	s.touch()
	return nil
}

// Grant gives a scope back that Revoke took away.
func (s *Slack) Grant(scope string) error {
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
