package chat

import (
	"context"
	"encoding/json"
	"io"
	"net/http"

	"twokey/bot/chat/blockkit"
	"twokey/commands/port"
	"twokey/commands/reinstall"
)

// event is what is read of an event, and no more. Slack sends one again at once,
// after a minute and after five where it was not acknowledged: what is done
// here may be done twice.
type event struct {
	Type       string `json:"type"`
	Challenge  string `json:"challenge"`
	App        string `json:"api_app_id"`
	Team       string `json:"team_id"`
	Enterprise string `json:"enterprise_id"`
	// For are those for whom the event is sent. In a channel that is shared with
	// another company, team_id may be that company's (facts/slack.md section 12).
	For []struct {
		Team       string `json:"team_id"`
		Enterprise string `json:"enterprise_id"`
	} `json:"authorizations"`
	Event struct {
		Type string `json:"type"`
		User string `json:"user"`
		Tab  string `json:"tab"`
	} `json:"event"`
}

// foreign tells what of the event is not ours, "" if nothing is.
func (e event) foreign(id Identity) string {
	if id.isOtherApp(e.App) {
		return "foreign_app"
	}
	ours := id.isOurTeam(e.Team, e.Enterprise)
	for _, f := range e.For {
		ours = ours || id.isOurTeam(f.Team, f.Enterprise)
	}
	if !ours {
		return "foreign_team"
	}
	return ""
}

// What an event comes in, and what says that for a minute none comes.
const (
	eventCallback = "event_callback"
	rateLimited   = "app_rate_limited"
)

// maxChallenge is more than any challenge of Slack's has.
const maxChallenge = 1000

// eventByHTTP takes an event whose signature holds, or shows Slack that the
// address is ours.
func (x *dispatcher) eventByHTTP(ctx context.Context, r *http.Request) answer {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return turnAway(http.StatusBadRequest, "unreadable")
	}
	var e event
	if json.Unmarshal(body, &e) == nil && e.Type == "url_verification" && e.Challenge != "" && len(e.Challenge) <= maxChallenge {
		x.notices.notify(NoticeEvent) // the address is taken, and events follow
		return answer{kind: "event", body: map[string]string{"challenge": e.Challenge}}
	}
	a := x.event(ctx, body)
	if a.status == 0 {
		x.notices.notify(NoticeEvent)
	}
	return a
}

// event takes note of what somebody opened: it is drawn after the ack. Every
// other event is taken and left alone.
func (x *dispatcher) event(ctx context.Context, payload []byte) answer {
	var e event
	if err := json.Unmarshal(payload, &e); err != nil || e.Type != eventCallback && e.Type != rateLimited || ambiguous(payload) {
		return turnAway(http.StatusBadRequest, "malformed")
	}
	if no := x.turnAwayForeign(ctx, e.foreign); no != nil {
		return *no
	}
	a := answer{kind: "event"}
	if e.Type == rateLimited {
		x.log.Warn("Slack sends no events for a minute, since there were too many: Home tabs are not drawn when they are opened")
		return a
	}
	if e.Event.Type != "app_home_opened" || e.Event.Tab != "home" {
		return a
	}
	if !blockkit.IsUserID(e.Event.User) {
		return turnAway(http.StatusBadRequest, "malformed")
	}
	a.then = func(ctx context.Context) { x.currentDesk().OpenHome(ctx, e.Event.User) }
	return a
}

// pressAtHome draws a Home anew. Its other buttons are links, of which Slack
// tells as well.
func (x *dispatcher) pressAtHome(p interaction, in port.Inbound) answer {
	a := answer{kind: "press"}
	if len(p.Actions) == 1 && p.Actions[0].Type == "button" && p.Actions[0].ActionID == reinstall.VerbRefresh {
		a.then = func(ctx context.Context) { x.currentDesk().OpenHome(ctx, in.User) }
	}
	return a
}
