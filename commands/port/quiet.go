package port

import (
	"errors"
	"strings"
	"sync"
	"time"
	"unicode"
)

// Quiet has a trouble that lasts told at its beginning, and then ever more
// rarely: for the logs of those who talk to Slack and to Redis. The zero value is
// ready; all methods may be called from any goroutine.
type Quiet struct{ hush Hush }

// Tell reports whether a line about err is to be written now, and how many were
// not since the last was. What differs by numbers alone is the same trouble:
// ports and times are new with each.
func (q *Quiet) Tell(say string, err error, now time.Time) (silent int, yes bool) {
	if err != nil {
		say += "|" + SortOf(err)
	}
	return q.hush.Tell(say, now)
}

// Between two lines of the log about one trouble lies at least the first, then
// twice as long, up to the last. What was quiet for longer begins anew.
const (
	quietFirst = 5 * time.Second
	quietLast  = 5 * time.Minute
)

// Hush has a trouble that lasts told at its beginning, then ever more rarely,
// and at its end. The zero value is ready.
type Hush struct {
	mu sync.Mutex
	m  map[string]*trouble
}

type trouble struct {
	since, seen, next time.Time
	wait              time.Duration
	silent            int // since it was last told
}

// Tell reports whether a trouble is to be told now, and how often it was not
// since it last was.
func (h *Hush) Tell(key string, now time.Time) (silent int, yes bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for k, t := range h.m {
		if now.Sub(t.seen) > 2*quietLast {
			delete(h.m, k)
		}
	}
	t := h.m[key]
	if t == nil {
		if h.m == nil {
			h.m = map[string]*trouble{}
		}
		h.m[key] = &trouble{since: now, seen: now, next: now.Add(quietFirst), wait: quietFirst}
		return 0, true
	}
	if t.seen = now; now.Before(t.next) {
		t.silent++
		return 0, false
	}
	silent, t.silent = t.silent, 0
	t.wait = min(2*t.wait, quietLast)
	t.next = now.Add(t.wait)
	return silent, true
}

// Over ends a trouble; it reports how long it lasted, if there was one.
func (h *Hush) Over(key string, now time.Time) (lasted time.Duration, was bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.m[key]
	if t == nil {
		return 0, false
	}
	delete(h.m, key)
	return now.Sub(t.since), true
}

// SortOf is the same for errors of one kind, whatever they are about.
func SortOf(err error) string {
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
