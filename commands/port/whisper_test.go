package port_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"twokey/commands/port"
	"twokey/commands/view"
)

// A teller is a chat that notes what it is asked to tell one person alone, and fails as
// it is told.
type teller struct {
	asked           []string
	answer, whisper error
}

func (c *teller) Answer(_ context.Context, w port.PrivateMessage) error {
	c.asked = append(c.asked, "answer "+w.Reply+" "+w.Text.String())
	return c.answer
}

func (c *teller) Whisper(_ context.Context, w port.PrivateMessage) error {
	c.asked = append(c.asked, "whisper "+w.Channel+" "+w.Thread+" "+w.User+" "+w.Text.String())
	return c.whisper
}

const (
	toReply  = "answer https://hooks/1 no"
	toPlace  = "whisper C0INFRA  U0BOB no"
	toThread = "whisper C0INFRA 17.2 U0BOB no"
)

// Somebody is told where they look: the channel by the answer to their press, a thread
// by a whisper there. What does not reach them one way is told the other way.
func TestAPersonIsToldWhereTheyLook(t *testing.T) {
	away := &port.UnavailableError{Cause: errors.New("Slack is away")}
	used := &port.PermanentError{Sentence: "the response_url was used five times"}
	gone := &port.PermanentError{Sentence: "invite the bot"}
	pressed := port.PrivateMessage{Channel: "C0INFRA", User: "U0BOB", Reply: "https://hooks/1", Text: view.Say("no")}
	in := func(change func(*port.PrivateMessage)) port.PrivateMessage { m := pressed; change(&m); return m }
	typed := in(func(m *port.PrivateMessage) { m.Reply = "" })
	home := in(func(m *port.PrivateMessage) { m.Channel = "" })
	thread := in(func(m *port.PrivateMessage) { m.Thread = "17.2" })
	for name, c := range map[string]struct {
		say             port.PrivateMessage
		answer, whisper error
		asked           []string
		want            error
	}{
		"pressed in the channel":        {pressed, nil, nil, []string{toReply}, nil},
		"pressed in a thread":           {thread, nil, nil, []string{toThread}, nil},
		"without a response_url":        {typed, nil, nil, []string{toPlace}, nil},
		"without one, and it fails":     {typed, nil, gone, []string{toPlace}, gone},
		"without a channel":             {home, nil, nil, []string{toReply}, nil},
		"without one, and the URL died": {home, used, nil, []string{toReply}, used},
		"the response_url is used up":   {pressed, used, nil, []string{toReply, toPlace}, nil},
		"the thread cannot be reached":  {thread, nil, gone, []string{toThread, toReply}, nil},
		"neither way, for good":         {pressed, used, gone, []string{toReply, toPlace}, gone},
		"the first may work later":      {pressed, away, gone, []string{toReply, toPlace}, away},
		"the second may work later":     {pressed, used, away, []string{toReply, toPlace}, away},
		"a thread that may work later":  {thread, used, away, []string{toThread, toReply}, away},
	} {
		t.Run(name, func(t *testing.T) {
			chat := &teller{answer: c.answer, whisper: c.whisper}
			err := port.SendPrivately(t.Context(), chat, c.say)
			if !errors.Is(err, c.want) {
				t.Errorf("it ends with %v, not %v", err, c.want)
			}
			if !slices.Equal(chat.asked, c.asked) {
				t.Errorf("Slack was asked for %q, not %q", chat.asked, c.asked)
			}
		})
	}
}

// A lost answer may have been told. It is told once more rather than not at all.
func TestWhatMayHaveBeenToldIsToldOnceMore(t *testing.T) {
	lost := &port.OutcomeUnknownError{Cause: context.DeadlineExceeded}
	chat := &teller{answer: lost}
	said := port.PrivateMessage{Channel: "C0INFRA", User: "U0BOB", Reply: "https://hooks/1", Text: view.Say("no")}
	if err := port.SendPrivately(t.Context(), chat, said); err != nil || len(chat.asked) != 2 {
		t.Errorf("%v, asked %q", err, chat.asked)
	}
}
