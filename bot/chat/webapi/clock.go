package webapi

import (
	"net/http"
	"sync/atomic"
	"time"
)

// searchMargin is how much earlier a search for a post begins. A correction of the clock
// must not hide the post: it would be posted twice.
const searchMargin = 10 * time.Minute

// unknownClockMargin is the same as long as Slack's clock is not known.
const unknownClockMargin = 24 * time.Hour

// slackClock learns Slack's clock from the Date of its answers. That is off by up to a
// second, and by the answer's time on its way.
type slackClock struct {
	now func() time.Time
	off atomic.Pointer[time.Duration] // ours minus Slack's; nil: not known yet
}

// learn takes Slack's time from an answer.
func (s *slackClock) learn(h http.Header) {
	at, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return
	}
	off := s.now().Sub(at)
	s.off.Store(&off)
}

// searchFrom is the moment, by Slack's clock, from which to search for a post that was
// made at a moment by ours.
func (s *slackClock) searchFrom(at time.Time) time.Time {
	off := s.off.Load()
	if off == nil {
		return at.Add(-unknownClockMargin)
	}
	return at.Add(-*off - searchMargin)
}

// clockTransport reads Slack's time from every answer.
type clockTransport struct {
	http.RoundTripper
	clock *slackClock
}

func (d clockTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := d.RoundTripper.RoundTrip(r)
	if err == nil {
		d.clock.learn(resp.Header)
	}
	return resp, err
}
