package chat

import (
	"net/http"
	"sync/atomic"
	"time"
)

// lookBack is how much earlier than asked for a post is looked for: a clock that
// was set right meanwhile must not hide it, or it is posted twice.
const lookBack = 10 * time.Minute

// unheardBack is the same as long as Slack's clock is not known.
const unheardBack = 24 * time.Hour

// slackClock learns Slack's clock from the date of its answers, which is a second
// or the way of the answer off.
type slackClock struct {
	now func() time.Time
	off atomic.Pointer[time.Duration] // ours minus Slack's; nil: not heard of
}

// learn learns from an answer.
func (s *slackClock) learn(h http.Header) {
	at, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return
	}
	off := s.now().Sub(at)
	s.off.Store(&off)
}

// searchFrom is from which moment on, by Slack's clock, a post is looked for that was
// made at a moment by ours.
func (s *slackClock) searchFrom(at time.Time) time.Time {
	off := s.off.Load()
	if off == nil {
		return at.Add(-unheardBack)
	}
	return at.Add(-*off - lookBack)
}

// dated has every answer tell Slack's time.
type dated struct {
	http.RoundTripper
	clock *slackClock
}

func (d dated) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := d.RoundTripper.RoundTrip(r)
	if err == nil {
		d.clock.learn(resp.Header)
	}
	return resp, err
}
