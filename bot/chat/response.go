package chat

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"twokey/bot/chat/blockkit"
	"twokey/bot/chat/webapi"
	"twokey/commands/port"
	"twokey/commands/view"
)

// maxReply keeps an answer below the 20 KB that Socket Mode takes (section
// 7.3), whatever stands in it.
const maxReply = 3000

// answerMessage is an answer to a command, or what is posted to a response_url.
type answerMessage struct {
	ResponseType string        `json:"response_type"`
	Text         string        `json:"text"`
	Blocks       []slack.Block `json:"blocks,omitempty"`
}

// renderEphemeral renders an answer for one person alone, without its buttons if they make
// it too large.
func (m *messages) renderEphemeral(r port.Reply) answerMessage {
	var a answerMessage
	for _, d := range blockkit.WithCorrections(m.renderText(replyText(r), maxReply), r.Corrections) {
		a = answerMessage{ResponseType: slack.ResponseTypeEphemeral, Text: d.Text, Blocks: d.Blocks}
		if raw, err := encodeAnswer(a); err == nil && len(raw) < maxAck {
			break
		}
	}
	return a
}

// replyText is a reply's text; errors without a form to stand in become text.
func replyText(r port.Reply) view.Text {
	if len(r.Text) > 0 || len(r.Errors) == 0 {
		return r.Text
	}
	var lines []string
	for _, id := range slices.Sorted(maps.Keys(r.Errors)) {
		lines = append(lines, r.Errors[id])
	}
	return view.Say(strings.Join(lines, "\n"))
}

// replyURL returns a response_url if it is one; any other address is refused and
// becomes empty.
func (m *messages) replyURL(raw string) string {
	if raw == "" || m.web.IsResponseURL(raw) {
		return raw
	}
	m.refusals.noteRefusal("response_url", "response_url")
	return ""
}

// Answer implements port.Chat.
func (m *messages) Answer(ctx context.Context, w port.PrivateMessage) error {
	reply := m.replyURL(w.Reply)
	if reply == "" {
		return errNoResponseURL
	}
	var err error
	for _, r := range blockkit.WithCorrections(m.renderText(w.Text, maxReply), w.Corrections) {
		msg := &slack.WebhookMessage{Text: r.Text, ResponseType: slack.ResponseTypeEphemeral}
		if len(r.Blocks) > 0 {
			msg.Blocks = &slack.Blocks{BlockSet: r.Blocks}
		}
		err = m.web.PostResponse(ctx, reply, msg)
		if !webapi.IsMisshapen(err) {
			return err
		}
		m.log.Error("Slack refused an answer for its form; its words alone follow at once",
			"bytes", blockkit.BlocksSize(r.Blocks), "err", err)
		m.metrics.Refused("slack_form")
	}
	return err
}

var errNoResponseURL = &webapi.Permanent{
	Method:   webapi.ResponseURL,
	Code:     "no_response_url",
	Sentence: "there is no response_url, or it is not Slack's",
	Cause:    errors.New("no response_url"),
}
