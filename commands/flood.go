package commands

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"twokey/commands/people"
	"twokey/commands/port"
	"twokey/commands/reinstall/model"
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
	answerBurst   = 3  // how often a flood is answered in words, ..
	answerEvery   = 5 * time.Second
	admitWithin   = time.Second // of the three that Slack waits for
)

// allowance is what is left to one person.
type allowance struct{ member, stranger, stop, answer *rate.Limiter }

// allowances are everybody's; a full memory is emptied.
type allowances struct {
	mu sync.Mutex
	m  map[string]*allowance
}

func (a *allowances) allowanceOf(user string) *allowance {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.m == nil || len(a.m) >= people.MostRemembered {
		a.m = map[string]*allowance{}
	}
	if a.m[user] == nil {
		a.m[user] = &allowance{
			member: rate.NewLimiter(memberRate, memberBurst), stranger: rate.NewLimiter(strangerRate, strangerBurst),
			stop: rate.NewLimiter(strangerRate, stopBurst), answer: rate.NewLimiter(rate.Every(answerEvery),
				answerBurst),
		}
	}
	return a.m[user]
}

// admitPerson turns away what would be stored of somebody who is known to be no
// member, and what is too much of one person. Stops of members are never too
// many. A flood is told why a few times, and is in the audit no more often.
func (h *Handler) admitPerson(ctx context.Context, in port.Inbound, verb string) (no port.Reply, ok bool) {
	a, now := h.allowed.allowanceOf(in.User), h.now()
	p, known := h.people.Remembered(in.User)
	if !known && !a.stranger.AllowN(now, 1) {
		ask, cancel := context.WithTimeout(ctx, admitWithin)
		defer cancel()
		if found, err := h.people.AskNow(ask, in.User); err == nil {
			p, known = found, true
		} else if !model.Stops(verb) || !a.stop.AllowN(now, 1) {
			return h.floodRefusal(a, model.Refuse(model.RefusalTitle(verb),
				"Slack could not say in time who you are, and you did much at once",
				"Wait a minute, then do it again")), false
		}
	}
	if !known {
		return port.Reply{}, true
	}
	if r := people.NotMember(model.RefusalTitle(verb), p); r != nil {
		return h.floodRefusal(a, r), false
	}
	if !model.Stops(verb) && !a.member.AllowN(now, 1) {
		return h.floodRefusal(a, model.Refuse(model.RefusalTitle(verb),
			"you did more in a short time than Twokey takes from one person",
			"Wait a minute, then do it again; hold, cancel and freeze are always taken")), false
	}
	return port.Reply{}, true
}

// floodRefusal words a refusal, but not to each click of a flood.
func (h *Handler) floodRefusal(a *allowance, r *model.Refusal) port.Reply {
	if !a.answer.AllowN(h.now(), 1) {
		h.count("refused", "flood")
		return port.Reply{}
	}
	return refusalReply(r)
}
