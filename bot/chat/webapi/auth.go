package webapi

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"

	"github.com/slack-go/slack"
)

// Auth asks Slack whose the bot token is. The token of an app that is installed for
// a whole organisation is refused: nobody could say which workspace is ours.
func (c *Client) Auth(ctx context.Context) (*slack.AuthTestResponse, error) {
	var answer *slack.AuthTestResponse
	raw := &recorder{http: c.http}
	api := slack.New(c.token, slack.OptionHTTPClient(raw), slack.OptionAPIURL(c.base.String()))
	err := c.Call(ctx, AuthTest, "", func() error {
		var err error
		answer, err = api.AuthTestContext(ctx)
		if err == nil &&
			(answer == nil || answer.UserID == "" || answer.TeamID == "" && !isForOrganisation(answer, raw.body)) {
			return ErrNoAnswer
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if isForOrganisation(answer, raw.body) {
		return nil, c.organisationRefusal(answer)
	}
	return answer, nil
}

// isForOrganisation reports whether auth.test answered for an app that is installed for a
// whole organisation. The answer says so, or names the organisation in place of the
// workspace. slack-go does not read the former.
func isForOrganisation(a *slack.AuthTestResponse, raw []byte) bool {
	var says struct {
		Whole bool `json:"is_enterprise_install"`
	}
	_ = json.Unmarshal(raw, &says) // slack-go has read it
	return says.Whole || a.EnterpriseID != "" && (a.TeamID == "" || a.TeamID == a.EnterpriseID)
}

func (c *Client) organisationRefusal(a *slack.AuthTestResponse) error {
	org := a.EnterpriseID
	if a.Team != "" {
		org = a.Team + " (" + cmp.Or(org, a.TeamID) + ")"
	}
	return &Permanent{
		Method: AuthTest,
		Code:   "is_enterprise_install",
		Sentence: c.bot.name + ": the app is installed for the whole organisation " + org +
			", and Twokey works in one workspace. Install the app in that workspace alone, set its bot token and " +
			"restart Twokey",
	}
}

// recorder keeps the last answer beside what slack-go makes of it.
type recorder struct {
	http *http.Client
	body []byte
}

// Do makes the request.
func (r *recorder) Do(req *http.Request) (*http.Response, error) {
	resp, err := r.http.Do(req)
	if err != nil {
		return nil, err
	}
	r.body, err = ReadAgain(resp)
	return resp, err
}
