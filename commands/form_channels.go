package commands

import (
	"context"
	"log/slog"
	"sync"

	"twokey/commands/port"

	"twokey/commands/reinstall/model"
	"twokey/commands/screen/form"
	"twokey/commands/search"
	"twokey/commands/view"
)

// formChannels are the channels in which a form may propose.
type formChannels struct {
	policy model.Policy
	chat   Chat
	log    *slog.Logger
}

func (h *Handler) channels() formChannels { return formChannels{h.policy(), h.chat, h.log} }

// whyAsk says why no proposal can be made in a channel, as far as it is known
// now; it is checked again when one is made.
func (c formChannels) whyAsk(ctx context.Context, channel string) string {
	if !c.policy.AllowsChannel(channel) {
		return form.AskPolicy
	}
	room, err := c.chat.Channel(ctx, channel)
	switch {
	case port.AsRefusal(err) != nil:
		return form.AskAbsent
	case err != nil:
		c.log.Info("a channel could not be looked at for a form", "channel", channel, "err", err)
		return ""
	case room.Shared:
		return form.AskShared
	case !room.Member:
		return form.AskAbsent
	}
	return ""
}

// options are the channels that the policy names, by their names where Slack
// tells them in time; none: proposals are made wherever the bot was invited.
func (c formChannels) options(ctx context.Context) []view.Option {
	ids := c.policy.Channels
	out := make([]view.Option, min(len(ids), search.MostOffered))
	var g sync.WaitGroup
	for n := range out {
		g.Go(func() {
			out[n] = view.Option{Value: ids[n], Label: ids[n]}
			if room, err := c.chat.Channel(ctx, ids[n]); err == nil && room.Name != "" {
				out[n].Label = "#" + room.Name
			}
		})
	}
	g.Wait()
	return out
}

// whyNot says why a channel that somebody picked in a form cannot be proposed
// in; empty: it can. Nobody could be told later in a channel without Twokey.
func (c formChannels) whyNot(ctx context.Context, channel string) string {
	if channel == "" {
		return "Pick a channel."
	}
	if !c.policy.AllowsChannel(channel) {
		return "This channel is not one where reinstalls are handled."
	}
	ctx, cancel := context.WithTimeout(ctx, formTimeout)
	defer cancel()
	room, err := c.chat.Channel(ctx, channel)
	switch {
	case port.AsRefusal(err) != nil:
		return view.EndSentence(view.Capitalize(port.AsRefusal(err).Why)) + " " +
			view.EndSentence(port.AsRefusal(err).Next)
	case err != nil:
		return "Slack could not say whether Twokey is in this channel. Press Propose again."
	case room.Shared:
		return "This channel is shared with another company. Pick one of your own workspace."
	case !room.Member:
		return "Twokey is not in this channel, so it could not post the proposal. Invite it (/invite), then press " +
			"Propose again."
	}
	return ""
}
