package chat

import (
	"context"
	"errors"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"twokey/commands"
	"twokey/commands/reinstall"
)

// maxReply keeps an answer below the 20 KB that Socket Mode takes (facts/slack.md
// section 7), whatever stands in it.
const maxReply = 3000

// message is an answer to a command, or what is posted to a response_url.
type message struct {
	ResponseType string        `json:"response_type"`
	Text         string        `json:"text"`
	Blocks       []slack.Block `json:"blocks,omitempty"`
}

// ephemeral draws a text for one person alone.
func (c *Chat) ephemeral(t reinstall.Text) message {
	blocks, text := c.drawText(t, maxReply)
	return message{ResponseType: slack.ResponseTypeEphemeral, Text: text, Blocks: blocks}
}

// replyText is a reply's text; errors without a form to stand in become text.
func replyText(r commands.Reply) reinstall.Text {
	if len(r.Text) > 0 || len(r.Errors) == 0 {
		return r.Text
	}
	var lines []string
	for _, id := range slices.Sorted(maps.Keys(r.Errors)) {
		lines = append(lines, r.Errors[id])
	}
	return reinstall.Say(strings.Join(lines, "\n"))
}

// The hosts of response_urls: Slack's, and GovSlack's (facts/slack.md section 12).
const (
	hooks    = "hooks.slack.com"
	govSlack = "slack-gov.com"
)

// hooksOf is the host of response_urls for the Slack of an API's host.
func hooksOf(api string) string {
	if api = strings.ToLower(api); api == govSlack || strings.HasSuffix(api, "."+govSlack) {
		return "hooks." + govSlack
	}
	return hooks
}

// replyURL returns a response_url if it is one: of the Slack that SLACK_API_URL
// names, or of that very server. Any other host gets nothing from us.
func (c *Chat) replyURL(raw string) string {
	if raw == "" {
		return ""
	}
	u, err := url.Parse(raw)
	if err == nil && u.User == nil {
		if u.Scheme == "https" && u.Host == hooksOf(c.base.Hostname()) || u.Scheme == c.base.Scheme && strings.EqualFold(u.Host, c.base.Host) {
			return raw
		}
	}
	c.refuse("response_url", "response_url")
	return ""
}

// tell shows a text to the one who pressed something: through the response_url
// (five uses in 30 minutes), else as a whisper in the channel.
func (c *Chat) tell(in commands.Inbound, t reinstall.Text) func(context.Context) {
	if len(t) == 0 {
		return nil
	}
	return func(ctx context.Context) {
		err := c.respond(ctx, in.Reply, t)
		if err == nil {
			return
		}
		if in.Channel != "" {
			err = c.Whisper(ctx, in.Channel, in.Thread, in.User, t)
		}
		if err != nil {
			c.log.Warn("could not tell somebody what came of a click", "op", in.Op, "verb", in.Verb, "user", in.User, "err", err)
		}
	}
}

// Answer implements commands.Chat.
func (c *Chat) Answer(ctx context.Context, reply string, t reinstall.Text) error {
	return c.respond(ctx, c.replyURL(reply), t)
}

var errNoReply = errors.New("there is no response_url")

func (c *Chat) respond(ctx context.Context, to string, t reinstall.Text) error {
	if to == "" {
		return errNoReply
	}
	m := c.ephemeral(t)
	err := slack.PostWebhookCustomHTTPContext(ctx, to, c.http, &slack.WebhookMessage{
		Text: m.Text, Blocks: &slack.Blocks{BlockSet: m.Blocks}, ResponseType: m.ResponseType,
	})
	err = classify("response_url", hideURL(err))
	c.metrics.Called("response_url", outcomeOf(err))
	return err
}

// hideURL takes the address out of an error: who knows a response_url may post.
func hideURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
