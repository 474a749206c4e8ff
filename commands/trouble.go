package commands

import (
	"errors"
	"strings"
	"sync"
	"time"
	"unicode"

	"twokey/commands/reinstall"
)

// whyRefused says why the memory does not do what it is asked, in words for
// people; empty: it did not say.
func whyRefused(err error) string {
	if no := (*RefusedError)(nil); errors.As(err, &no) {
		return no.Why
	}
	return ""
}

// unreached words that the memory did not do what it was asked: why, where it
// said so.
func unreached(what, why string) *reinstall.Refusal {
	if why != "" {
		return reinstall.Refuse(what, why, "Tell whoever operates Twokey; do it again when that is mended")
	}
	return reinstall.Refuse(what, "Twokey cannot reach its memory (Redis)", "Try again in a minute")
}

// Between two lines of the log about one trouble lies at least the first, then
// twice as long, up to the last. What was quiet for longer begins anew.
const (
	quietFirst = 5 * time.Second
	quietLast  = 5 * time.Minute
)

// hush has a trouble that lasts told at its beginning, then ever more rarely,
// and at its end. The zero value is ready.
type hush struct {
	mu sync.Mutex
	m  map[string]*trouble
}

type trouble struct {
	since, seen, next time.Time
	wait              time.Duration
	silent            int // since it was last told
}

// tell reports whether a trouble is to be told now, and how often it was not
// since it last was.
func (h *hush) tell(key string, now time.Time) (silent int, yes bool) {
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

// over ends a trouble; it reports how long it lasted, if there was one.
func (h *hush) over(key string, now time.Time) (lasted time.Duration, was bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.m[key]
	if t == nil {
		return 0, false
	}
	delete(h.m, key)
	return now.Sub(t.since), true
}

// sortOf is the same for errors of one kind, whatever they are about.
func sortOf(err error) string {
	if no := (*RefusedError)(nil); errors.As(err, &no) {
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

// troubled logs a fault, once while it lasts and then ever more rarely.
func (d *Desk) troubled(say, doing string, err error, at ...any) {
	if silent, yes := d.hush.tell(say+"|"+doing+"|"+sortOf(err), d.now()); yes {
		d.log.Error(say, append(at, "doing", doing, "silent", silent, "err", err)...)
	}
}

// warned logs what goes on in spite of it, once while it lasts and then ever more
// rarely.
func (d *Desk) warned(say, about string, err error, at ...any) {
	if silent, yes := d.hush.tell(say+"|"+about+"|"+sortOf(err), d.now()); yes {
		d.log.Warn(say, append(at, "silent", silent, "err", err)...)
	}
}
