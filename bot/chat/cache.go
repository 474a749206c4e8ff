package chat

import (
	"sync"
	"time"
)

// maxCached bounds the memory of a cache; a full one is emptied.
const maxCached = 4096

// cache remembers answers for a while. An error is never remembered, and no answer
// is given that is older than maxAge.
type cache[K comparable, V any] struct {
	now    func() time.Time
	maxAge time.Duration // 0: for ever

	mu sync.Mutex
	m  map[K]cached[V]
}

type cached[V any] struct {
	value V
	asked time.Time
}

func newCache[K comparable, V any](now func() time.Time, maxAge time.Duration) *cache[K, V] {
	return &cache[K, V]{now: now, maxAge: maxAge, m: map[K]cached[V]{}}
}

// lookUp returns what is remembered of a key, if it is new enough.
func (c *cache[K, V]) lookUp(key K) (value V, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.m[key]
	if age := c.now().Sub(e.asked); !ok || c.maxAge > 0 && (age < 0 || age > c.maxAge) {
		return value, false
	}
	return e.value, true
}

// remember keeps an answer that was asked for at a moment.
func (c *cache[K, V]) remember(key K, value V, asked time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.m) >= maxCached {
		clear(c.m)
	}
	c.m[key] = cached[V]{value, asked}
}

func (c *cache[K, V]) forget(key K) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.m, key)
}
