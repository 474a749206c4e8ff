package fakeslack

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"twokey/bot/fakeslack/app"
	"twokey/bot/fakeslack/blockkit"
	"twokey/bot/fakeslack/delivery"
)

var (
	// ErrNoHome: the app has no Home tab, or the person no account any more.
	ErrNoHome = errors.New("there is no Home tab to be opened")
	// ErrUnverified: the address for events did not answer the challenge, so that
	// Slack would never have taken it.
	ErrUnverified = errors.New("the address for events did not answer the challenge")
)

// OpenHome is a person who opens the app's Home tab. Where the app subscribes to
// it, the event app_home_opened goes to the bot: over HTTP only to an address
// that has answered a challenge, and once more at once if it was not
// acknowledged. The error is ErrNoHome, ErrUnverified or a *NotAcked.
func (s *clients) OpenHome(ctx context.Context, user string) error {
	s.mu.Lock()
	u := s.users[user]
	if s.cfg.NoHomeTab || u == nil || u.Deleted {
		s.mu.Unlock()
		return fmt.Errorf("%w: %s", ErrNoHome, user)
	}
	if !slices.Contains(s.cfg.Events, app.HomeOpened) || s.unpressed && !s.cfg.SocketMode {
		s.mu.Unlock()
		return nil
	}
	o := delivery.Outgoing{Kind: app.HomeOpened, User: user, Event: s.homeEvent(u)}
	s.mu.Unlock()
	if err := s.verifyEventURL(ctx); err != nil {
		return err
	}
	_, _, err := s.bot.deliver(ctx, o)
	var unacked *NotAcked
	if errors.As(err, &unacked) && ctx.Err() == nil {
		o.Retry, o.Why = 1, "http_error"
		if unacked.TimedOut() {
			o.Why = "http_timeout"
		}
		_, _, err = s.bot.deliver(ctx, o)
	}
	return err
}

// PressRetry is the button under Event Subscriptions. The error is ErrUnverified.
func (s *clients) PressRetry(ctx context.Context) error {
	if err := s.verifyEventURL(ctx); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unpressed = false
	s.markChanged()
	return nil
}

// homeEvent is the event in its wrapper. Callers hold s.mu.
func (s *clients) homeEvent(u *User) map[string]any {
	at := s.cfg.Now()
	inner := map[string]any{
		"type": app.HomeOpened, "user": u.ID, "channel": "D0" + strings.TrimLeft(u.ID, "UW0"), "tab": "home",
		"event_ts": microTS(at),
	}
	if v := s.homes[u.ID]; v != nil { // published before
		inner["view"] = s.wireView(v)
	}
	var enterprise any
	team := any(s.cfg.TeamID)
	if s.org.id != "" {
		enterprise = s.org.id
	}
	if s.org.wide {
		team = nil // of the authorization; the event has one all the same
	}
	e := map[string]any{
		"token": "legacy-verification-token", "team_id": s.cfg.TeamID, "api_app_id": s.cfg.AppID,
		"type":     "event_callback",
		"event_id": newID("Ev"), "event_time": at.Unix(), "is_ext_shared_channel": false, "event": inner,
		"authorizations": []any{map[string]any{
			"enterprise_id": enterprise, "team_id": team, "user_id": s.botUser().ID, "is_bot": true,
			"is_enterprise_install": s.org.wide,
		}},
	}
	if enterprise != nil {
		e["enterprise_id"] = enterprise
	}
	return copyPayload(e)
}

// verifyEventURL sends the challenge to an address that has not answered one: Slack does
// so when the address is entered, and takes none that fails.
func (s *clients) verifyEventURL(ctx context.Context) error {
	s.mu.Lock()
	target := s.cfg.EventURL
	if target == "" {
		target = s.cfg.InteractionURL
	}
	done := s.cfg.SocketMode || s.verified == target
	s.mu.Unlock()
	if done {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, s.cfg.AckTimeout)
	defer cancel()
	challenge := rand.Text()
	body, status, err := s.bot.postSigned(ctx, target, delivery.Outgoing{
		Kind: "url_verification",
		Event: map[string]any{
			"token": "legacy-verification-token", "challenge": challenge, "type": "url_verification",
		},
	})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnverified, err)
	}
	if status != http.StatusOK || echoedChallenge(body) != challenge {
		return fmt.Errorf("%w: it said %q", ErrUnverified, body)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.verified = target
	return nil
}

// echoedChallenge is the challenge in an answer, which may be it alone or JSON.
func echoedChallenge(body []byte) string {
	var m struct {
		Challenge string `json:"challenge"`
	}
	if json.Unmarshal(body, &m) == nil {
		return m.Challenge
	}
	return strings.TrimSpace(string(body))
}

// PressHome presses a button on the person's Home tab, by its action_id or
// label.
func (s *clients) PressHome(ctx context.Context, user, button string) error {
	return s.pressIn(ctx, user, func() *view { return s.homes[user] }, pickLabelled(button))
}

// HomePayload is the block_actions payload that pressing the first button of this label on
// a person's Home tab would send; with SignedRequest a test can forge one. Like Slack's it
// has a view and a trigger_id, and no channel, message or response_url (Slack's page
// reference/interaction-payloads/block_actions-payload).
func (s *clients) HomePayload(user, button string) (map[string]any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.homes[user]
	if v == nil {
		return nil, fmt.Errorf("%w for %s", ErrNoView, user)
	}
	b, e, action, err := blockkit.ByLabel(button)(v.Blocks)
	if err != nil {
		return nil, err
	}
	return s.viewAction(v, b, e, action), nil
}
