// Package memory is a port.Store in this process' memory: for tests that need no
// Redis. It passes the suite bot/store/storetest, as Redis does. It keeps nothing
// when the process ends, seals nothing, and has one outbox and one partition. The
// shipped binary never links it.
package memory

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall/model"
)

var _ port.Store = (*Store)(nil)

// Memory is what all processes share. Its methods, and those of its stores, may be
// called from any goroutine.
type Memory struct {
	now func() time.Time

	mu        sync.Mutex
	records   map[string]*record
	locks     map[string]string   // instance -> the live operation
	histories map[string][]string // instance -> its operations, oldest first
	ended     []ended             // oldest first
	created   map[string]string   // command -> the operation that it created
	audit     int                 // how many entries were written
	frozen    *model.Freeze
	decided   map[string]bool // keys of notes of a freeze or its end

	due    map[string]int64 // member -> when it is due, or its lease ends, in ms
	owners map[string]owner // member -> who holds it
	again  map[string]bool  // members that a click wants to see again
	token  int64

	items map[string]item
	seen  map[string]int64 // fingerprint of a delivery -> until when, in ms

	posts  []post
	stream int64
	told   map[string]int64 // key of a post or note -> until when, in ms

	budgets map[string]*accountBudget
}

type owner struct {
	token  int64
	worker string
}

// Store is one process' view of a memory.
type Store struct {
	m      *Memory
	worker string
}

// New returns an empty memory. now is its clock; nil: time.Now.
func New(now func() time.Time) *Memory {
	if now == nil {
		now = time.Now
	}
	return &Memory{
		now: now, records: map[string]*record{}, locks: map[string]string{}, histories: map[string][]string{},
		created: map[string]string{}, decided: map[string]bool{},
		due: map[string]int64{}, owners: map[string]owner{}, again: map[string]bool{},
		items: map[string]item{}, seen: map[string]int64{}, told: map[string]int64{},
		budgets: map[string]*accountBudget{},
	}
}

// Open returns the store as another process has it.
func (m *Memory) Open() *Store { return &Store{m: m, worker: rand.Text()} }

// beginCall locks the memory, unless ctx has ended.
func (m *Memory) beginCall(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	return nil
}

func (m *Memory) nowMillis() int64 { return m.now().UnixMilli() }

// guardKey reports whether a key is new, and keeps it for so long.
func (m *Memory) guardKey(keys map[string]int64, key string, life time.Duration) (fresh bool) {
	now := m.nowMillis()
	if until, ok := keys[key]; ok && until > now {
		return false
	}
	keys[key] = now + life.Milliseconds()
	return true
}

// crockford is the alphabet of ids: no I, L, O, U.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// parseID reads an operation's id as people write it.
func parseID(s string) (id string, ok bool) {
	id = strings.NewReplacer("I", "1", "L", "1", "O", "0").Replace(strings.ToUpper(s))
	return id, len(s) == 4 && len(id) == 4 && strings.Trim(id, crockford) == ""
}

// NewID implements port.Store.
func (s *Store) NewID(model.Ref) string {
	s.m.mu.Lock()
	defer s.m.mu.Unlock()
	for {
		b := make([]byte, 4)
		_, _ = rand.Read(b)
		for i := range b {
			b[i] = crockford[b[i]%32]
		}
		if s.m.records[string(b)] == nil {
			return string(b)
		}
	}
}

// copyByJSON copies a value by way of JSON, as Redis would keep it.
func copyByJSON[T any](v T) (out T, err error) {
	b, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(b, &out)
	}
	return out, err
}

func notFound(id string) error { return fmt.Errorf("operation %q: %w", id, port.ErrNotFound) }

// Health implements port.Store.
func (s *Store) Health(ctx context.Context) (port.Health, error) {
	return port.Health{NoEvict: true, Keeps: "This memory ends with its process."}, ctx.Err()
}
