package fakeslack

import (
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"twokey/bot/fakeslack/messages"
)

const (
	maxPostText   = 40000
	maxUpdateText = 4000
)

func (s *webAPI) authTest(args) (answer, *refusal) {
	s.forgetUnanswered() // a bot that starts asks who it is
	bot := s.botUser()
	out := s.installation()
	for k, v := range (answer{
		"url": "https://home.slack.example/", "user": bot.Name, "user_id": bot.ID, "bot_id": bot.BotID,
	}) {
		out[k] = v
	}
	s.omitIfBare(out, "bot_id")
	return out, nil
}

// findChannel finds a channel that the app may see and, if write, write to.
func (s *workspace) findChannel(channel string, write bool) (*room, *refusal) {
	c := s.channels[channel]
	if c == nil || c.Private && !c.Has(s.botUser().ID) {
		return nil, refuse("channel_not_found")
	}
	if write && c.Archived {
		return nil, refuse("is_archived")
	}
	if write && !c.Has(s.botUser().ID) && !s.cfg.HasScope("chat:write.public") {
		return nil, refuse("not_in_channel")
	}
	return c, nil
}

func (s *webAPI) postMessage(a args) (answer, *refusal) {
	c, bad := s.postPlace(a["channel"])
	if bad != nil {
		return nil, bad
	}
	m, bad := s.composeMessage(a, maxPostText)
	if bad != nil {
		return nil, bad
	}
	m.Channel = c.ID
	if m.ThreadTS != "" && s.findPublic(c.ID, m.ThreadTS) == nil {
		return nil, refuse("thread_not_found")
	}
	if bad := s.mayPost(m); bad != nil {
		return nil, bad
	}
	m.Broadcast = m.ThreadTS != "" && a.IsTrue("reply_broadcast")
	r := s.addMessage(m)
	return s.postedAnswer(r, a), nil
}

func (s *webAPI) postedAnswer(r *record, a args) answer {
	out := answer{"channel": r.Channel, "ts": r.TS, "message": s.wireMessage(r.Message, true)}
	if a["text"] == "" {
		const warning = "missing_text_in_message"
		out["warning"], out["response_metadata"] = warning, answer{"warnings": []string{warning}}
	}
	return out
}

func (s *webAPI) postEphemeral(a args) (answer, *refusal) {
	c, bad := s.findChannel(a["channel"], true)
	if bad != nil {
		return nil, bad
	}
	u := s.users[a["user"]]
	if u == nil || u.Deleted {
		return nil, refuse("user_not_found")
	}
	if !c.Has(u.ID) {
		return nil, refuse("user_not_in_channel")
	}
	m, bad := s.composeMessage(a, maxPostText)
	if bad != nil {
		return nil, bad
	}
	m.EphemeralTo, m.Metadata = u.ID, nil
	if m.ThreadTS != "" && !s.hasOpen(u.ID, c.ID, m.ThreadTS) {
		return answer{"message_ts": s.addUnshown(m)}, nil
	}
	return answer{"message_ts": s.addMessage(m).TS}, nil
}

// composeMessage turns the arguments of a post into a message of the app's, checked.
func (s *webAPI) composeMessage(a args, maxText int) (Message, *refusal) {
	bot := s.botUser()
	m := Message{
		Channel: a["channel"], ThreadTS: a["thread_ts"], User: bot.ID, BotID: bot.BotID,
		Text: a["text"],
	}
	if !a.IsUnset("attachments") {
		return m, refuseWith(
			"invalid_arguments", []string{"[ERROR] attachments are not played here, use blocks " +
				"[json-pointer:/attachments]"},
		)
	}
	if bad := s.needsCustomize(a); bad != nil {
		return m, bad
	}
	if utf8.RuneCountInString(m.Text) > maxText {
		return m, refuse("msg_too_long")
	}
	if !a.IsUnset("blocks") {
		var bad *messages.Refusal
		if m.Blocks, bad = messages.ReadBlocks(a["blocks"]); bad != nil {
			return m, refuseAs(bad)
		}
	}
	if m.Text == "" && len(m.Blocks) == 0 {
		return m, refuse("no_text")
	}
	var bad *messages.Refusal
	m.Metadata, bad = messages.ReadMetadata(a["metadata"])
	return m, refuseAs(bad)
}

