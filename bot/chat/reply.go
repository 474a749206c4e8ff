package chat

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"twokey/bot/chat/blockkit"
	"twokey/commands/port"
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
	d := c.drawText(t, maxReply)[0]
	return message{ResponseType: slack.ResponseTypeEphemeral, Text: d.Text, Blocks: d.Blocks}
}

// replyText is a reply's text; errors without a form to stand in become text.
func replyText(r port.Reply) reinstall.Text {
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

// tell shows a text to the one who pressed something, where they look: through the
// press's response_url, which shows in the channel, else as a whisper there. In a
// thread it is a whisper first, for they pressed in it, so that it is open
// (facts/slack.md section 12).
func (c *Chat) tell(in port.Inbound, t reinstall.Text) func(context.Context) {
	if len(t) == 0 {
		return nil
	}
	return func(ctx context.Context) {
		if err := port.Whispers(ctx, c, port.Whispered{Channel: in.Channel, Thread: in.Thread, User: in.User, Reply: in.Reply, Text: t}); err != nil {
			c.log.Warn("could not tell somebody what came of a click", "op", in.Op, "verb", in.Verb, "user", in.User, "err", err)
		}
	}
}

// Answer implements commands.Chat.
func (c *Chat) Answer(ctx context.Context, reply string, t reinstall.Text) error {
	return c.respond(ctx, c.replyURL(reply), t)
}

var errNoReply = &Permanent{Method: mResponse, Code: "no_response_url", Sentence: "there is no response_url, or it is not Slack's", Cause: errors.New("no response_url")}

// mResponse stands for a response_url where a method is named.
const mResponse = "response_url"

func (c *Chat) respond(ctx context.Context, to string, t reinstall.Text) error {
	if to == "" {
		return errNoReply
	}
	var err error
	for _, d := range c.drawText(t, maxReply) {
		m := &slack.WebhookMessage{Text: d.Text, ResponseType: slack.ResponseTypeEphemeral}
		if len(d.Blocks) > 0 {
			m.Blocks = &slack.Blocks{BlockSet: d.Blocks}
		}
		err = responded(slack.PostWebhookCustomHTTPContext(ctx, to, c.http, m))
		c.metrics.Called(mResponse, outcomeOf(err))
		if !isMisshapen(err) {
			return err
		}
		c.log.Error("Slack refused an answer for its form; its words alone follow at once", "bytes", blockkit.BlocksSize(d.Blocks), "err", err)
		c.metrics.Refused("slack_form")
	}
	return err
}

// responded classifies what came of a response_url. It tells by its status alone:
// one that was used five times, or is older than half an hour, is gone.
func responded(err error) error {
	var status slack.StatusCodeError
	if errors.As(err, &status) {
		switch status.Code {
		case http.StatusBadRequest:
			return &Permanent{Method: mResponse, Code: "invalid_payload", Sentence: "Slack does not take this answer; this is a fault of Twokey", Cause: err}
		case http.StatusForbidden, http.StatusNotFound, http.StatusGone:
			return &Permanent{Method: mResponse, Code: "used_url", Sentence: "the response_url was used five times, or is older than half an hour", Cause: err}
		}
	}
	return classify(mResponse, hideURL(err))
}

// hideURL takes the address out of an error: who knows a response_url may post.
func hideURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
