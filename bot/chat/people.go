package chat

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"twokey/commands/port"
	"twokey/commands/reinstall"
)

// errNoAnswer stands for an answer that says neither yes nor no. A failed check
// counts as no (promise 7).
var errNoAnswer = errors.New("the answer says nothing")

// Identity is who the bot is.
type Identity struct {
	TeamID       string
	EnterpriseID string // of an Enterprise Grid only
	BotUserID    string
	Name, Team   string // as people read them
	AppID        string // empty where Slack did not say
	// Granted are the scopes of the token, as far as Slack told.
	Granted []string
	// Missing are scopes that the token lacks, as far as Slack told: what
	// needs them will fail.
	Missing []string
}

// Hello asks Slack who the bot is. It is made at start; the errors say what is
// wrong with the settings and never show the token.
func (c *Chat) Hello(ctx context.Context) (Identity, error) {
	id, err := c.auth(ctx)
	if err != nil {
		return Identity{}, c.helloError(err)
	}
	me, err := c.user(ctx, id.BotUserID, mUser)
	if err != nil {
		return Identity{}, c.helloError(err)
	}
	if app := me.Profile.ApiAppID; app != "" {
		if id.AppID != "" && id.AppID != app {
			return Identity{}, fmt.Errorf("SLACK_APP_TOKEN is of app %s and SLACK_BOT_TOKEN of app %s: take both from one app", id.AppID, app)
		}
		id.AppID = app
	}
	c.who.Store(&id)
	return id, nil
}

// auth asks whose the token is.
func (c *Chat) auth(ctx context.Context) (Identity, error) {
	var answer *slack.AuthTestResponse
	raw := &keeping{http: c.http}
	api := slack.New(c.cfg.Token, slack.OptionHTTPClient(raw), slack.OptionAPIURL(c.base.String()))
	err := c.call(ctx, mAuth, "", func() error {
		var err error
		answer, err = api.AuthTestContext(ctx)
		if err == nil && (answer == nil || answer.UserID == "" || answer.TeamID == "" && !ofOrganisation(answer, raw.body)) {
			return errNoAnswer
		}
		return err
	})
	if err != nil {
		return Identity{}, err
	}
	if ofOrganisation(answer, raw.body) {
		return Identity{}, c.manyTeams(answer)
	}
	granted := grantedScopes(answer.Header)
	return Identity{
		TeamID: answer.TeamID, EnterpriseID: answer.EnterpriseID, BotUserID: answer.UserID, Name: answer.User, Team: answer.Team,
		AppID: appOfToken(c.cfg.AppToken), Granted: granted, Missing: missingScopes(granted),
	}, nil
}

// helloError words why there is no greeting.
func (c *Chat) helloError(err error) error {
	var p *Permanent
	if errors.As(err, &p) {
		return fmt.Errorf("Slack does not let the bot in: %w", err)
	}
	return fmt.Errorf("Slack cannot be reached at %s (SLACK_API_URL): %w", c.base.Redacted(), err)
}

// identity returns who the bot is, and asks if that is not known yet.
func (c *Chat) identity(ctx context.Context) (Identity, error) {
	if id := c.who.Load(); id != nil {
		return *id, nil
	}
	v, err := c.once(ctx, "hello", func(ctx context.Context) (any, error) { return c.Hello(ctx) })
	if err != nil {
		return Identity{}, err
	}
	return v.(Identity), nil
}

