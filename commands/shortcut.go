package commands

import (
	"context"
	"sync"
	"time"

	"twokey/commands/people"
	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/screen"
	"twokey/commands/view"
)

// The callback ids of Twokey's shortcuts: the manifest names them.
const (
	ShortcutGlobal  = "reinstall"
	ShortcutMessage = "reinstall_message"
)

const (
	// shortcutPatience is how long a form may wait for what it shows: a
	// trigger lives three seconds.
	shortcutPatience = 700 * time.Millisecond
	// formRefresh is how long a form may be redrawn after it was opened.
	formRefresh = 20 * time.Second
)

// Shortcut opens the form of a proposal from outside a command: of a message,
// whose machines are looked for, or from anywhere.
func (h *Handler) Shortcut(ctx context.Context, in port.Inbound) port.Reply {
	a := people.AskerOf(in)
	a.Verb = reinstall.VerbPropose
	if in.Verb == ShortcutGlobal {
		a.At = ""
	}
	asking, done := askedAtGate(ctx)
	defer done()
	if err := h.people.Gate(asking, a); err != nil && shortcuts[in.Verb] {
		return h.shutOut(ctx, in, h.people.Barred(a.Verb, err))
	}
	switch in.Verb {
	case ShortcutGlobal:
		soon, cancel := context.WithTimeout(ctx, shortcutPatience)
		defer cancel()
		in.Channel, in.Thread = "", ""
		return h.open(ctx, in, screen.ProposeForm(screen.Draft{Origin: screen.Origin{Ask: screen.AskNowhere}, Places: h.places(soon)}, h.policy()))
	case ShortcutMessage:
		return h.fromMessage(ctx, in)
	}
	return h.open(ctx, in, view.Form{Verb: reinstall.VerbHelp, Title: "Twokey", Intro: []reinstall.Text{
		screen.Refusal(reinstall.Refuse("Not done", "this shortcut is not one of Twokey's, or is of an old version of it", "Type /reinstall help")),
	}})
}

// shortcuts are those that there are.
var shortcuts = map[string]bool{ShortcutGlobal: true, ShortcutMessage: true}

// shutOut shows a refusal in a form, for a shortcut has nothing else to show it in.
func (h *Handler) shutOut(ctx context.Context, in port.Inbound, r *reinstall.Refusal) port.Reply {
	h.audited(ctx, in, reinstall.VerbPropose, refused(r))
	return h.open(ctx, in, view.Form{Verb: reinstall.VerbHelp, Title: "Twokey", Intro: []reinstall.Text{screen.Refusal(r)}})
}

// fromMessage opens the form with the machine that a message names: the one, or
// a choice of several, never the first. Where not all that it shows is in memory
// it opens at once all the same, and is drawn again when it is.
func (h *Handler) fromMessage(ctx context.Context, in port.Inbound) port.Reply {
	soon, cancel := context.WithTimeout(ctx, shortcutPatience)
	defer cancel()
	var parts []reinstall.Part
	var ask string
	var places []view.Option
	var g sync.WaitGroup
	g.Go(func() { parts = h.cloud.Fleet(soon) })
	g.Go(func() {
		if ask = h.unfit(soon, in.Channel); ask != "" {
			places = h.places(soon)
		}
	})
	g.Wait()
	if ask != "" {
		in.Channel, in.Thread = "", ""
	}
	base := screen.Draft{Origin: screen.Origin{Ask: ask}, Places: places, Values: map[string]string{screen.FieldReason: screen.ReasonOf(in.Said)}}
	if screen.StillReading(parts) {
		base.Intro = []reinstall.Text{reinstall.Say("Still reading the machines, to find those that the message names. This changes in a moment.")}
		return h.openRefreshed(ctx, in, screen.ProposeForm(base, h.policy()), func(ctx context.Context) (view.Form, bool) {
			base.Intro = nil
			reading, cancel := context.WithTimeout(ctx, formRefresh/2) // one region may hang
			defer cancel()
			parts := h.cloud.Fleet(reading)
			return screen.ProposeForm(h.fill(ctx, base.Of(screen.Mentioned(parts, in.Said, in.Links), parts)), h.policy()), true
		})
	}
	dr := h.fill(soon, base.Of(screen.Mentioned(parts, in.Said, in.Links), parts))
	if _, one := dr.Machine(); !one || dr.Images != nil {
		return h.open(ctx, in, screen.ProposeForm(dr, h.policy()))
	}
	return h.openRefreshed(ctx, in, screen.ProposeForm(dr, h.policy()), func(ctx context.Context) (view.Form, bool) {
		dr := h.fill(ctx, dr)
		return screen.ProposeForm(dr, h.policy()), dr.Images != nil
	})
}

// unfit says why no proposal can be made in a channel, as far as it is known
// now; it is checked again when one is made.
func (h *Handler) unfit(ctx context.Context, channel string) string {
	if !h.policy().Allows(channel) {
		return screen.AskPolicy
	}
	room, err := h.chat.Channel(ctx, channel)
	switch {
	case port.AsRefusal(err) != nil:
		return screen.AskAbsent
	case err != nil:
		h.log.Info("a channel could not be looked at for a form", "channel", channel, "err", err)
		return ""
	case room.Shared:
		return screen.AskShared
	case !room.Member:
		return screen.AskAbsent
	}
	return ""
}

// places are the channels that the policy names, by their names where Slack
// tells them in time; none: proposals are made wherever the bot was invited.
func (h *Handler) places(ctx context.Context) []view.Option {
	ids := h.policy().Channels
	out := make([]view.Option, min(len(ids), screen.MostOffered))
	var g sync.WaitGroup
	for n := range out {
		g.Go(func() {
			out[n] = view.Option{Value: ids[n], Label: ids[n]}
			if room, err := h.chat.Channel(ctx, ids[n]); err == nil && room.Name != "" {
				out[n].Label = "#" + room.Name
			}
		})
	}
	g.Wait()
	return out
}

// placed says why a channel that somebody picked in a form cannot be proposed
// in; empty: it can. Nobody could be told later in a channel without Twokey.
func (h *Handler) placed(ctx context.Context, channel string) string {
	if channel == "" {
		return "Pick a channel."
	}
	if !h.policy().Allows(channel) {
		return "This channel is not one where reinstalls are handled."
	}
	ctx, cancel := context.WithTimeout(ctx, askPatience)
	defer cancel()
	room, err := h.chat.Channel(ctx, channel)
	switch {
	case port.AsRefusal(err) != nil:
		return view.Dot(screen.Capital(port.AsRefusal(err).Why)) + " " + view.Dot(port.AsRefusal(err).Next)
	case err != nil:
		return "Slack could not say whether Twokey is in this channel. Press Propose again."
	case room.Shared:
		return "This channel is shared with another company. Pick one of your own workspace."
	case !room.Member:
		return "Twokey is not in this channel, so it could not post the proposal. Invite it (/invite), then press Propose again."
	}
	return ""
}
