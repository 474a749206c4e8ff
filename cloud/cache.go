package cloud

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

const (
	// cacheFresh is how old a list may be before it is read again behind the
	// answer; cacheStale how old it may be to be answered with at all.
	cacheFresh = time.Minute
	cacheStale = 10 * time.Minute
	// cachePause is how long a failed read is left alone.
	cachePause       = 5 * time.Second
	cacheReadTimeout = time.Minute
	// cacheRetryWait is how long a list is waited for that could not be read last time.
	cacheRetryWait = 500 * time.Millisecond
	// cacheInterval is how often the machines are read again unasked.
	cacheInterval = 4 * time.Minute
)

// shelves keep lists for type-ahead, by key. A list on a shelf only helps
// somebody to pick: whatever is picked is read again.
type listCache[T any] struct {
	mu     sync.Mutex
	byKey  map[string]cachedList[T]
	flight singleflight.Group
}

type cachedList[T any] struct {
	list   T
	readAt time.Time // zero: never read
	// failed and err are the last failure since.
	failed time.Time
	err    error
}

// get returns the list under the key. An old one is answered with at once and
// read again behind it; however many ask, it is read once.
func (s *listCache[T]) get(ctx context.Context, c *Cloud, key string, load func(context.Context) (T, error)) (T, error) {
	now := c.client.Now()
	s.mu.Lock()
	held := s.byKey[key]
	s.mu.Unlock()
	age := now.Sub(held.readAt)
	usable := !held.readAt.IsZero() && age < cacheStale
	if usable && age < cacheFresh {
		return held.list, nil
	}
	if held.err != nil && now.Sub(held.failed) < cachePause {
		if usable {
			return held.list, nil
		}
		return held.list, held.err
	}
	done := s.flight.DoChan(key, func() (any, error) {
		ctx, cancel := context.WithTimeout(c.life, cacheReadTimeout)
		defer cancel()
		list, err := load(ctx)
		s.store(c, key, list, err)
		return list, err
	})
	if usable {
		return held.list, nil
	}
	if held.err != nil { // then it may fail again, and after a long time only
		short, cancel := context.WithTimeout(ctx, cacheRetryWait)
		defer cancel()
		ctx = short
	}
	select {
	case <-ctx.Done():
		var none T
		if held.err != nil {
			return none, held.err
		}
		return none, context.Cause(ctx)
	case r := <-done:
		list, _ := r.Val.(T)
		return list, r.Err
	}
}

// lastRead is the list under the key as it was last read, however old; nothing is
// asked or waited for.
func (s *listCache[T]) lastRead(key string) T {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.byKey[key].list
}

func (s *listCache[T]) store(c *Cloud, key string, list T, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.byKey == nil {
		s.byKey = map[string]cachedList[T]{}
	}
	held := s.byKey[key]
	if err != nil {
		held.err, held.failed = err, c.client.Now()
		c.client.Log.Warn("type-ahead could not be refreshed", "list", key, "error", err.Error())
	} else {
		held = cachedList[T]{list: list, readAt: c.client.Now()}
	}
	s.byKey[key] = held
}
