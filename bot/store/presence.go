package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"twokey/bot/store/keys"
	"twokey/bot/store/lua"
	"twokey/bot/store/redisdb"
)

// What the replicas of a deployment share of Slack: how many they are, the posts
// of each channel, and what was noticed. Nothing of it decides anything: a
// change from outside makes the bot slower or its check wrong, so it is not sealed.

type presence struct{ *core }

// PresentFor is how long a replica counts after its last word.
const PresentFor = 15 * time.Second

// Present notes that this process is alive, and returns how many are.
func (s *presence) Present(ctx context.Context) (int, error) {
	n, err := s.db.Run(ctx, lua.Present, redisdb.Call{
		Keys: []string{keys.Present}, Args: []any{s.worker, PresentFor.Milliseconds()},
	}).Int()
	if err != nil {
		return 0, fmt.Errorf("count the replicas: %w", err)
	}
	return n, nil
}

// Absent takes this process out of the count.
func (s *presence) Absent(ctx context.Context) error {
	return s.db.ZRem(ctx, keys.Present, s.worker).Err()
}

// Replicas counts those that are alive, for a process that only looks.
func (s *presence) Replicas(ctx context.Context) (int, error) {
	now, err := s.db.Time(ctx).Result()
	if err != nil {
		return 0, fmt.Errorf("count the replicas: %w", err)
	}
	n, err := s.db.ZCount(ctx, keys.Present, strconv.FormatInt(now.Add(-PresentFor).UnixMilli(), 10), "+inf").Result()
	if err != nil {
		return 0, fmt.Errorf("count the replicas: %w", err)
	}
	return int(n), nil
}

// TakePost takes the next post of a channel and returns 0, or takes nothing and
// returns for how long to wait. A channel has one post every so often, and a burst
// of so many after a pause.
func (s *presence) TakePost(
	ctx context.Context, channel string, every time.Duration, burst int,
) (time.Duration, error) {
	ms, err := s.db.Run(ctx, lua.Pace, redisdb.Call{
		Keys: []string{keys.Pace(channel)}, Args: []any{float64(every) / float64(time.Millisecond), burst},
	}).Int64()
	if err != nil {
		return 0, fmt.Errorf("take a post of %s: %w", channel, err)
	}
	return time.Duration(ms) * time.Millisecond, nil
}

// Notice notes that something was noticed now, by Redis' clock.
func (s *presence) Notice(ctx context.Context, what string) error {
	now, err := s.db.Time(ctx).Result()
	if err == nil {
		err = s.db.HSet(ctx, keys.Noticed, what, now.UnixMilli()).Err()
	}
	if err != nil {
		return fmt.Errorf("note %s: %w", what, err)
	}
	return nil
}

// Noticed is when something was noticed last; zero: never.
func (s *presence) Noticed(ctx context.Context, what string) (time.Time, error) {
	ms, err := s.db.HGet(ctx, keys.Noticed, what).Int64()
	switch {
	case errors.Is(err, redis.Nil):
		return time.Time{}, nil
	case err != nil:
		return time.Time{}, fmt.Errorf("read when %s was noticed: %w", what, err)
	}
	return time.UnixMilli(ms), nil
}
