package redisdb

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"twokey/commands/port"
)

// Without a replica, the record of a call is as safe as the disk: a
// power cut takes what was not synced to it.

// fsyncMode is how the record of a call gets to the disk before the call.
type fsyncMode int

const (
	// fsyncAlways: Redis syncs before it answers (appendfsync always).
	fsyncAlways fsyncMode = iota
	// fsyncConfirmed: WAITAOF returns once it is synced (1.6).
	fsyncConfirmed
	// fsyncWatched: Redis syncs within a second (appendfsync everysec), and INFO shows
	// whether it lags. Twokey waits twice as long.
	fsyncWatched
)

const (
	// WatchSync is how long a sync of appendfsync everysec has. Redis begins one each
	// second, and holds a write back for at most two (bot/store/doc.go 1.7).
	WatchSync = 2 * time.Second
	// WatchAtMost is when the wait is given up: the call must leave within five
	// seconds of its arming.
	WatchAtMost = 3500 * time.Millisecond
	syncPoll    = 100 * time.Millisecond
)

// diskAnswers are what was asked of a master about it.
type diskAnswers struct {
	persistence *redis.StringCmd
	conf        *redis.MapStringStringCmd // appendfsync and no-appendfsync-on-rewrite
	waitaof     *redis.IntSliceCmd        // that waits for nothing: whether there is one
}

func askDisk(ctx context.Context, pipe redis.Pipeliner) diskAnswers {
	k := diskAnswers{persistence: pipe.Info(ctx, "persistence"), conf: pipe.ConfigGet(ctx, "*appendfsync*")}
	k.waitaof = redis.NewIntSliceCmd(ctx, "waitaof", 0, 0, 1)
	_ = pipe.Process(ctx, k.waitaof)
	return k
}

// fsyncMode says how a record of a call is synced, or why it is not.
func (k diskAnswers) fsyncMode() (fsyncMode, error) {
	conf, err := k.conf.Result()
	return fsyncModeOf(conf, err, k.waitaof.Err())
}

// fsyncModeOf decides by the settings, err if they cannot be read, and by the
// error of a WAITAOF.
func fsyncModeOf(conf map[string]string, err, waitaof error) (fsyncMode, error) {
	fsync, lets := conf["appendfsync"], conf["no-appendfsync-on-rewrite"]
	switch {
	case err == nil && fsync == "no":
		return 0, cannotArm("it does not sync its append-only file to the disk (appendfsync no). The operator should set "+
			"appendfsync everysec or always, or durability: best-effort in the policy file", nil)
	case err == nil && fsync == "always" && lets == "no":
		return fsyncAlways, nil
	case waitaof == nil: // it confirms, whatever the settings are
		return fsyncConfirmed, nil
	case err != nil || fsync == "" || lets == "":
		return 0, cannotArm("it does not say how often it syncs its append-only file to the disk. The operator "+
			"should grant its user +config|get, or set durability: best-effort in the policy file", err)
	case lets != "no":
		return 0, cannotArm("it does not sync its append-only file while it saves (no-appendfsync-on-rewrite). "+
			"The operator should set that to no, or durability: best-effort in the policy file", nil)
	case fsync == "everysec":
		return fsyncWatched, nil
	}
	return 0, cannotArm(fmt.Sprintf("appendfsync is %q, which Twokey does not know; the operator should set "+
		"everysec or always", fsync), nil)
}

// onDisk reports whether what was written when before was read is on the disk
// after, at least WatchSync later. An error says why it may never get there.
func onDisk(before, after map[string]string) (bool, error) {
	for _, f := range []string{
		"aof_enabled", "aof_last_write_status", "aof_delayed_fsync", "aof_pending_bio_fsync", "aof_buffer_length",
	} {
		if before[f] == "" || after[f] == "" {
			return false, fmt.Errorf("INFO persistence does not show %s", f)
		}
	}
	switch {
	case after["aof_enabled"] != "1":
		return false, fmt.Errorf("the append-only file was turned off meanwhile")
	case after["aof_last_write_status"] != "ok":
		return false, fmt.Errorf("the append-only file cannot be written (%s)", after["aof_last_write_status"])
	case after["aof_delayed_fsync"] != before["aof_delayed_fsync"]:
		return false, fmt.Errorf("a sync of the append-only file was late: the disk is slow")
	}
	return after["aof_pending_bio_fsync"] == "0" && after["aof_buffer_length"] == "0", nil
}

// AwaitSync returns once what was written on conn is on the disk, as far as INFO
// shows, with the second read of the record. Whatever is in doubt is
// ErrNotDurable.
func (d *DB) AwaitSync(ctx context.Context, conn *redis.Conn, on Durability, key string) (*redis.SliceCmd, error) {
	begun := time.Now()
	for wait := d.watchSync; ; wait = syncPoll {
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%w: %w", port.ErrNotDurable, ctx.Err())
		case <-time.After(wait):
		}
		pipe := conn.Pipeline()
		info, again := pipe.Info(ctx, "persistence"), pipe.HMGet(ctx, key, "rev", "cmd")
		_, _ = pipe.Exec(ctx) // each command has its own error
		text, err := info.Result()
		if err != nil {
			return nil, fmt.Errorf("%w: %w", port.ErrNotDurable, err)
		}
		ok, err := onDisk(on.persistence, infoFields(text))
		switch {
		case err != nil:
			return nil, fmt.Errorf("%w: %w", port.ErrNotDurable, err)
		case ok:
			return again, nil
		case time.Since(begun) > WatchAtMost:
			return nil, fmt.Errorf("%w: it was not on the disk after %s",
				port.ErrNotDurable, time.Since(begun).Round(100*time.Millisecond))
		}
	}
}
