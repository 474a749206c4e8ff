package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/redis/go-redis/v9"
)

// Revisions reads the revision of every operation that Redis still keeps.
func (s *AuditLog) Revisions(ctx context.Context) (map[string]int64, error) {
	ids, err := s.operations(ctx)
	if err != nil {
		return nil, fmt.Errorf("list the operations: %w", err)
	}
	all := map[string]int64{}
	for _, id := range ids {
		rev, err := s.rdb.HGet(ctx, OfID(id).Op(id), "rev").Int64()
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
func (s *AuditLog) operations(ctx context.Context) ([]string, error) {
	var mu sync.Mutex
	var ids []string
	err := s.rdb.EachMaster(ctx, func(ctx context.Context, c *redis.Client) error {
		it := c.Scan(ctx, 0, "twokey:{*}:op:*", 1000).Iterator()
		for it.Next(ctx) {
			_, id, _ := strings.Cut(it.Val(), "}:op:")
			if _, ok := ParseID(id); ok {
				mu.Lock()
				ids = append(ids, id)
				mu.Unlock()
			}
		}
		return it.Err()
	})
	return ids, err
}