// once has many callers wait for one call, which goes on when one of them
// leaves.
func (c *Chat) once(ctx context.Context, key string, do func(context.Context) (any, error)) (any, error) {
	ch := c.flight.DoChan(key, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), apiTimeout)
		defer cancel()
		return do(ctx)
	})
	select {
	case r := <-ch:
		return r.Val, r.Err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// appOfToken reads the app's id out of xapp-1-A0123-456-..; empty if it is not
// there.
func appOfToken(token string) string {
	parts := strings.Split(token, "-")
	if len(parts) < 4 || parts[0] != "xapp" || !strings.HasPrefix(parts[2], "A") {
		return ""
	}
	return parts[2]
}

// Person asks who somebody is. It fails closed: whoever is not plainly of our
// workspace is outside (section 9).
// Whoever asks for the same person meanwhile shares the answer.
func (c *Chat) Person(ctx context.Context, user string) (reinstall.Person, error) {
	v, err := c.once(ctx, "person "+user, func(ctx context.Context) (any, error) { return c.askPerson(ctx, user, mUser) })
	if err != nil {
		return reinstall.Person{}, err
	}
	return v.(reinstall.Person), nil
}

// PersonNow implements commands.Chat: it shares no answer, and has a share of
// the limit of its own.
func (c *Chat) PersonNow(ctx context.Context, user string) (reinstall.Person, error) {
	return c.askPerson(ctx, user, kept(mUser))
}

func (c *Chat) askPerson(ctx context.Context, user, lane string) (reinstall.Person, error) {
	me, err := c.identity(ctx)
	if err != nil {
		return reinstall.Person{}, err
	}
	u, err := c.user(ctx, user, lane)
	if err != nil {
		return reinstall.Person{}, err
	}
	ours := u.TeamID != "" && u.TeamID == me.TeamID
	if me.EnterpriseID != "" && u.Enterprise.EnterpriseID == me.EnterpriseID {
		ours = ours || slices.Contains(u.Enterprise.Teams, me.TeamID)
	}
	return reinstall.Person{
		ID: u.ID, Name: cmp.Or(u.Profile.DisplayName, u.RealName, u.Name), Email: u.Profile.Email,
		Outside: !ours || u.IsStranger,
		Guest:   u.IsRestricted || u.IsUltraRestricted,
		Bot:     u.IsBot || u.IsWorkflowBot || u.IsConnectorBot || u.ID == "USLACKBOT",
		Deleted: u.Deleted,
	}, nil
}

// user reads one user, in the method's own lane or that which is kept; an answer
// about somebody else is an error.
func (c *Chat) user(ctx context.Context, id, lane string) (*slack.User, error) {
	if err := c.pace.wait(ctx, lane, ""); err != nil {
		c.metrics.Called(mUser, outcomeOf(err))
		return nil, err
	}
	var u *slack.User
	err := c.made(mUser, "", func() error {
		var err error
		u, err = c.api.GetUserInfoContext(ctx, id, slack.GetUserInfoOptionIncludeLocale(false))
		if err == nil && (u == nil || u.ID == "" || u.ID != id) {
			return errNoAnswer
		}
		return err
	})
	return u, err
}

// groupAge is how old a membership may be: the method's tier allows no more
// (section 9).
const groupAge = 30 * time.Second

// membership is who was in a group when it was asked for.
type membership struct {
	users []string
	asked time.Time
}

// Members lists a user group, at most 30 s old. An error is never remembered,
// and never answered with an older list.
func (c *Chat) Members(ctx context.Context, group string) ([]string, error) {
	if users, ok := c.lately(c.groups, group); ok {
		return users, nil
	}
	v, err := c.once(ctx, "group "+group, func(ctx context.Context) (any, error) {
		if users, ok := c.lately(c.groups, group); ok {
			return users, nil
		}
		return c.askMembers(ctx, group)
	})
	if err != nil {
		return nil, err
	}
	return slices.Clone(v.([]string)), nil
}

// MembersNow lists a user group as it is now.
func (c *Chat) MembersNow(ctx context.Context, group string) ([]string, error) {
	return c.askMembers(ctx, group)
}

func (c *Chat) askMembers(ctx context.Context, group string) ([]string, error) {
	m := membership{asked: c.now()}
	err := c.call(ctx, mMembers, "", func() error {
		var err error
		m.users, err = c.api.GetUserGroupMembersContext(ctx, group)
		if err == nil && m.users == nil {
			return errNoAnswer
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	c.groupMu.Lock()
	defer c.groupMu.Unlock()
	c.groups[group] = m
	return slices.Clone(m.users), nil
}

// lately is a membership that is new enough to be used.
func (c *Chat) lately(of map[string]membership, id string) ([]string, bool) {
	c.groupMu.Lock()
	defer c.groupMu.Unlock()
	m, ok := of[id]
	if age := c.now().Sub(m.asked); !ok || age < 0 || age > groupAge {
		return nil, false
	}
	return slices.Clone(m.users), true
}

// Channel reads what matters of a channel. A channel that is about to be shared
// with another company counts as shared.
func (c *Chat) Channel(ctx context.Context, id string) (port.Room, error) {
	ch, err := c.channel(ctx, id)
	if err != nil {
		return port.Room{}, err
	}
	return port.Room{ID: ch.ID, Name: ch.Name, Shared: ch.IsExtShared || ch.IsPendingExtShared, Private: ch.IsPrivate, Member: ch.IsMember}, nil
}

func (c *Chat) channel(ctx context.Context, id string) (*slack.Channel, error) {
	var ch *slack.Channel
	err := c.call(ctx, mChannel, id, func() error {
		var err error
		ch, err = c.api.GetConversationInfoContext(ctx, &slack.GetConversationInfoInput{ChannelID: id})
		if err == nil && (ch == nil || ch.ID == "") {
			return errNoAnswer
		}
		return err
	})
	return ch, err
}
