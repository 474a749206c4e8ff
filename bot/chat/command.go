package chat

import (
	"context"
	"net/http"

	"github.com/slack-go/slack"

	"twokey/bot/chat/blockkit"
	"twokey/bot/chat/payload"
	"twokey/commands/port"
)

// handleCommandRequest reads the form of a slash command.
func (x *dispatcher) handleCommandRequest(ctx context.Context, r *http.Request, d delivery) answer {
	cmd, err := slack.SlashCommandParse(r) // reads the body, not the query
	if err != nil || payload.IsAmbiguousForm(r.PostForm) {
		return turnAway(http.StatusBadRequest, "malformed")
	}
	return x.handleCommand(ctx, cmd, d)
}

// handleCommand has the front answer what was typed. The answer is shown to that
// person alone; Slack needs it within three seconds (section 2.1).
func (x *dispatcher) handleCommand(ctx context.Context, cmd slack.SlashCommand, d delivery) answer {
	if no := x.turnAwayForeign(ctx, func(id Identity) string {
		switch {
		case id.isOtherApp(cmd.APIAppID):
			return "foreign_app"
		case !id.isOurTeam(cmd.TeamID, cmd.EnterpriseID):
			return "foreign_team"
		}
		return ""
	}); no != nil {
		return *no
	}
	if !blockkit.IsUserID(cmd.UserID) || cmd.ChannelID == "" {
		return turnAway(http.StatusBadRequest, "malformed")
	}
	reply := x.currentFront().Command(ctx, port.Inbound{
		Dedupe: d.dedupe, At: d.at, User: cmd.UserID, Team: cmd.TeamID, Channel: cmd.ChannelID,
		Reply: x.messages.replyURL(cmd.ResponseURL), Trigger: cmd.TriggerID, Text: payload.TypedText(cmd.Text),
	})
	a := answer{kind: "command"}
	if len(replyText(reply)) > 0 {
		a.body = x.messages.renderEphemeral(reply)
	}
	return a
}
