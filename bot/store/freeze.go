package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"

	"twokey/commands"
)

// Freeze implements commands.Store: a freeze without a reason ends it.
func (s *Store) Freeze(ctx context.Context, f commands.Freeze, n commands.Note) error {
	stop := ""
	body, sum, err := noteBody(n)
	if err == nil && f.Why != "" {
		stop, err = encode(f)
	}
	if err == nil {
		// On a Cluster the stop is on a shard of its own, which no claim settles.
		_, err = s.runSettled(ctx, freezeScript, call{
			keys: []string{freezeKey, freezeTold(n.Key), freezeAudit},
			args: []any{stop, madeFor.Milliseconds(), body, sum},
		})
	}
	if err != nil {
		return fmt.Errorf("freeze or unfreeze: %w", auditFault(err))
	}
	return nil
}

// Decided implements commands.Store.
func (s *Store) Decided(ctx context.Context, key string) (bool, error) {
	n, err := s.db.Exists(ctx, freezeTold(key)).Result()
	if err != nil {
		return false, fmt.Errorf("whether %s was decided: %w", key, err)
	}
	return n > 0, nil
}

// Frozen implements commands.Store. An error is not 'no'.
func (s *Store) Frozen(ctx context.Context) (commands.Freeze, error) {
	b, err := s.db.Get(ctx, freezeKey).Bytes()
	if errors.Is(err, redis.Nil) {
		return commands.Freeze{}, nil
	}
	var f commands.Freeze
	if err == nil {
		err = json.Unmarshal(b, &f)
	}
	if err != nil {
		return commands.Freeze{}, fmt.Errorf("whether there is a freeze: %w", err)
	}
	return f, nil
}
