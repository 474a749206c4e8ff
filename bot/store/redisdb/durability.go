package redisdb

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"twokey/bot/store/keys"
	"twokey/commands/port"
)

func cannotArm(why string, cause error) error {
	return &port.CannotArmError{Why: why, Cause: cause}
}

// keepsWrites says why this master would lose a write when it crashes, if it
// would; that it cannot be asked is a reason too.
func keepsWrites(info *redis.StringCmd) error {
	text, err := info.Result()
	if err != nil {
		return cannotArm("it does not say whether its append-only file is on. The operator may set durability: "+
			"best-effort in the policy file", err)
	}
	switch m := infoFields(text); {
	case m["aof_enabled"] == "" || m["aof_rewrite_in_progress"] == "" ||
		m["aof_rewrite_scheduled"] == "" || m["aof_last_write_status"] == "":
		return cannotArm("it does not say how its append-only file is. The operator may set durability: "+
			"best-effort in the policy file", nil)
	case m["aof_enabled"] != "1":
		return cannotArm("its append-only file is off; the operator should set appendonly yes, or durability: "+
			"best-effort in the policy file", nil)
	case m["aof_rewrite_in_progress"] != "0" || m["aof_rewrite_scheduled"] != "0":
		// It may be written for the first time (bot/store/doc.go 1.9).
		return cannotArm("it is just rewriting its append-only file, which passes by itself", nil)
	case m["aof_last_write_status"] != "ok":
		return cannotArm("it cannot write its append-only file; the operator should look at its disk", nil)
	}
	return nil
}

// Durability is who or what keeps an intent that the master of a partition takes
// (bot/store/doc.go 6.2).
type Durability struct {
	quorum
	alone       bool // it has no replica and never had: its disk keeps the intent
	fsync       fsyncMode
	persistence map[string]string // as it was before
}

// Durability asks a master what keeps an intent there. otherLife says why the
// epoch that it holds is not the one to be believed, empty: it is. An error is
// ErrCannotArm. Then the master would lose an intent in a crash, a fail-over or a
// power cut, or it may have been cut off and replaced. With best effort only what may make two
// masters arm counts.
func (d *DB) Durability(
	ctx context.Context, conn *redis.Conn, p keys.Partition, otherLife func(epoch *redis.StringCmd) string,
) (Durability, error) {
	pipe := conn.Pipeline()
	lives := pipe.Get(ctx, p.Epoch())
	asked := askDisk(ctx, pipe)
	info := pipe.Info(ctx, "replication")
	conf := pipe.ConfigGet(ctx, "min-replicas-to-write")
	_, _ = pipe.Exec(ctx) // each command has its own error
	if why := otherLife(lives); why != "" {
		return Durability{}, cannotArm(why+"; an operator ends that with bot adopt, once it is known what happened",
			nil)
	}
	if !d.bestEffort {
		if err := keepsWrites(asked.persistence); err != nil {
			return Durability{}, err
		}
	}
	text, err := info.Result()
	if isUnsupported(err) {
		return Durability{alone: true}, nil // miniredis: it has no replicas
	}
	if err != nil {
		return Durability{}, cannotArm("it does not say how many replicas it has; the operator should grant its "+
			"user +info", err)
	}
	r, err := readReplication(text)
	if err != nil {
		return Durability{}, cannotArm("it is not the one that takes writes; a fail-over may be under way", err)
	}
	noted, err := noteReplicas(ctx, conn, p, r.replicas).Int()
	if err != nil {
		return Durability{}, cannotArm("it does not take writes", Explain(err))
	}
	on := Durability{quorum: d.quorumOf(p, r.replicas, noted, minReplicas(conf))}
	if err := on.checkReplicas(); err != nil {
		return Durability{}, err
	}
	if on.alone = on.needed() == 0; on.alone && !d.bestEffort {
		if on.fsync, err = asked.fsyncMode(); err != nil {
			return Durability{}, err
		}
		on.persistence = infoFields(asked.persistence.Val())
	}
	return on, nil
}

// Confirm has the batch wait for whoever must confirm its write, and returns how
// to read what they said. All who are connected are waited for, so that a
// fail-over finds the intent on each. A slow one holds the call up for the wait
// only, and stops nothing if enough of the others have it.
func (f Durability) Confirm(ctx context.Context, pipe redis.Pipeliner, wait time.Duration) func() error {
	if need := f.needed(); need > 0 {
		cmd := redis.NewIntCmd(ctx, "wait", f.connected, wait.Milliseconds())
		_ = pipe.Process(ctx, cmd)
		return func() error {
			n, err := cmd.Result()
			if err != nil {
				return notDurable("%w", err)
			}
			if int(n) < need {
				return notDurable("%d of %s have it, and %d must", n, replicasText(f.most), need)
			}
			return nil
		}
	}
	if !f.alone || f.fsync != fsyncConfirmed {
		return func() error { return nil }
	}
	cmd := redis.NewIntSliceCmd(ctx, "waitaof", 1, 0, wait.Milliseconds())
	_ = pipe.Process(ctx, cmd)
	return func() error {
		ns, err := cmd.Result()
		if err != nil {
			return notDurable("%w", err)
		}
		if len(ns) != 2 || ns[0] < 1 {
			return notDurable("its append-only file was not synced within %s", wait)
		}
		return nil
	}
}

// MustWatch reports whether the intent has to be seen on the disk after it was
// written, by AwaitSync.
func (f Durability) MustWatch() bool { return f.alone && f.fsync == fsyncWatched }

func notDurable(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{port.ErrNotDurable}, args...)...)
}
