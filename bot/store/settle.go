package store

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"twokey/commands/port"
)

// A fail-over loses what no replica has yet. What Slack is told that we have,
// and what people are told that happened, must not be of that kind: both wait
// until a replica has it, where there are replicas.

// onReplica runs a script on a connection of its own and waits until a replica
// has what it wrote, and with it all that was written before. Where there is no
// replica now there is nothing to wait for.
func (s *Store) onReplica(ctx context.Context, sc script, c call) (*redis.Cmd, error) {
	conn, err := s.sticky(ctx, c.keys[0])
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }()
	pipe := conn.Pipeline()
	cmd := pipe.Eval(ctx, sc.src, c.keys, c.args...)
	info := pipe.Info(ctx, "replication")
	_, _ = pipe.Exec(ctx) // each command has its own error
	if err := cmd.Err(); err != nil {
		return nil, err
	}
	text, err := info.Result()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", port.ErrNotDurable, err)
	}
	r, err := readReplication(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", port.ErrNotDurable, err)
	}
	if r.replicas == 0 {
		return cmd, nil
	}
	// WAIT counts the writes of its own connection only.
	wait := redis.NewIntCmd(ctx, "wait", 1, s.wait.Milliseconds())
	if _ = conn.Process(ctx, wait); wait.Err() != nil || wait.Val() < 1 {
		return nil, fmt.Errorf("%w: %d of %d, %w", port.ErrNotDurable, wait.Val(), r.replicas, orDone(wait.Err()))
	}
	return cmd, nil
}

func orDone(err error) error {
	if err == nil {
		return context.DeadlineExceeded
	}
	return err
}

// runSettled is run where there are no replicas, and onReplica where there are.
// A connection that breaks is tried again: the script must be one whose second
// run changes nothing.
func (s *Store) runSettled(ctx context.Context, sc script, c call) (cmd *redis.Cmd, err error) {
	if !s.replicated() {
		cmd = s.run(ctx, sc, c)
		return cmd, cmd.Err()
	}
	for range 3 {
		if cmd, err = s.onReplica(ctx, sc, c); err == nil || ctx.Err() != nil {
			return cmd, err
		}
	}
	return nil, err
}

// Settled implements commands.Store.
func (s *Store) Settled(ctx context.Context, c port.Claim, lease time.Duration) error {
	p, m, ok := member(c)
	if !ok {
		return fmt.Errorf("settle %s %q: no such thing", c.Kind, c.ID)
	}
	if !s.replicated() {
		return nil
	}
	cmd, err := s.runSettled(ctx, renewScript, call{keys: []string{p.due(), p.own()}, args: []any{delay(lease), m, s.holder(c)}})
	if err == nil {
		var held []int64
		if held, err = numbers(cmd, 1); err == nil && held[0] == 0 {
			err = port.ErrFenced
		}
	}
	if err != nil {
		return fmt.Errorf("settle %s %s: %w", c.Kind, c.ID, err)
	}
	return nil
}
