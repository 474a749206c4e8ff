package engine

import (
	"context"
	"slices"
	"sync"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/screen"
	"twokey/commands/view"
)

// rooms are the channels that this process has seen proposals in: where people
// are told of what no longer stands in Redis.
type seenRooms struct {
	mu sync.Mutex
	m  map[string]bool
}

func (r *seenRooms) add(channel string) {
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

// with are these channels and others, each once, in order.
func (r *seenRooms) with(others []string) []string {
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
	forgottenTries = 5
	forgottenAgain = 10 * time.Second
)

// Distrust is that Redis is not believed, or, without a Why, that it is again.
type Distrust struct {
	Key string // the same on every replica, so that Slack shows it once
	Why string
	Way string // the command that goes on
	Cut bool   // the audit was cut
	Who string // who went on, with what and why, where that is known
}

// TellForgotten tells every channel once that Redis is not believed, and why, or that
// it is again.
func (g *guard) TellForgotten(ctx context.Context, is Distrust) {
	key, t := is.Key, is.words()
	if is.Why == "" {
		key += ".over"
	}
	left := g.rooms.with(g.policy().Channels)
	for try := range forgottenTries {
		left = slices.DeleteFunc(left, func(channel string) bool {
			err := g.chat.PostLine(ctx, port.Address{Channel: channel}, t, "twokey."+key+"."+channel)
			if err != nil {
				g.faults.Error("a channel was not told that Redis has forgotten", "tell", err, "channel", channel)
			}
			return err == nil
		})
		if len(left) == 0 || try == forgottenTries-1 {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(forgottenAgain):
		}
	}
}

func (is Distrust) words() reinstall.Text {
	look := " All counts as frozen. Look at the machines whose proposals are missing."
	if is.Cut {
		look = " All counts as frozen. Who did what there can no longer be proved, unless it was shipped."
	}
	switch {
	case is.Why != "":
		return reinstall.Say(reinstall.Emoji("octagonal_sign"), " ", reinstall.Strong("Nothing is armed."), " ", screen.Capital(view.Dot(is.Why)), look+" Whoever runs Twokey goes on with ", reinstall.Mono(is.Way), ", once it is known what happened.")
	case is.Who != "":
		return reinstall.Say(reinstall.Emoji("white_check_mark"), " The audit goes on, and says what is missing. ", screen.Capital(view.Dot(is.Who)))
	case is.Cut:
		return reinstall.Say(reinstall.Emoji("white_check_mark"), " The audit goes on.")
	}
	return reinstall.Say(reinstall.Emoji("white_check_mark"), " Redis is believed again. Proposals that are missing have to be made anew.")
}
