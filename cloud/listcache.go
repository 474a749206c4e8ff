package cloud

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

const (
	// cacheFresh is how old a list may be before it is read again behind the answer.
	// cacheStale is how old it may be to be an answer at all.
	cacheFresh = time.Minute
	cacheStale = 10 * time.Minute
	// cachePause is the time between a failed read and the next.
	cachePause       = 5 * time.Second
	cacheReadTimeout = time.Minute
	// cacheRetryWait is how long a caller waits for a list whose last read failed.
	cacheRetryWait = 500 * time.Millisecond
	// cacheInterval is how often KeepFleet reads the machines.
	cacheInterval = 4 * time.Minute
)

// listCache keeps lists for type-ahead, by key. A cached list only helps somebody to
// pick: the engine reads again whatever is picked.
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

// get returns the list under the key. An old list is an answer at once and is read
// again behind it. However many callers ask, it is read once.
func (s *listCache[T]) get(ctx context.Context, c *Cloud, key string,
	load func(context.Context) (T, error),
) (T, error) {
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

// lastRead is the list under the key as last read, however old. It asks nobody and
// waits for nothing.
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
		c.client.Log.Warn("type-ahead: list not refreshed", "list", key, "error", err.Error())
	} else {
		held = cachedList[T]{list: list, readAt: c.client.Now()}
	}
	s.byKey[key] = held
}
