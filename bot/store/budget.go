package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"

	"twokey/commands/reinstall"
)

// Reserve implements commands.Store. Where all places are taken it looks for
// operations among the running that have ended or are gone, whose place was
// not given back because their worker died, and tries once more.
func (s *Store) Reserve(ctx context.Context, account, op string, l reinstall.Limits) (ok bool, running, hour int, err error) {
	ok, running, hour, err = s.reserve(ctx, account, op, l)
	if err != nil || ok || l.AtOnce < 1 || running < l.AtOnce {
		return ok, running, hour, err
	}
	swept, err := s.sweep(ctx, account)
	if err != nil || swept == 0 {
		return false, running, hour, err
	}
	return s.reserve(ctx, account, op, l)
}

func (s *Store) reserve(ctx context.Context, account, op string, l reinstall.Limits) (bool, int, int, error) {
	n, err := numbers(s.run(ctx, reserveScript, call{
		keys: []string{runKey(account), hourKey(account)},
		args: []any{op, l.AtOnce, l.PerHour},
	}), 3)
	if err != nil {
		return false, 0, 0, fmt.Errorf("the budget of account %s: %w", account, err)
	}
	return n[0] == 1, int(n[1]), int(n[2]), nil
}

// sweep gives back the places of operations that have ended or wait for people
// again; it returns how many.
func (s *Store) sweep(ctx context.Context, account string) (int, error) {
	ids, err := s.db.ZRange(ctx, runKey(account), 0, -1).Result()
	if err != nil {
		return 0, fmt.Errorf("the budget of account %s: %w", account, err)
	}
	states := make([]*redis.StringCmd, len(ids))
	pipe := s.db.Pipeline()
	for i, id := range ids {
		if id, ok := ParseID(id); ok {
			states[i] = pipe.HGet(ctx, idPartition(id).op(id), "state")
		}
	}
	_, _ = pipe.Exec(ctx) // each command has its own error
	var over []any
	for i, id := range ids {
		if states[i] == nil {
			continue
		}
		state, err := states[i].Result()
		if err != nil && !errors.Is(err, redis.Nil) {
			return 0, fmt.Errorf("the budget of account %s: %w", account, err)
		}
		st := reinstall.State(state)
		if err != nil || st.Ended() || st == reinstall.Proposed || st == reinstall.Held {
			over = append(over, id)
		}
	}
	if len(over) == 0 {
		return 0, nil
	}
	n, err := s.db.ZRem(ctx, runKey(account), over...).Result()
	return int(n), err
}

// Unreserve implements commands.Store.
func (s *Store) Unreserve(ctx context.Context, account, op string) error {
	if err := s.db.ZRem(ctx, runKey(account), op).Err(); err != nil {
		return fmt.Errorf("the budget of account %s: %w", account, err)
	}
	return nil
}
