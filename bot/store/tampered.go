package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"

	"github.com/redis/go-redis/v9"

	"twokey/bot/store/keys"
	"twokey/bot/store/lua"
	"twokey/bot/store/redisdb"
	"twokey/commands/port"
	"twokey/commands/reinstall"
)

// tamperedSet are the operations whose record this process found changed, until it
// reads a whole one again.
type tamperedSet struct {
	mu sync.Mutex
	m  map[string]bool
}

// note keeps what a record was found to be; first is true if that is news.
func (t *tamperedSet) note(id string, changed bool) (first bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !changed {
		delete(t.m, id)
		return false
	}
	if t.m == nil {
		t.m = map[string]bool{}
	}
	first = !t.m[id]
	t.m[id] = true
	return first
}

// Spoiled lists the operations whose record was changed outside Twokey, as far
// as this process has read them.
func (s *records) Spoiled() []string {
	s.tampered.mu.Lock()
	defer s.tampered.mu.Unlock()
	return slices.Sorted(maps.Keys(s.tampered.m))
}

// ReplaceTampered implements port.Store.
func (s *records) ReplaceTampered(ctx context.Context, c port.Change) (port.Record, error) {
	fail := func(err error) (port.Record, error) {
		return port.Record{}, applyFault(c, err)
	}
	if err := checkChange(c); err != nil {
		return fail(err)
	}
	if !c.Op.State.Ended() {
		return fail(fmt.Errorf("%w: what was changed outside Twokey can only end", errChange))
	}
	p := keys.OfID(c.Op.ID)
	was, err := readRecord(s.db.HMGet(ctx, p.Op(c.Op.ID), recordFields...))
	if err != nil && !errors.Is(err, port.ErrNotFound) {
		return fail(err)
	}
	if err == nil {
		if rec, err := s.decode(c.Op.ID, was); err != nil || rec.Op.State != reinstall.Tampered {
			return fail(errors.Join(err, &port.StaleError{Now: rec}))
		}
	}
	c.Rev = max(c.Rev, s.lastLoggedRevision(ctx, c.Op.ID))
	now, args, rest, err := s.changeArgs(c)
	if err != nil {
		return fail(err)
	}
	args[7] = ""
	if !cardReads(was.card) {
		args[7], was.card = was.card, ""
	}
	ref := c.Op.Plan.Ref.String()
	args = append(append(args, was.seal, now.rev), rest...)
	n, err := s.db.Run(ctx, lua.ReplaceTampered, redisdb.Call{
		Keys: []string{
			p.Op(c.Op.ID), p.Log(c.Op.ID), p.Due(), p.Locks(), p.History(ref), p.Outbox(), p.Owners(), p.Audit(),
			p.Ended(),
			p.LogAside(c.Op.ID),
		},
		Args: args,
	}).Int()
	switch {
	case err != nil:
		return fail(err)
	case n == 0:
		rec, err := s.Load(ctx, c.Op.ID)
		return fail(errors.Join(err, &port.StaleError{Now: rec}))
	}
	s.tampered.note(c.Op.ID, false)
	now.card = was.card
	return s.rememberWritten(c, now)
}

// maxRev is more than any operation's revision: what is above it was made up.
const maxRev = 1 << 40

// lastLoggedRevision is the last revision in an operation's log, 0 if there is no line that
// Twokey could have written.
func (s *records) lastLoggedRevision(ctx context.Context, id string) int64 {
	ms, err := s.db.XRevRangeN(ctx, keys.OfID(id).Log(id), "+", "-", 1).Result()
	if err != nil || len(ms) != 1 {
		return 0
	}
	return parseRevision(logNumber(ms[0]))
}

func logNumber(m redis.XMessage) string {
	for i, r := range m.ID {
		if r == '-' {
			return m.ID[:i]
		}
	}
	return m.ID
}

// parseRevision is a revision as it is written, 0 if it cannot be one.
func parseRevision(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || n > maxRev {
		return 0
	}
	return n
}
