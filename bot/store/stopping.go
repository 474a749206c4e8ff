package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/redis/go-redis/v9"

	"twokey/bot/store/keys"
	"twokey/commands/port"
)

// A stop that was acknowledged is known from the script that stored it until the one
// that finishes it. An arming looks for it: so it never loses to a countdown while it
// is worked on.

// stoppedBy is what an item stops; empty: nothing.
func stoppedBy(it port.Item) string {
	if !it.Stops {
		return ""
	}
	if id, ok := keys.ParseID(it.Op); ok {
		return id
	}
	return keys.StopsAll
}

// Stopping implements port.Store.
func (s *inbox) Stopping(ctx context.Context, ids ...string) (bool, error) {
	of := []string{keys.StopsAll}
	in := []keys.Partition{keys.StopsAllIn}
	for _, id := range ids {
		canon, ok := keys.ParseID(id)
		if !ok {
			return false, fmt.Errorf("operation %q: %w", id, port.ErrNotFound)
		}
		of = append(of, canon)
		if p := keys.OfID(canon); !slices.Contains(in, p) {
			in = append(in, p)
		}
	}
	pipe := s.db.Pipeline()
	asked := make([]*redis.MapStringStringCmd, len(in))
	for i, p := range in {
		asked[i] = pipe.HGetAll(ctx, p.Stops())
	}
	_, _ = pipe.Exec(ctx) // each command has its own error
	for i, p := range in {
		items, err := asked[i].Result()
		if err != nil {
			return false, fmt.Errorf("whether a stop was asked for: %w", err)
		}
		for member, what := range items {
			if !slices.Contains(of, what) {
				continue
			}
			// Only what is in the inbox still counts.
			if _, err := s.db.ZScore(ctx, p.Due(), member).Result(); !errors.Is(err, redis.Nil) {
				return true, err
			}
		}
	}
	return false, nil
}
