package chat

import (
	"cmp"
	"context"
	"net/http"
	"regexp"
	"strings"

	"github.com/slack-go/slack"

	"twokey/bot/chat/blockkit"
	"twokey/commands/port"
)

// commandByHTTP reads the form of a slash command.
func (x *dispatcher) commandByHTTP(ctx context.Context, r *http.Request, d delivery) answer {
	cmd, err := slack.SlashCommandParse(r) // reads the body, not the query
	if err != nil || ambiguousForm(r.PostForm) {
		return turnAway(http.StatusBadRequest, "malformed")
	}
	return x.command(ctx, cmd, d)
}

// command has the desk answer what was typed. The answer is shown to that
// person alone; Slack needs it within three seconds (facts/slack.md section 2).
func (x *dispatcher) command(ctx context.Context, cmd slack.SlashCommand, d delivery) answer {
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
	reply := x.currentDesk().Command(ctx, port.Inbound{
		Dedupe: d.dedupe, At: d.at, User: cmd.UserID, Team: cmd.TeamID, Channel: cmd.ChannelID,
		Reply: x.messages.replyURL(cmd.ResponseURL), Trigger: cmd.TriggerID, Text: typed(cmd.Text),
	})
	a := answer{kind: "command"}
	if t := replyText(reply); len(t) > 0 {
		a.body = x.messages.ephemeral(t)
	}
	return a
}

var (
	wrapped = regexp.MustCompile(`<([^<>|]*)(?:\|([^<>]*))?>`)
	unquote = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")
)

// typed undoes what Slack made of what was typed: names, links and addresses
// stand in <..>, & < > are escaped (section 2). What a person wrote by hand is
// what comes out. A mention of which Slack does not tell the name comes out as
// <@U..>, <#C..> or <!subteam^S..>, for the desk to name.
func typed(s string) string {
	s = wrapped.ReplaceAllStringFunc(s, func(w string) string {
		m := wrapped.FindStringSubmatch(w)
		target, label := m[1], m[2]
		switch {
		case strings.HasPrefix(target, "@"): // the label is no name that people see
			return "<" + target + ">"
		case strings.HasPrefix(target, "#"):
			if label == "" { // a private channel's
				return "<" + target + ">"
			}
			return "#" + label
		case strings.HasPrefix(target, "!subteam^"):
			if label == "" {
				return "<" + target + ">"
			}
			return "@" + strings.TrimPrefix(label, "@")
		case strings.HasPrefix(target, "!"):
			return "@" + target[1:]
		}
		return cmp.Or(label, strings.TrimPrefix(target, "mailto:"))
	})
	return unquote.Replace(s)
}
