package chat

import (
	"context"
	"encoding/json"
	"io"
	"net/http"

	"twokey/bot/chat/blockkit"
	"twokey/bot/chat/payload"
	"twokey/commands/port"
	"twokey/commands/reinstall/model"
)

// foreignEvent says what of an event is not ours, "" if nothing is.
func foreignEvent(e payload.Event, id Identity) string {
	if id.isOtherApp(e.AppID) {
		return "foreign_app"
	}
	ours := id.isOurTeam(e.TeamID, e.EnterpriseID)
	for _, f := range e.Authorizations {
		ours = ours || id.isOurTeam(f.Team, f.Enterprise)
	}
	if !ours {
		return "foreign_team"
	}
	return ""
}

// maxChallenge is more than any challenge of Slack's has.
const maxChallenge = 1000

// handleEventRequest takes an event whose signature holds, or shows Slack that the
// address is ours.
func (x *dispatcher) handleEventRequest(ctx context.Context, r *http.Request) answer {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return turnAway(http.StatusBadRequest, "unreadable")
	}
	var e payload.Event
	if json.Unmarshal(body, &e) == nil && e.Type == "url_verification" && e.Challenge != "" &&
		len(e.Challenge) <= maxChallenge {
		x.notices.notify(NoticeEvent) // the address is taken, and events follow
		return answer{kind: "event", body: map[string]string{"challenge": e.Challenge}}
	}
	a := x.handleEvent(ctx, body)
	if a.status == 0 {
		x.notices.notify(NoticeEvent)
	}
	return a
}

// handleEvent has an opened Home tab rendered after the ack. It acknowledges every
// other event and does nothing.
func (x *dispatcher) handleEvent(ctx context.Context, raw []byte) answer {
	var e payload.Event
	err := json.Unmarshal(raw, &e)
	if err != nil || e.Type != payload.EventCallback && e.Type != payload.AppRateLimited || payload.IsAmbiguous(raw) {
		return turnAway(http.StatusBadRequest, "malformed")
	}
	if no := x.turnAwayForeign(ctx, func(id Identity) string { return foreignEvent(e, id) }); no != nil {
		return *no
	}
	a := answer{kind: "event"}
	if e.Type == payload.AppRateLimited {
		x.log.Warn("Slack sends no events for a minute, because there were too many: opened Home tabs stay as they are")
		return a
	}
	if e.Inner.Type != "app_home_opened" || e.Inner.Tab != "home" {
		return a
	}
	if !blockkit.IsUserID(e.Inner.User) {
		return turnAway(http.StatusBadRequest, "malformed")
	}
	a.then = func(ctx context.Context) { x.currentFront().OpenHome(ctx, e.Inner.User) }
	return a
}

// handleHomePress has a Home rendered again, or opens the form as the global shortcut
// does. Its other buttons are links; Slack sends their presses too.
func (x *dispatcher) handleHomePress(ctx context.Context, p payload.Interaction, in port.Inbound) answer {
	a := answer{kind: "press"}
	if len(p.Actions) != 1 || p.Actions[0].Type != "button" {
		return a
	}
	switch p.Actions[0].ActionID {
	case model.VerbRefresh:
		a.then = func(ctx context.Context) { x.currentFront().OpenHome(ctx, in.User) }
	case model.VerbPropose:
		in.Verb = port.ShortcutGlobal
		a.then = x.whisperBack(in, x.currentFront().Shortcut(ctx, in))
	}
	return a
}
