package port

import (
	"context"

	"twokey/commands/view"
)

// PrivateMessage is something for one person alone, who looks where they pressed or
// typed.
type PrivateMessage struct {
	Channel string
	Thread  string // of the thread that they pressed in; empty: they look at the channel
	User    string
	Reply   string // the response_url of the press, if there is one
	Text    view.Text
	// Corrections are buttons below the text.
	Corrections []view.Correction
}

// SendPrivately tells one person alone, where they look (bot/chat/doc.go 10.3).
// The answer to a press shows in the channel, also where the person or the bot is
// no member; it works five times within half an hour. Where it does not, it is a
// whisper in the channel. In a thread that they pressed in it is a whisper first.
// What may have been told is told once more rather than not at all.
func SendPrivately(ctx context.Context, chat Whisperer, w PrivateMessage) error {
	answer := func() error { return chat.Answer(ctx, w) }
	whisper := func() error { return chat.Whisper(ctx, w) }
	first, second := answer, whisper
	switch {
	case w.Reply == "":
		return whisper()
	case w.Channel == "":
		return answer()
	case w.Thread != "":
		first, second = whisper, answer
	}
	err := first()
	if err == nil {
		return nil
	}
	other := second()
	if IsPermanent(other) && !IsPermanent(err) {
		return err // the first may still be taken later
	}
	return other
}
