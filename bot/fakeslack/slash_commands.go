package fakeslack

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"twokey/bot/fakeslack/delivery"
	"twokey/bot/fakeslack/directory"
	"twokey/bot/fakeslack/messages"
)

// A Reply is what a person sees after a slash command.
type Reply struct {
	// Status is the HTTP status of the bot's answer: 200 for a Socket Mode
	// ack, 0 if there was none.
	Status int
	// Message is the message that the answer carried; nil for an empty ack.
	Message *Message
	// Text is the message as a person reads it, blocks included.
	Text string
	// Warning is what Slack shows when the command failed, such as
	// `/reinstall failed with the error "operation_timeout"`.
	Warning string
}

var (
	errUnknownPlace = errors.New("no such person or channel")
	// ErrCannotType: Slack's own client would not let the person do this.
	ErrCannotType = errors.New("this person cannot write here")
)

// Command types the app's slash command with text after it, as that person in
// that channel. An error means that the person could not even type it; what
// the bot did wrong is in Reply.Warning. People of other companies get Slack's
// own refusal and nothing is sent.
func (s *clients) Command(ctx context.Context, user, channel, text string) (Reply, error) {
	form, err := s.CommandForm(user, channel, text)
	if err != nil {
		return Reply{}, err
	}
	s.mu.Lock()
	u, c := s.users[user], s.channels[channel]
	installed := s.cfg.HasScope("commands")
	external, allowed := u.TeamID != s.cfg.TeamID, c.Has(user) && !u.Deleted
	s.mu.Unlock()
	if !allowed {
		return Reply{}, fmt.Errorf("%w: %s in %s", ErrCannotType, user, channel)
	}
	if !installed {
		return Reply{Warning: s.cfg.Command + " is not a valid command"}, nil
	}
	if external {
		return Reply{Warning: s.cfg.Command + " is not available to people from other workspaces"}, nil
	}
	body, status, err := s.bot.deliver(ctx, delivery.Outgoing{Kind: "command", User: user, Command: form})
	reply := s.showCommand(form, body, status, err)
	return reply, nil
}

// CommandForm is the body that Slack would send for the command; with
// SignedRequest a test can send a changed one.
func (s *clients) CommandForm(user, channel, typed string) (url.Values, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, c := s.users[user], s.channels[channel]
	if u == nil || c == nil {
		return nil, fmt.Errorf("%w: %s in %s", errUnknownPlace, user, channel)
	}
	f := url.Values{
		"token": {"legacy-verification-token"}, "team_id": {s.cfg.TeamID}, "team_domain": {"home"},
		"channel_id": {c.ID}, "channel_name": {channelName(c.Channel)}, "user_id": {u.ID}, "user_name": {u.Name},
		"command": {s.cfg.Command}, "text": {
			s.escapeTyped(strings.TrimSpace(typed), s.cfg.EscapeCommands),
		}, "api_app_id": {s.cfg.AppID},
		"is_enterprise_install": {strconv.FormatBool(s.org.wide)}, "response_url": {
			s.newResponseURL(user, c.ID, nil),
		}, "trigger_id": {s.newTrigger(user, "")},
	}
	if s.inOrg(u) {
		f.Set("enterprise_id", s.org.id)
		f.Set("enterprise_name", s.org.name)
	}
	return f, nil
}

// channelName is the name as payloads show it: a private channel's is hidden.
func channelName(c Channel) string {
	switch {
	case c.IM != "":
		return "directmessage"
	case c.Private:
		return "privategroup"
	}
	return c.Name
}

// showCommand turns the bot's answer into what the person sees.
func (s *clients) showCommand(form url.Values, body []byte, status int, err error) Reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	reply := Reply{Status: status}
	failed := func(code string) Reply {
		reply.Warning = fmt.Sprintf("%s failed with the error %q", s.cfg.Command, code)
		s.showFromSlackbot(form.Get("user_id"), form.Get("channel_id"), reply.Warning)
		return reply
	}
	var unacked *NotAcked
	if errors.As(err, &unacked) {
		if unacked.TimedOut() {
			return failed("operation_timeout")
		}
		return failed("dispatch_failed")
	}
	if len(strings.TrimSpace(string(body))) == 0 {
		return reply
	}
	m, err := messages.ReadResponse(body)
	if err != nil {
		return failed(err.Error())
	}
	if m.InChannel {
		s.addMessage(
			Message{
				Channel: form.Get("channel_id"), User: form.Get("user_id"),
				Text: strings.TrimSpace(s.cfg.Command + " " + form.Get("text")),
			},
		)
	}
	shown := s.showResponse(m, form.Get("user_id"), form.Get("channel_id"), m.ThreadTS).Message.Clone()
	reply.Message, reply.Text = &shown, s.plainText(shown)
	return reply
}

// showFromSlackbot shows a line of Slack's own to one person. Callers hold s.mu.
func (s *clients) showFromSlackbot(user, channel, line string) {
	s.addMessage(Message{Channel: channel, User: "USLACKBOT", Text: line, EphemeralTo: user})
}

// showResponse posts it. Response URLs do not ask whether the app is in the
// channel. Callers hold s.mu.
func (s *workspace) showResponse(r messages.Response, user, channel, thread string) *record {
	bot := s.botUser()
	m := Message{Channel: channel, ThreadTS: thread, User: bot.ID, BotID: bot.BotID, Text: r.Text, Blocks: r.Blocks}
	if !r.InChannel {
		m.EphemeralTo = user
		if thread != "" && !s.hasOpen(user, channel, thread) {
			m.TS = s.addUnshown(m)
			return &record{Message: m}
		}
	}
	return s.addMessage(m)
}

// escapeTyped is what Slack makes of text that a person typed; with links, names and
// addresses become <..> forms too.
func (s *clients) escapeTyped(typed string, links bool) string {
	if !links {
		return directory.Escape(typed, nil)
	}
	d := directory.Directory{Groups: s.groups}
	for _, id := range s.userOrder {
		d.Users = append(d.Users, *s.users[id])
	}
	for _, id := range s.roomOrder {
		d.Channels = append(d.Channels, s.channels[id].Channel)
	}
	return directory.Escape(typed, &d)
}
