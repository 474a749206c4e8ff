package store

import "sync"

// cacheSize bounds how many records this process remembers: some 10 MB.
const cacheSize = 1024

// cache remembers records as this process last saw them. It is a hint and
// nothing more: what is decided on an old record is refused by apply, whose
// answer carries the new one. Records are kept encoded, so that no two callers
// share a slice or a map.
type cache struct {
	mu sync.Mutex
	m  map[string]stored
}

func (c *cache) get(id string) (stored, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	r, ok := c.m[id]
	return r, ok
}

// clear forgets all.
func (c *cache) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.m = nil
}

// put remembers a record; if there are too many, any other one goes.
func (c *cache) put(id string, r stored) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.m == nil {
		c.m = make(map[string]stored)
	}
	c.m[id] = r
	for other := range c.m {
		if len(c.m) <= cacheSize {
			return
		}
		if other != id {
			delete(c.m, other)
		}
	}
}

// setCard changes the address of a remembered record.
func (c *cache) setCard(id, card string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if r, ok := c.m[id]; ok {
		r.card = card
		c.m[id] = r
	}
}

func (c *cache) drop(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.m, id)
}
