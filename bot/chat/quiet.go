package chat

import (
	"strings"
	"sync"
	"time"
	"unicode"
)

// Between two lines of the log about one fault of Socket Mode lies at least the
// first, then twice as long, up to the last.
const (
	quietFirst = 5 * time.Second
	quietLast  = 5 * time.Minute
)

// quiet has a fault that lasts told at its beginning and then ever more rarely.
// The zero value is ready.
type quiet struct {
	mu    sync.Mutex
	about map[string]*silence
}

type silence struct {
	seen, next time.Time
	wait       time.Duration
	lines      int // that were not written since the last was
}

// tell reports whether a line about err is to be written now, and how many were
// not since the last was. Numbers make no other fault: ports are new each time.
func (q *quiet) tell(say string, err error, now time.Time) (silent int, yes bool) {
	if err != nil {
		say += strings.Map(func(r rune) rune {
			if unicode.IsDigit(r) {
				return -1
			}
			return r
		}, err.Error())
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	for k, s := range q.about {
		if now.Sub(s.seen) > 2*quietLast {
			delete(q.about, k)
		}
	}
	s := q.about[say]
	switch {
	case s == nil:
		if q.about == nil {
			q.about = map[string]*silence{}
		}
		s = &silence{wait: quietFirst}
		q.about[say] = s
	case now.Before(s.next):
		s.seen = now
		s.lines++
		return 0, false
	default:
		s.wait = min(2*s.wait, quietLast)
	}
	s.seen, s.next = now, now.Add(s.wait)
	silent, s.lines = s.lines, 0
	return silent, true
}

// warn logs a fault of Socket Mode, unless it was told lately.
func (c *Chat) warn(say string, err error) {
	if silent, yes := c.quiet.tell(say, err, c.now()); yes {
		c.log.Warn(say, "silent", silent, "err", err)
	}
}
