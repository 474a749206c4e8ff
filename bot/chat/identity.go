package chat

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"twokey/bot/chat/webapi"
)

// Identity is who the bot is.
type Identity struct {
	TeamID       string
	EnterpriseID string // of an Enterprise Grid only
	BotUserID    string
	Name, Team   string // as people read them
	AppID        string // empty if Slack did not say
	// Granted are the scopes of the token, as far as Slack says.
	Granted []string
	// Missing are scopes that the token lacks, as far as Slack says: calls that need
	// them will fail.
	Missing []string
}

// isOtherApp reports whether an app is another than the bot's own.
func (id Identity) isOtherApp(app string) bool { return id.AppID != "" && app != id.AppID }

// isOurTeam reports whether a team or enterprise is the bot's own.
func (id Identity) isOurTeam(team, enterprise string) bool {
	return team != "" && team == id.TeamID || id.EnterpriseID != "" && enterprise == id.EnterpriseID
}

// Hello asks Slack who the bot is. It is made at start; the errors say what is
// wrong with the settings and never show the token.
func (d *directory) Hello(ctx context.Context) (Identity, error) {
	id, err := d.askIdentity(ctx)
	if err != nil {
		return Identity{}, d.wordHelloError(err)
	}
	me, err := d.askUser(ctx, id.BotUserID, false)
	if err != nil {
		return Identity{}, d.wordHelloError(err)
	}
	if app := me.Profile.ApiAppID; app != "" {
		if id.AppID != "" && id.AppID != app {
			return Identity{}, fmt.Errorf(
				"SLACK_APP_TOKEN is of app %s and SLACK_BOT_TOKEN of app %s: take both from one app",
				id.AppID,
				app,
			)
		}
		id.AppID = app
	}
	d.who.Store(&id)
	d.web.ReportTokenChanges()
	return id, nil
}

// Token says whose the bot token is and which scopes it has; it needs none.
func (d *directory) Token(ctx context.Context) (Identity, error) {
	id, err := d.askIdentity(ctx)
	if err != nil {
		return Identity{}, d.wordHelloError(err)
	}
	return id, nil
}

// AppToken asks for a Socket Mode connection's address, and does not connect.
func (d *directory) AppToken(ctx context.Context) error {
	api := d.web.SocketAPI(d.appToken, d.web.HTTP())
	return d.web.Call(ctx, webapi.AppsConnectionsOpen, "", func() error {
		_, url, err := api.StartSocketModeContext(ctx)
		if err == nil && url == "" {
			return webapi.ErrNoAnswer
		}
		return err
	})
}

// askIdentity asks whose the bot token is.
func (d *directory) askIdentity(ctx context.Context) (Identity, error) {
	a, err := d.web.Auth(ctx)
	if err != nil {
		return Identity{}, err
	}
	granted := grantedScopes(a.Header)
	return Identity{
		TeamID: a.TeamID, EnterpriseID: a.EnterpriseID, BotUserID: a.UserID, Name: a.User, Team: a.Team,
		AppID: appOfToken(d.appToken), Granted: granted, Missing: missingScopes(granted),
	}, nil
}

// wordHelloError says why Slack does not say who the bot is.
func (d *directory) wordHelloError(err error) error {
	var p *webapi.Permanent
	if errors.As(err, &p) {
		return fmt.Errorf("Slack does not let the bot in: %w", err)
	}
	return fmt.Errorf("Slack cannot be reached at %s (SLACK_API_URL): %w", d.web.BaseURL().Redacted(), err)
}

// identity returns who the bot is, and asks if that is not known yet.
func (d *directory) identity(ctx context.Context) (Identity, error) {
	if id := d.who.Load(); id != nil {
		return *id, nil
	}
	return askOnce(ctx, d, "hello", d.Hello)
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
