package api

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"
)

// china is the zone of CBS' times. China has had no daylight saving since 1991, so
// no database of zones is needed.
var china = time.FixedZone("CST", 8*60*60)

// Time reads a time as the cloud writes it. CVM writes ISO 8601 with Z. CBS writes
// `2023-03-09 10:45:11` without a zone, which is China Standard Time (cloud/doc.go
// 6.5). If it were UTC, a backup would only look eight hours older and end eight
// hours sooner: the safe side.
func Time(s *string) (time.Time, bool) {
	if s == nil || *s == "" {
		return time.Time{}, false
	}
	if t, err := time.Parse(time.RFC3339, *s); err == nil {
		return t.UTC(), true
	}
	if t, err := time.ParseInLocation(time.DateTime, *s, china); err == nil {
		return t.UTC(), true
	}
	return time.Time{}, false
}

// ClockReading is what an answer's Date header says beside our own clock. Dates have
// whole seconds, so the skew is known to about one.
type ClockReading struct {
	mu     sync.Mutex
	server time.Time
	skew   time.Duration // ours minus the cloud's
	sent   time.Time     // when the request left, by our clock
}

type clockKey struct{}

// WithClock returns a context whose calls leave their Date header in the reading.
func WithClock(ctx context.Context) (context.Context, *ClockReading) {
	r := &ClockReading{}
	return context.WithValue(ctx, clockKey{}, r), r
}

func (r *ClockReading) record(date string, sent, received time.Time) {
	server, err := http.ParseTime(date)
	if err != nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.server, r.sent = server.UTC(), sent
	r.skew = sent.Add(received.Sub(sent) / 2).Sub(server)
}

// errNoDate means that the skew is unknown, which counts as too much.
var errNoDate = errors.New("the answer had no readable Date header")

// Server is the cloud's time in the latest answer, and how far our clock is ahead of
// it.
func (r *ClockReading) Server() (server time.Time, skew time.Duration, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.server.IsZero() {
		return time.Time{}, 0, errNoDate
	}
	return r.server, r.skew, nil
}

// SentAt is when the request of the latest answer left, by our clock.
func (r *ClockReading) SentAt() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.sent
}

// errRedirect: after a 307 the SDK sends a signed body again. A 302 makes a GET of
// it, which can look like success (cloud/doc.go 8.3).
var errRedirect = errors.New("the answer was a redirect, which is refused")

// observer is the transport of every client but the reset's. It notes the cloud's
// clock and refuses redirects.
type observer struct {
	next http.RoundTripper
	now  func() time.Time
}

func (l observer) RoundTrip(req *http.Request) (*http.Response, error) {
	sent := l.now()
	resp, err := l.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	if r, ok := req.Context().Value(clockKey{}).(*ClockReading); ok {
		r.record(resp.Header.Get("Date"), sent, l.now())
	}
	return RefuseRedirect(resp)
}

// RefuseRedirect passes an answer on unless it is a redirect.
func RefuseRedirect(resp *http.Response) (*http.Response, error) {
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		_ = resp.Body.Close()
		return nil, errRedirect
	}
	return resp, nil
}
