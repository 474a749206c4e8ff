package commands

import (
	"context"
	"errors"
	"maps"
	"strings"
	"sync"
	"time"

	"twokey/commands/reinstall"
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

// maxReason is how much of an alert's first line becomes the reason.
const maxReason = 200

// Shortcut opens the form of a proposal from outside a command: of a message,
// whose machines are looked for, or from anywhere.
func (d *Desk) Shortcut(ctx context.Context, in Inbound) Reply {
	a := askerOf(in)
	a.verb = VerbPropose
	if in.Verb == ShortcutGlobal {
		a.at = ""
	}
	asking, done := askedAtGate(ctx)
	defer done()
	if err := d.gate(asking, a); err != nil && shortcuts[in.Verb] {
		return d.shutOut(ctx, in, d.barred(a.verb, err))
	}
	switch in.Verb {
	case ShortcutGlobal:
		soon, cancel := context.WithTimeout(ctx, shortcutPatience)
		defer cancel()
		in.Channel, in.Thread = "", ""
		return d.open(ctx, in, proposeForm(draft{origin: origin{Ask: askNowhere}, places: d.places(soon)}, d.policy()))
	case ShortcutMessage:
		return d.fromMessage(ctx, in)
	}
	return d.open(ctx, in, Form{Verb: VerbHelp, Title: "Twokey", Intro: []text{
		refusal(reinstall.Refuse("Not done", "this shortcut is not one of Twokey's, or is of an old version of it", "Type /reinstall help")),
	}})
}

// shortcuts are those that there are.
var shortcuts = map[string]bool{ShortcutGlobal: true, ShortcutMessage: true}

// shutOut shows a refusal in a form, for a shortcut has nothing else to show it in.
func (d *Desk) shutOut(ctx context.Context, in Inbound, r *reinstall.Refusal) Reply {
	d.audited(ctx, in, VerbPropose, refused(r))
	return d.open(ctx, in, Form{Verb: VerbHelp, Title: "Twokey", Intro: []text{refusal(r)}})
}

// fromMessage opens the form with the machine that a message names: the one, or
// a choice of several, never the first. Where not all that it shows is in memory
// it opens at once all the same, and is drawn again when it is.
func (d *Desk) fromMessage(ctx context.Context, in Inbound) Reply {
	soon, cancel := context.WithTimeout(ctx, shortcutPatience)
	defer cancel()
	var parts []Part
	var ask string
	var places []Option
	var g sync.WaitGroup
	g.Go(func() { parts = d.cloud.Fleet(soon) })
	g.Go(func() {
		if ask = d.unfit(soon, in.Channel); ask != "" {
			places = d.places(soon)
		}
	})
	g.Wait()
	if ask != "" {
		in.Channel, in.Thread = "", ""
	}
	base := draft{origin: origin{Ask: ask}, places: places, values: map[string]string{fieldReason: reasonOf(in.Said)}}
	if stillReading(parts) {
		base.intro = []text{say("Still reading the machines, to find those that the message names. This changes in a moment.")}
		return d.openRefreshed(ctx, in, proposeForm(base, d.policy()), func(ctx context.Context) (Form, bool) {
			base.intro = nil
			reading, cancel := context.WithTimeout(ctx, formRefresh/2) // one region may hang
			defer cancel()
			parts := d.cloud.Fleet(reading)
			return proposeForm(d.fill(ctx, base.of(mentioned(parts, in.Said, in.Links), parts)), d.policy()), true
		})
	}
	dr := d.fill(soon, base.of(mentioned(parts, in.Said, in.Links), parts))
	if _, one := dr.machine(); !one || dr.images != nil {
		return d.open(ctx, in, proposeForm(dr, d.policy()))
	}
	return d.openRefreshed(ctx, in, proposeForm(dr, d.policy()), func(ctx context.Context) (Form, bool) {
		dr := d.fill(ctx, dr)
		return proposeForm(dr, d.policy()), dr.images != nil
	})
}

// stillReading reports whether a region was not read in time. One that the
// cloud refuses will not be there soon either.
func stillReading(parts []Part) bool {
	for _, p := range parts {
		if errors.Is(p.Err, context.DeadlineExceeded) {
			return true
		}
	}
	return false
}

// of is the draft with what a message was found to name. One machine is filled
// in; one that only stands in a link is not.
func (dr draft) of(m naming, parts []Part) draft {
	dr.parts, dr.Message = parts, true
	found := m.Named
	if len(found) == 0 {
		found, dr.Linked = m.Linked, len(m.Linked) > 0
	}
	for _, i := range found {
		if len(dr.Picks) == maxPicks {
			dr.More++
			continue
		}
		dr.Picks = append(dr.Picks, i.Ref.String())
	}
	dr.Unknown = m.Unknown[:min(len(m.Unknown), 8)]
	if len(m.Named) == 1 {
		dr.values = maps.Clone(dr.values)
		dr.values[fieldTarget] = dr.Picks[0]
	}
	return dr
}

// reasonOf is the first line of an alert, as a proposal's reason.
func reasonOf(said []string) string {
	for _, s := range said {
		for line := range strings.SplitSeq(s, "\n") {
			line = strings.Join(strings.Fields(line), " ")
			if line == "" {
				continue
			}
			if r := []rune(line); len(r) > maxReason {
				line = string(r[:maxReason-1]) + "…"
			}
			return "Alert: " + line
		}
	}
	return ""
}

// unfit says why no proposal can be made in a channel, as far as it is known
// now; it is checked again when one is made.
func (d *Desk) unfit(ctx context.Context, channel string) string {
	if !d.policy().Allows(channel) {
		return askPolicy
	}
	room, err := d.chat.Channel(ctx, channel)
	switch {
	case asRefusal(err) != nil:
		return askAbsent
	case err != nil:
		d.log.Info("a channel could not be looked at for a form", "channel", channel, "err", err)
		return ""
	case room.Shared:
		return askShared
	case !room.Member:
		return askAbsent
	}
	return ""
}

// places are the channels that the policy names, by their names where Slack
// tells them in time; none: proposals are made wherever the bot was invited.
func (d *Desk) places(ctx context.Context) []Option {
	ids := d.policy().Channels
	out := make([]Option, min(len(ids), mostOffered))
	var g sync.WaitGroup
	for n := range out {
		g.Go(func() {
			out[n] = Option{Value: ids[n], Label: ids[n]}
			if room, err := d.chat.Channel(ctx, ids[n]); err == nil && room.Name != "" {
				out[n].Label = "#" + room.Name
			}
		})
	}
	g.Wait()
	return out
}

// placed says why a channel that somebody picked in a form cannot be proposed
// in; empty: it can. Nobody could be told later in a channel without Twokey.
func (d *Desk) placed(ctx context.Context, channel string) string {
	if channel == "" {
		return "Pick a channel."
	}
	if !d.policy().Allows(channel) {
		return "This channel is not one where reinstalls are handled."
	}
	ctx, cancel := context.WithTimeout(ctx, askPatience)
	defer cancel()
	room, err := d.chat.Channel(ctx, channel)
	switch {
	case asRefusal(err) != nil:
		return dot(capital(asRefusal(err).Why)) + " " + dot(asRefusal(err).Next)
	case err != nil:
		return "Slack could not say whether Twokey is in this channel. Press Propose again."
	case room.Shared:
		return "This channel is shared with another company. Pick one of your own workspace."
	case !room.Member:
		return "Twokey is not in this channel, so it could not post the proposal. Invite it (/invite), then press Propose again."
	}
	return ""
}
