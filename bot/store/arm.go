package store

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"twokey/commands/port"
)

// waitFor is how long replicas, or the disk, have to confirm the write.
const waitFor = 1500 * time.Millisecond

// Arm implements commands.Store (facts/engine.md, point 2 of the protocol).
// The transition, what confirms it and the second read travel as one batch on
// one connection, which is never sent twice: WAIT and WAITAOF count the writes of
// their own connection only. A command that was there already is an error too,
// for it was not this call that wrote it, and only the one who wrote may send.
func (s *Store) Arm(ctx context.Context, c port.Change) (port.Record, error) {
	run, now, err := s.applyCall(c)
	if err != nil {
		return port.Record{}, applyFault(c, err)
	}
	conn, err := s.sticky(ctx, run.keys[0])
	if err != nil {
		return port.Record{}, applyFault(c, inWords(err))
	}
	defer func() { _ = conn.Close() }()
	on, err := s.standing(ctx, conn, idPartition(c.Op.ID))
	if err != nil {
		return port.Record{}, applyFault(c, err)
	}

	pipe := conn.Pipeline()
	apply := pipe.Eval(ctx, applyScript.src, run.keys, run.args...)
	sure := on.confirm(ctx, pipe, s.wait)
	again := pipe.HMGet(ctx, run.keys[0], "rev", "cmd")
	_, _ = pipe.Exec(ctx) // each command has its own error

	rec, won, err := s.applied(c, now, apply)
	if err != nil {
		return port.Record{}, err
	}
	if !won {
		return port.Record{}, applyFault(c, fmt.Errorf("%w: an earlier attempt wrote it", port.ErrNotDurable))
	}
	if err := sure(); err != nil {
		return port.Record{}, applyFault(c, err)
	}
	if on.alone && on.sync == watched {
		if again, err = s.awaitSync(ctx, conn, on.persistence, run.keys[0]); err != nil {
			return port.Record{}, applyFault(c, err)
		}
	}
	if err := stillMine(c, again); err != nil {
		return port.Record{}, applyFault(c, err)
	}
	return rec, nil
}

// MayArm implements commands.Store.
func (s *Store) MayArm(ctx context.Context, id string) error {
	canon, ok := ParseID(id)
	if !ok {
		return fmt.Errorf("operation %q: %w", id, port.ErrNotFound)
	}
	conn, err := s.sticky(ctx, idPartition(canon).op(canon))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	_, err = s.standing(ctx, conn, idPartition(canon))
	return err
}

func doubt(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{port.ErrNotDurable}, args...)...)
}

// stillMine requires that the record shows this very command as its last.
func stillMine(c port.Change, again *redis.SliceCmd) error {
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
	return &port.CannotArmError{Why: why, Cause: cause}
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

// footing is what the master of a partition stands on: who or what keeps an
// intent that it takes.
type footing struct {
	quorum
	alone       bool // it has no replica and never had: its disk keeps the intent
	sync        syncing
	persistence map[string]string // as it was before
}

// standing asks a master what it stands on. An error is ErrCannotArm: the master
// would lose an intent in a crash, a fail-over or a power cut, or it may have been
// cut off from the others and replaced. With best effort only what may make two
// masters arm counts.
func (s *Store) standing(ctx context.Context, conn *redis.Conn, p partition) (footing, error) {
	pipe := conn.Pipeline()
	lives := pipe.Get(ctx, p.epoch())
	disk := askDisk(ctx, pipe)
	info := pipe.Info(ctx, "replication")
	conf := pipe.ConfigGet(ctx, "min-replicas-to-write")
	_, _ = pipe.Exec(ctx) // each command has its own error
	if why := s.otherLife(p, lives); why != "" {
		return footing{}, cannotArm(why+"; an operator ends that with bot adopt, once it is known what happened", nil)
	}
	if !s.bestEffort {
		if err := keepsWrites(disk.persistence); err != nil {
			return footing{}, err
		}
	}
	text, err := info.Result()
	if unsupported(err) {
		return footing{alone: true}, nil // miniredis: it has no replicas
	}
	if err != nil {
		return footing{}, cannotArm("it does not say how many replicas it has; the operator should grant its user +info", err)
	}
	r, err := readReplication(text)
	if err != nil {
		return footing{}, cannotArm("it is not the one that takes writes; a fail-over may be under way", err)
	}
	noted, err := note(ctx, conn, p, r.replicas).Int()
	if err != nil {
		return footing{}, cannotArm("it does not take writes", inWords(err))
	}
	on := footing{quorum: s.quorumOf(p, r.replicas, noted, minReplicas(conf))}
	if err := on.refusal(); err != nil {
		return footing{}, err
	}
	if on.alone = on.need() == 0; on.alone && !s.bestEffort {
		if on.sync, err = disk.syncing(); err != nil {
			return footing{}, err
		}
		on.persistence = infoFields(disk.persistence.Val())
	}
	return on, nil
}

// confirm has the batch wait for whoever must confirm its write, and returns how
// to read what they said. All who are connected are waited for, so that a
// fail-over finds the intent on each; one that is slow holds the call up for the
// wait only, and stops nothing where enough of the others have it.
func (f footing) confirm(ctx context.Context, pipe redis.Pipeliner, wait time.Duration) func() error {
	if need := f.need(); need > 0 {
		cmd := redis.NewIntCmd(ctx, "wait", f.connected, wait.Milliseconds())
		_ = pipe.Process(ctx, cmd)
		return func() error {
			n, err := cmd.Result()
			if err != nil {
				return doubt("%w", err)
			}
			if int(n) < need {
				return doubt("%d of %s have it, and %d must", n, replicas(f.most), need)
			}
			return nil
		}
	}
	if !f.alone || f.sync != confirmed {
		return func() error { return nil }
	}
	cmd := redis.NewIntSliceCmd(ctx, "waitaof", 1, 0, wait.Milliseconds())
	_ = pipe.Process(ctx, cmd)
	return func() error {
		ns, err := cmd.Result()
		if err != nil {
			return doubt("%w", err)
		}
		if len(ns) != 2 || ns[0] < 1 {
			return doubt("its append-only file was not synced within %s", wait)
		}
		return nil
	}
}
