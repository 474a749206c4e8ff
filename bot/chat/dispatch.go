package chat

import (
	"context"
	"log/slog"
	"net/http"
	"sync/atomic"

	"twokey/commands/port"
)

// dispatcher hands what Slack sends to the front, and makes an answer of what the
// front says.
type dispatcher struct {
	directory *directory
	messages  *messages
	sealer    *stateSealer
	notices   *notices
	log       *slog.Logger
	front     atomic.Pointer[Front]
}

// currentFront is the front, nil before it was set.
func (x *dispatcher) currentFront() Front {
	if front := x.front.Load(); front != nil {
		return *front
	}
	return nil
}

// turnAwayForeign returns the answer to what is not of our app or workspace, nil if
// it is (sections 9.5 and 9.6). foreignness says what is foreign, "" if nothing is.
func (x *dispatcher) turnAwayForeign(ctx context.Context, foreignness func(Identity) string) *answer {
	id, err := x.directory.identity(ctx)
	if err != nil {
		x.log.Error("Slack has not said yet who the bot is", "err", err)
		a := turnAway(http.StatusServiceUnavailable, "not_ready")
		return &a
	}
	if reason := foreignness(id); reason != "" {
		a := turnAway(http.StatusForbidden, reason)
		return &a
	}
	if x.currentFront() == nil {
		a := turnAway(http.StatusServiceUnavailable, "not_ready")
		return &a
	}
	return nil
}

// whisperBack answers a press for its author alone, in the place that they look at
// (section 10.3). In the channel that is the press's response_url, else a whisper. In a
// thread it is a whisper first: they pressed in it, so that it is open.
func (x *dispatcher) whisperBack(in port.Inbound, r port.Reply) func(context.Context) {
	t := replyText(r)
	if len(t) == 0 {
		return nil
	}
	return func(ctx context.Context) {
		w := port.PrivateMessage{
			Channel: in.Channel, Thread: in.Thread, User: in.User, Reply: in.Reply, Text: t, Corrections: r.Corrections,
		}
		if err := port.SendPrivately(ctx, x.messages, w); err != nil {
			x.log.Warn("whisper about a click not delivered", "op", in.Op, "verb", in.Verb, "user", in.User, "err", err)
		}
	}
}
