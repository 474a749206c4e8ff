package oneshot

import (
	"sync"
	"time"

	"twokey/commands/port"
)

// UsedOrders remembers the orders that were used, for longer than a signature made
// for them can live. It is a second lock: the first is the proposal's own record,
// which was armed before, once.
type UsedOrders struct {
	mu      sync.Mutex
	byOrder map[string]time.Time
}

// Take reports whether the order is used for the first time.
func (s *UsedOrders) Take(o port.Order, now time.Time) bool {
	const keep = 15 * time.Minute
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.byOrder == nil {
		s.byOrder = map[string]time.Time{}
	}
	for k, at := range s.byOrder {
		if now.Sub(at) > keep {
			delete(s.byOrder, k)
		}
	}
	key := o.Plan.Ref.String() + " " + o.T0.UTC().Format(time.RFC3339Nano)
	if _, ok := s.byOrder[key]; ok {
		return false
	}
	s.byOrder[key] = now
	return true
}
