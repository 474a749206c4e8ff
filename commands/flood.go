package commands

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"twokey/commands/people"
	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/screen"
)

// How much is taken from one person before anything is stored: a hundred
// proposals in a row and sixty clicks, and then so many a second. Of somebody
// who is not known, a few; then Slack is asked, once for all that they do.
const (
	memberBurst   = 200
	memberRate    = 2
	strangerBurst = 5
	strangerRate  = 1
	stopBurst     = 20 // stops of somebody whom Slack cannot name
	toldBurst     = 3  // how often a flood is answered in words, ..
	toldEvery     = 5 * time.Second
	admitWithin   = time.Second // of the three that Slack waits for
)

// allowance is what is left to one person.
type allowance struct{ member, stranger, stop, told *rate.Limiter }

// allowances are everybody's; a full memory is emptied.
type allowances struct {
	mu sync.Mutex
	m  map[string]*allowance
}

func (a *allowances) of(user string) *allowance {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.m == nil || len(a.m) >= people.MostLately {
		a.m = map[string]*allowance{}
	}
	if a.m[user] == nil {
		a.m[user] = &allowance{
			member: rate.NewLimiter(memberRate, memberBurst), stranger: rate.NewLimiter(strangerRate, strangerBurst),
			stop: rate.NewLimiter(strangerRate, stopBurst), told: rate.NewLimiter(rate.Every(toldEvery), toldBurst),
		}
	}
	return a.m[user]
}

// admit turns away what would be stored of somebody who is known to be no
// member, and what is too much of one person. Stops of members are never too
// many. A flood is told why a few times, and is in the audit no more often.
func (h *Handler) admit(ctx context.Context, in port.Inbound, verb string) (no port.Reply, ok bool) {
	a, now := h.allowed.of(in.User), h.now()
	p, known := h.people.Remembered(in.User)
	if !known && !a.stranger.AllowN(now, 1) {
		ask, cancel := context.WithTimeout(ctx, admitWithin)
		defer cancel()
		if found, err := h.people.AskNow(ask, in.User); err == nil {
			p, known = found, true
		} else if !reinstall.Stops(verb) || !a.stop.AllowN(now, 1) {
			return h.turnedAway(a, reinstall.Refuse(screen.DoingOf(verb), "Slack could not say in time who you are, and you did much at once", "Wait a minute, then do it again")), false
		}
	}
	if !known {
		return port.Reply{}, true
	}
	if r := people.NotMember(screen.DoingOf(verb), p); r != nil {
		return h.turnedAway(a, r), false
	}
	if !reinstall.Stops(verb) && !a.member.AllowN(now, 1) {
		return h.turnedAway(a, reinstall.Refuse(screen.DoingOf(verb), "you did more in a short time than Twokey takes from one person", "Wait a minute, then do it again; hold, cancel and freeze are always taken")), false
	}
	return port.Reply{}, true
}

// turnedAway words a refusal, but not to each click of a flood.
func (h *Handler) turnedAway(a *allowance, r *reinstall.Refusal) port.Reply {
	if !a.told.AllowN(h.now(), 1) {
		h.count("refused", "flood")
		return port.Reply{}
	}
	return refused(r)
}
