package store

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"twokey/commands"
)

// waitFor is how long replicas have to confirm the write.
const waitFor = 1500 * time.Millisecond

// Arm implements commands.Store (facts/engine.md, point 2 of the protocol).
// The transition, WAIT and the second read travel as one batch on one
// connection, which is never sent twice: WAIT counts the writes of its own
// connection only. A command that was there already is an error too, for it
// was not this call that wrote it, and only the one who wrote may send.
func (s *Store) Arm(ctx context.Context, c commands.Change) (commands.Record, error) {
	run, data, err := applyCall(c)
	if err != nil {
		return commands.Record{}, applyFault(c, err)
	}
	conn, err := s.sticky(ctx, run.keys[0])
	if err != nil {
		return commands.Record{}, applyFault(c, err)
	}
	defer func() { _ = conn.Close() }()
	need, err := s.replicasNeeded(ctx, conn)
	if err != nil {
		return commands.Record{}, applyFault(c, err)
	}

	pipe := conn.Pipeline()
	apply := pipe.Eval(ctx, applyScript.src, run.keys, run.args...)
	wait := redis.NewIntCmd(ctx, "wait", need, s.wait.Milliseconds())
	if need > 0 {
		_ = pipe.Process(ctx, wait)
	}
	again := pipe.HMGet(ctx, run.keys[0], "rev", "cmd")
	_, _ = pipe.Exec(ctx) // each command has its own error

	rec, won, err := s.applied(c, data, apply)
	if err != nil {
		return commands.Record{}, err
	}
	if !won {
		return commands.Record{}, applyFault(c, fmt.Errorf("%w: an earlier attempt wrote it", commands.ErrNotDurable))
	}
	if err := confirmed(c, need, wait, again); err != nil {
		return commands.Record{}, applyFault(c, err)
	}
	return rec, nil
}

// MayArm implements commands.Store.
func (s *Store) MayArm(ctx context.Context, id string) error {
	canon, ok := ParseID(id)
	if !ok {
		return fmt.Errorf("operation %q: %w", id, commands.ErrNotFound)
	}
	conn, err := s.sticky(ctx, idPartition(canon).op(canon))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	_, err = s.replicasNeeded(ctx, conn)
	return err
}

// confirmed requires that enough replicas have the write, and that the record
// shows this very command as its last. Whatever is in doubt is ErrNotDurable.
func confirmed(c commands.Change, need int, wait *redis.IntCmd, again *redis.SliceCmd) error {
	doubt := func(format string, args ...any) error {
		return fmt.Errorf("%w: "+format, append([]any{commands.ErrNotDurable}, args...)...)
	}
	if need > 0 {
		n, err := wait.Result()
		if err != nil {
			return doubt("%w", err)
		}
		if int(n) < need {
			return doubt("%d of %d", n, need)
		}
	}
	vs, err := again.Result()
	if err != nil {
		return doubt("the second read: %w", err)
	}
	if len(vs) != 2 || vs[0] != fmt.Sprint(c.Rev+1) || vs[1] != c.Command {
		return doubt("the second read found revision %v of command %v", vs[0], vs[1])
	}
	return nil
}

func cannotArm(why string, cause error) error {
	return &commands.CannotArmError{Why: why, Cause: cause}
}

// keepsWrites says why this master would lose a write when it crashes, if it
// would; that it cannot be asked is a reason too.
func keepsWrites(info *redis.StringCmd) error {
	text, err := info.Result()
	if err != nil {
		return cannotArm("it does not say whether its append-only file is on; the operator may let Twokey go on with durability: best-effort in the policy file", err)
	}
	switch m := infoFields(text); {
	case m["aof_enabled"] == "" || m["aof_rewrite_in_progress"] == "" || m["aof_rewrite_scheduled"] == "" || m["aof_last_write_status"] == "":
		return cannotArm("it does not say how its append-only file is; the operator may let Twokey go on with durability: best-effort in the policy file", nil)
	case m["aof_enabled"] != "1":
		return cannotArm("its append-only file is off; the operator should set appendonly yes, or durability: best-effort in the policy file", nil)
	case m["aof_rewrite_in_progress"] != "0" || m["aof_rewrite_scheduled"] != "0":
		// While the file is written for the first time, a write is not in it yet,
		// and INFO does not tell that from any other rewrite.
		return cannotArm("it is just rewriting its append-only file, which passes by itself", nil)
	case m["aof_last_write_status"] != "ok":
		return cannotArm("it cannot write its append-only file; the operator should look at its disk", nil)
	}
	return nil
}

// replicasNeeded is how many replicas must confirm a write: all that are
// connected to this master, and no fewer than it is told to require. A master
// that had replicas when this process last looked and has none may have been
// cut off from them, and replaced: that is an error. So is one that would lose
// the write by itself, unless best effort is enough.
func (s *Store) replicasNeeded(ctx context.Context, conn *redis.Conn) (int, error) {
	pipe := conn.Pipeline()
	persistence := pipe.Info(ctx, "persistence")
	info := pipe.Info(ctx, "replication")
	conf := pipe.ConfigGet(ctx, "min-replicas-to-write")
	_, _ = pipe.Exec(ctx) // each command has its own error
	if !s.bestEffort {
		if err := keepsWrites(persistence); err != nil {
			return 0, err
		}
	}
	text, err := info.Result()
	if unsupported(err) {
		return 0, nil // miniredis: it has no replicas
	}
	if err != nil {
		return 0, cannotArm("it does not say how many replicas it has", err)
	}
	r, err := readReplication(text)
	if err != nil {
		return 0, cannotArm("it is not the one that takes writes; a fail-over may be under way", err)
	}
	if r.replicas == 0 && s.replicas.Load() > 0 {
		return 0, cannotArm("it had replicas and now has none; the operator should reconnect one, or start Twokey again without", nil)
	}
	s.replicas.Store(int64(r.replicas))
	return max(r.replicas, minReplicas(conf)), nil
}
