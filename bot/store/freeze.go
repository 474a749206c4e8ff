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
func (s *Store) Freeze(ctx context.Context, f commands.Freeze) error {
	if f.Why == "" {
		if err := s.db.Del(ctx, freezeKey).Err(); err != nil {
			return fmt.Errorf("end the freeze: %w", err)
		}
		return nil
	}
	j, err := encode(f)
	if err == nil {
		err = s.db.Set(ctx, freezeKey, j, 0).Err()
	}
	if err != nil {
		return fmt.Errorf("freeze: %w", err)
	}
	return nil
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
