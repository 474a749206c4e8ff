package port

import (
	"errors"
	"strings"
	"sync"
	"time"
	"unicode"
)

// LogThrottle has a trouble that lasts told at its beginning, and then ever more
// rarely: for the logs of those who talk to Slack and to Redis. The zero value is
// ready; all methods may be called from any goroutine.
type LogThrottle struct{ throttle Throttle }

// ShouldLog reports whether a line about err is to be written now, and how many were
// not since the last was. What differs by numbers alone is the same trouble:
// ports and times are new with each.
func (q *LogThrottle) ShouldLog(say string, err error, now time.Time) (silent int, yes bool) {
	if err != nil {
		say += "|" + ErrorKind(err)
	}
	return q.throttle.ShouldLog(say, now)
}

// Between two lines of the log about one trouble lies at least the first, then
// twice as long, up to the last. What was quiet for longer begins anew.
const (
	throttleFirst = 5 * time.Second
	throttleLast  = 5 * time.Minute
)

// Throttle has a trouble that lasts told at its beginning, then ever more rarely,
// and at its end. The zero value is ready.
type Throttle struct {
	mu sync.Mutex
	m  map[string]*throttledFault
}

type throttledFault struct {
	since, seen, next time.Time
	wait              time.Duration
	silent            int // since it was last told
}

// ShouldLog reports whether a trouble is to be told now, and how often it was not
// since it last was.
func (h *Throttle) ShouldLog(key string, now time.Time) (silent int, yes bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for k, t := range h.m {
		if now.Sub(t.seen) > 2*throttleLast {
			delete(h.m, k)
		}
	}
	t := h.m[key]
	if t == nil {
		if h.m == nil {
			h.m = map[string]*throttledFault{}
		}
		h.m[key] = &throttledFault{since: now, seen: now, next: now.Add(throttleFirst), wait: throttleFirst}
		return 0, true
	}
	if t.seen = now; now.Before(t.next) {
		t.silent++
		return 0, false
	}
	silent, t.silent = t.silent, 0
	t.wait = min(2*t.wait, throttleLast)
	t.next = now.Add(t.wait)
	return silent, true
}

// Recovered ends a trouble; it reports how long it lasted, if there was one.
func (h *Throttle) Recovered(key string, now time.Time) (lasted time.Duration, was bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.m[key]
	if t == nil {
		return 0, false
	}
	delete(h.m, key)
	return now.Sub(t.since), true
}

// ErrorKind is the same for errors of one kind, whatever they are about.
func ErrorKind(err error) string {
	if no, ok := errors.AsType[*RefusedError](err); ok {
		return no.Why
	}
	for err != nil {
		in := errors.Unwrap(err)
		if in == nil {
			break
		}
		err = in
	}
	if err == nil {
		return ""
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) { // a port of ours, a time
			return -1
		}
		return r
	}, err.Error())
}