// needsCustomize refuses another name or icon without the scope for it.
func (s *webAPI) needsCustomize(a args) *refusal {
	for _, name := range []string{"username", "icon_emoji", "icon_url"} {
		if a[name] != "" && !s.cfg.HasScope("chat:write.customize") {
			return s.missingScope("chat:write.customize")
		}
	}
	return nil
}

// findOwn finds the message at ts that the bot itself posted. no is the error for one
// of somebody else.
func (s *webAPI) findOwn(a args, write bool, no string) (*room, *record, *refusal) {
	c, bad := s.findChannel(a["channel"], write)
	if bad != nil {
		return nil, nil, bad
	}
	r := s.findPublic(c.ID, a["ts"])
	if r == nil || r.Deleted {
		return nil, nil, refuse("message_not_found")
	}
	if r.BotID == "" || r.BotID != s.botUser().BotID {
		return nil, nil, refuse(no)
	}
	return c, r, nil
}

func (s *webAPI) updateMessage(a args) (answer, *refusal) {
	c, r, bad := s.findOwn(a, true, "cant_update_message")
	if bad != nil {
		return nil, bad
	}
	m, bad := s.composeMessage(a, maxUpdateText)
	if bad != nil {
		return nil, bad
	}
	r.revise()
	r.Text, r.Blocks, r.EditedTS = m.Text, m.Blocks, s.nextTS()
	if m.Metadata != nil {
		r.Metadata = m.Metadata
		if m.Metadata.EventType == "" {
			r.Metadata = nil
		}
	}
	s.markChanged()
	return answer{"channel": c.ID, "ts": r.TS, "text": r.Text, "message": s.wireMessage(r.Message, true)}, nil
}

func (s *webAPI) deleteMessage(a args) (answer, *refusal) {
	c, r, bad := s.findOwn(a, false, "cant_delete_message")
	if bad != nil {
		return nil, bad
	}
	s.removeMessage(c, r)
	return answer{"channel": c.ID, "ts": r.TS}, nil
}

// removeMessage deletes a message; a parent with replies stays as a tombstone.
func (s *workspace) removeMessage(c *room, r *record) {
	if r.ThreadTS == r.TS {
		r.revise()
		r.Deleted, r.Text, r.Blocks, r.Metadata = true, "This message was deleted.", nil, nil
	} else {
		c.records = slices.DeleteFunc(c.records, func(x *record) bool { return x == r })
		s.replies[r.ThreadTS] = slices.DeleteFunc(s.replies[r.ThreadTS], func(x *record) bool { return x == r })
		delete(s.byTS, r.TS)
	}
	s.markChanged()
}

func (s *webAPI) getPermalink(a args) (answer, *refusal) {
	c, bad := s.findChannel(a["channel"], false)
	if bad != nil {
		return nil, bad
	}
	r := s.findPublic(c.ID, a["message_ts"])
	if r == nil {
		return nil, refuse("message_not_found")
	}
	return answer{"channel": c.ID, "permalink": s.linkTo(r.Message)}, nil
}

// linkTo is the message's permanent link: the page opens at it.
func (s *workspace) linkTo(m Message) string {
	link := s.cfg.URL + "/archives/" + m.Channel + "/p" + strings.ReplaceAll(m.TS, ".", "")
	if m.IsReply() {
		link += "?" + url.Values{"thread_ts": {m.ThreadTS}, "cid": {m.Channel}}.Encode()
	}
	return link
}

func (s *webAPI) reactionsAdd(a args) (answer, *refusal) {
	c, bad := s.findChannel(a["channel"], true)
	if bad != nil {
		return nil, bad
	}
	r := s.findPublic(c.ID, a["timestamp"])
	if r == nil {
		return nil, refuse("message_not_found")
	}
	name, bot := strings.Trim(a["name"], ":"), s.botUser().ID
	i := slices.IndexFunc(r.Reactions, func(x Reaction) bool { return x.Name == name })
	if i < 0 {
		r.Reactions = append(r.Reactions, Reaction{Name: name})
		i = len(r.Reactions) - 1
	}
	if slices.Contains(r.Reactions[i].Users, bot) {
		return nil, refuse("already_reacted")
	}
	r.Reactions[i].Users = append(r.Reactions[i].Users, bot)
	s.markChanged()
	return answer{}, nil
}

// refuseAs is a refusal of a message as an answer of the Web API; none stays none.
func refuseAs(bad *messages.Refusal) *refusal {
	switch {
	case bad == nil:
		return nil
	case bad.Problems == nil:
		return refuse(bad.Code)
	}
	return refuseWith(bad.Code, bad.Problems)
}
