package fakecvm

import "time"

// wallNow measures rates. Config.Now may stand still, and a second of it would never
// end; so rates do not follow it.
func wallNow() time.Time { return time.Now() }

// limiter counts the requests of each action in the second that began with
// the first of them.
type limiter map[string]window

type window struct {
	begun time.Time
	n     int
}

// allow counts one request and reports whether it is within perSecond.
func (l limiter) allow(action string, perSecond int, now time.Time) bool {
	w := l[action]
	if now.Sub(w.begun) >= time.Second {
		w = window{begun: now}
	}
	w.n++
	l[action] = w
	return w.n <= perSecond
}
