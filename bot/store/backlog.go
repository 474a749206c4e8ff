package store

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"twokey/bot/store/keys"
	"twokey/commands/port"
	"twokey/commands/reinstall"
)

// Backlog is what is not finished, as Redis has it now: the same on every replica.
type Backlog struct {
	// Operations counts those that lock a machine. It has every state that does, also
	// with zero.
	Operations map[string]int
	// Since is when the oldest of a state came into it, for armed, sent and unknown.
	Since map[string]time.Time
	// Posts wait in the outbox. OldestPost is when the oldest was written; zero: none waits.
	Posts      int
	OldestPost time.Time
}

// Backlog reads what is not finished. It changes nothing.
func (s *lists) Backlog(ctx context.Context) (Backlog, error) {
	live, err := s.Live(ctx)
	if err != nil {
		return Backlog{}, err
	}
	b := Backlog{Operations: map[string]int{string(reinstall.Tampered): 0}, Since: map[string]time.Time{}}
	for _, state := range reinstall.States {
		if !state.Ended() {
			b.Operations[string(state)] = 0
		}
	}
	for _, rec := range live {
		b.addOperation(rec)
	}
	return b, s.addPosts(ctx, &b)
}

// addOperation counts a record. One that ended while it was listed locks nothing.
func (b *Backlog) addOperation(rec port.Record) {
	state := string(rec.Op.State)
	if _, locks := b.Operations[state]; !locks {
		return
	}
	b.Operations[state]++
	var since time.Time
	switch {
	case rec.Op.State == reinstall.Unknown && rec.Op.End != nil:
		since = rec.Op.End.At
	case rec.Op.State.Wiping() && rec.Op.Arming != nil:
		since = rec.Op.Arming.At
	default:
		return
	}
	if old, known := b.Since[state]; !known || since.Before(old) {
		b.Since[state] = since
	}
}

// addPosts reads how many posts wait in all partitions, and the oldest of them.
func (s *lists) addPosts(ctx context.Context, b *Backlog) error {
	lengths := make([]*redis.IntCmd, keys.Partitions)
	first := make([]*redis.XMessageSliceCmd, keys.Partitions)
	pipe := s.db.Pipeline()
	for p := range keys.Partition(keys.Partitions) {
		lengths[p] = pipe.XLen(ctx, p.Outbox())
		first[p] = pipe.XRangeN(ctx, p.Outbox(), "-", "+", 1)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return fmt.Errorf("what waits in the outbox: %w", err)
	}
	for p := range keys.Partitions {
		b.Posts += int(lengths[p].Val())
		for _, m := range first[p].Val() {
			if at := appendedAt(m.ID); b.OldestPost.IsZero() || at.Before(b.OldestPost) {
				b.OldestPost = at
			}
		}
	}
	return nil
}
