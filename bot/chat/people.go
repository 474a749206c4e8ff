package chat

import (
	"cmp"
	"context"
	"slices"

	"github.com/slack-go/slack"

	"twokey/bot/chat/webapi"
	"twokey/commands/reinstall/model"
)

// Person asks who somebody is. It fails closed: whoever is not plainly of our
// workspace is outside (section 9.2). Callers who ask for the same person meanwhile
// share the answer.
func (d *directory) Person(ctx context.Context, user string) (model.Person, error) {
	return askOnce(ctx, d, "person "+user, func(ctx context.Context) (model.Person, error) {
		return d.askPerson(ctx, user, false)
	})
}

// PersonNow implements port.Chat: it shares no answer, and has a part of the limit
// to itself.
func (d *directory) PersonNow(ctx context.Context, user string) (model.Person, error) {
	return d.askPerson(ctx, user, true)
}

func (d *directory) askPerson(ctx context.Context, user string, urgent bool) (model.Person, error) {
	me, err := d.identity(ctx)
	if err != nil {
		return model.Person{}, err
	}
	u, err := d.askUser(ctx, user, urgent)
	if err != nil {
		return model.Person{}, err
	}
	ours := u.TeamID != "" && u.TeamID == me.TeamID
	if me.EnterpriseID != "" && u.Enterprise.EnterpriseID == me.EnterpriseID {
		ours = ours || slices.Contains(u.Enterprise.Teams, me.TeamID)
	}
	return model.Person{
		ID: u.ID, Name: cmp.Or(u.Profile.DisplayName, u.RealName, u.Name), Email: u.Profile.Email,
		Outside: !ours || u.IsStranger,
		Guest:   u.IsRestricted || u.IsUltraRestricted,
		Bot:     u.IsBot || u.IsWorkflowBot || u.IsConnectorBot || u.ID == "USLACKBOT",
		Deleted: u.Deleted,
	}, nil
}

// askUser reads one user. An answer about somebody else is an error.
func (d *directory) askUser(ctx context.Context, id string, urgent bool) (*slack.User, error) {
	held := d.web.Wait
	if urgent {
		held = d.web.WaitUrgent
	}
	var u *slack.User
	err := d.web.CallUnless(held(ctx, webapi.UsersInfo, ""), webapi.UsersInfo, "", func() error {
		var err error
		u, err = d.web.API().GetUserInfoContext(ctx, id, slack.GetUserInfoOptionIncludeLocale(false))
		if err == nil && (u == nil || u.ID == "" || u.ID != id) {
			return webapi.ErrNoAnswer
		}
		return err
	})
	return u, err
}
