package redisdb

import (
	"context"
	"fmt"

	"github.com/redis/go-redis/v9"

	"twokey/bot/store/lua"
	"twokey/commands/port"
)

// A fail-over loses what no replica has yet (bot/store/doc.go 3.3). What is
// acknowledged to Slack, and what is shown to people, must not be lost so. If there
// are replicas, both wait until one has it (5.3).

// onReplica runs a script on a connection of its own. It waits until a replica has
// what it wrote, and so all that was written before. If there is no
// replica now, there is nothing to wait for.
func (d *DB) onReplica(ctx context.Context, sc lua.Script, c Call) (*redis.Cmd, error) {
	conn, err := d.Sticky(ctx, c.Keys[0])
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }()
	pipe := conn.Pipeline()
	cmd := pipe.Eval(ctx, sc.Source, c.Keys, c.Args...)
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
	wait := redis.NewIntCmd(ctx, "wait", 1, d.ConfirmWithin.Milliseconds())
	if _ = conn.Process(ctx, wait); wait.Err() != nil || wait.Val() < 1 {
		return nil, fmt.Errorf("%w: %d of %d, %w", port.ErrNotDurable, wait.Val(), r.replicas, orDeadline(wait.Err()))
	}
	return cmd, nil
}

func orDeadline(err error) error {
	if err == nil {
		return context.DeadlineExceeded
	}
	return err
}

// RunConfirmed is Run when there are no replicas, and onReplica when there are.
// A connection that breaks is tried again: the script must be one whose second
// run changes nothing.
func (d *DB) RunConfirmed(ctx context.Context, sc lua.Script, c Call) (cmd *redis.Cmd, err error) {
	if !d.Replicated() {
		cmd = d.Run(ctx, sc, c)
		return cmd, cmd.Err()
	}
	for range 3 {
		if cmd, err = d.onReplica(ctx, sc, c); err == nil || ctx.Err() != nil {
			return cmd, err
		}
	}
	return nil, err
}
