package audit

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/redis/go-redis/v9"

	"twokey/bot/store/keys"
)

// Revisions reads the revision of every operation that Redis still keeps.
func (s *Trail) Revisions(ctx context.Context) (map[string]int64, error) {
	ids, err := s.operations(ctx)
	if err != nil {
		return nil, fmt.Errorf("list the operations: %w", err)
	}
	all := map[string]int64{}
	for _, id := range ids {
		rev, err := s.db.HGet(ctx, keys.OfID(id).Op(id), "rev").Int64()
		if errors.Is(err, redis.Nil) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("the revision of %s: %w", id, err)
		}
		all[id] = rev
	}
	return all, nil
}

// operations lists the ids of all operations, on all masters.
func (s *Trail) operations(ctx context.Context) ([]string, error) {
	var mu sync.Mutex
	var ids []string
	err := s.db.EachMaster(ctx, func(ctx context.Context, c *redis.Client) error {
		it := c.Scan(ctx, 0, "twokey:{*}:op:*", 1000).Iterator()
		for it.Next(ctx) {
			_, id, _ := strings.Cut(it.Val(), "}:op:")
			if _, ok := keys.ParseID(id); ok {
				mu.Lock()
				ids = append(ids, id)
				mu.Unlock()
			}
		}
		return it.Err()
	})
	return ids, err
}
