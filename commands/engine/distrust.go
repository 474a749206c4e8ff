package engine

import (
	"context"
	"slices"
	"sync"
	"time"

	"twokey/commands/port"
	"twokey/commands/view"
)

// seenChannels are the channels in which this process has seen proposals. People are told
// there of what no longer stands in Redis.
type seenChannels struct {
	mu sync.Mutex
	m  map[string]bool
}

func (r *seenChannels) addChannel(channel string) {
	if channel == "" {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.m == nil {
		r.m = map[string]bool{}
	}
	r.m[channel] = true
}

// mergedWith are these channels and others, each once, in order.
func (r *seenChannels) mergedWith(others []string) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := slices.Clone(others)
	for c := range r.m {
		all = append(all, c)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

const (
	announceTries = 5
	announceAgain = 10 * time.Second
)

// Distrust is that Redis is not believed, or, without a Why, that it is again.
type Distrust struct {
	Key string // the same on every replica, so that Slack shows it once
	Why string
	Way string // the command that goes on
	Cut bool   // the audit was cut
	Who string // who went on, with what and why, where that is known
}

// AnnounceDistrust tells every channel once that Redis is not believed, and why, or that
// it is again.
func (g *guard) AnnounceDistrust(ctx context.Context, is Distrust) {
	key, t := is.Key, is.noticeText()
	if is.Why == "" {
		key += ".over"
	}
	left := g.channels.mergedWith(g.policy().Channels)
	for try := range announceTries {
		left = slices.DeleteFunc(left, func(channel string) bool {
			err := g.chat.PostLine(ctx, port.Address{Channel: channel}, t, "twokey."+key+"."+channel)
			if err != nil {
				g.faults.Error("redis: could not warn a channel that it has forgotten", "tell", err, "channel", channel)
			}
			return err == nil
		})
		if len(left) == 0 || try == announceTries-1 {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(announceAgain):
		}
	}
}

func (is Distrust) noticeText() view.Text {
	look := " All counts as frozen. Look at the machines whose proposals are missing."
	if is.Cut {
		look = " All counts as frozen. Who did what there can no longer be proved, unless it was shipped."
	}
	switch {
	case is.Why != "":
		return view.Say(view.Emoji("octagonal_sign"), " ", view.Strong("Nothing is armed."), " ",
			view.Capitalize(view.EndSentence(is.Why)), look+" Whoever runs Twokey goes on with ", view.Mono(is.Way),
			", once it is known what happened.")
	case is.Who != "":
		return view.Say(view.Emoji("white_check_mark"), " The audit goes on, and says what is missing. ",
			view.Capitalize(view.EndSentence(is.Who)))
	case is.Cut:
		return view.Say(view.Emoji("white_check_mark"), " The audit goes on.")
	}
	return view.Say(view.Emoji("white_check_mark"),
		" Redis is believed again. Make missing proposals again.")
}
