package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"

	"twokey/bot/store/keys"
	"twokey/commands/port"
	"twokey/commands/reinstall/model"
)

// records are the operations, their logs, and what this process remembers of them.
type records struct {
	*core
	cache    cache
	seen     seenRevisions
	tampered tamperedSet
}

// forget forgets what was seen: Redis holds something else from now on, on an
// operator's word.
func (s *records) forget() {
	s.seen.forget()
	s.cache.clear()
}

// NewID implements port.Store.
func (s *records) NewID(ref model.Ref) string { return keys.NewOperationID(ref, s.random.bytes) }

// toJSON is JSON as a string, which every command takes.
func toJSON(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

// Load implements port.Store. The id may be written as people write it.
func (s *records) Load(ctx context.Context, id string) (port.Record, error) {
	canon, ok := keys.ParseID(id)
	if !ok {
		return port.Record{}, fmt.Errorf("operation %q: %w", id, port.ErrNotFound)
	}
	r, err := readRecord(s.db.HMGet(ctx, keys.OfID(canon).Op(canon), recordFields...))
	if errors.Is(err, port.ErrNotFound) {
		if ref, held := s.lockOf(ctx, canon); held { // taken away: it never ended
			return tamperedRecord(canon, ref), nil
		}
	}
	if err != nil {
		s.cache.drop(canon)
		return port.Record{}, fmt.Errorf("operation %s: %w", canon, err)
	}
	return s.remember(canon, r)
}

// Recent implements port.Store.
func (s *records) Recent(ctx context.Context, id string) (port.Record, error) {
	if canon, ok := keys.ParseID(id); ok {
		if r, ok := s.cache.get(canon); ok {
			return s.decode(canon, r)
		}
	}
	return s.Load(ctx, id)
}

// loadAll reads many records in one pipeline, in the ids' order. Those that
// are gone are left out.
func (s *records) loadAll(ctx context.Context, ids []string) ([]port.Record, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	cmds := make([]*redis.SliceCmd, len(ids))
	pipe := s.db.Pipeline()
	for i, id := range ids {
		cmds[i] = pipe.HMGet(ctx, keys.OfID(id).Op(id), recordFields...)
	}
	_, _ = pipe.Exec(ctx) // each command has its own error
	var recs []port.Record
	for i, id := range ids {
		r, err := readRecord(cmds[i])
		if errors.Is(err, port.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("operation %s: %w", id, err)
		}
		rec, err := s.remember(id, r)
		if err != nil {
			return nil, err
		}
		recs = append(recs, rec)
	}
	return recs, nil
}
