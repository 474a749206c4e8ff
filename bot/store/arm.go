package store

import (
	"context"
	"fmt"

	"github.com/redis/go-redis/v9"

	"twokey/bot/store/keys"
	"twokey/bot/store/lua"
	"twokey/bot/store/redisdb"
	"twokey/commands/port"
)

// arming writes the intent of the one ResetInstance request.
type arming struct {
	*core
	records *records
	life    *epochs
}

// durability asks the master of a partition what keeps an intent there.
func (s *arming) durability(ctx context.Context, conn *redis.Conn, p keys.Partition) (redisdb.Durability, error) {
	return s.db.Durability(ctx, conn, p, func(epoch *redis.StringCmd) string { return s.life.otherLife(p, epoch) })
}

// Arm implements port.Store (doc.go 6.2). The transition, its confirmation and the
// second read travel as one batch on one connection, and never twice. WAIT and
// WAITAOF count the writes of their own connection only (doc.go 1.5). A command that
// was there already is an error too, for this call did not write it, and only the
// call that wrote may send.
func (s *arming) Arm(ctx context.Context, c port.Change) (port.Record, error) {
	run, now, err := s.records.applyCall(c)
	if err != nil {
		return port.Record{}, applyFault(c, err)
	}
	conn, err := s.db.Sticky(ctx, run.Keys[0])
	if err != nil {
		return port.Record{}, applyFault(c, redisdb.Explain(err))
	}
	defer func() { _ = conn.Close() }()
	on, err := s.durability(ctx, conn, keys.OfID(c.Op.ID))
	if err != nil {
		return port.Record{}, applyFault(c, err)
	}

	pipe := conn.Pipeline()
	apply := pipe.Eval(ctx, lua.Apply.Source, run.Keys, run.Args...)
	confirmed := on.Confirm(ctx, pipe, s.db.ConfirmWithin)
	again := pipe.HMGet(ctx, run.Keys[0], "rev", "cmd")
	_, _ = pipe.Exec(ctx) // each command has its own error

	rec, won, err := s.records.readApplied(c, now, apply)
	if err != nil {
		return port.Record{}, err
	}
	if !won {
		return port.Record{}, applyFault(c, fmt.Errorf("%w: an earlier attempt wrote it", port.ErrNotDurable))
	}
	if err := confirmed(); err != nil {
		return port.Record{}, applyFault(c, err)
	}
	if on.MustWatch() {
		if again, err = s.db.AwaitSync(ctx, conn, on, run.Keys[0]); err != nil {
			return port.Record{}, applyFault(c, err)
		}
	}
	if err := stillMine(c, again); err != nil {
		return port.Record{}, applyFault(c, err)
	}
	return rec, nil
}

// MayArm implements port.Store.
func (s *arming) MayArm(ctx context.Context, id string) error {
	canon, ok := keys.ParseID(id)
	if !ok {
		return fmt.Errorf("operation %q: %w", id, port.ErrNotFound)
	}
	conn, err := s.db.Sticky(ctx, keys.OfID(canon).Op(canon))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	_, err = s.durability(ctx, conn, keys.OfID(canon))
	return err
}

// Happened implements port.Store.
func (s *arming) Happened(ctx context.Context, id, command string) (bool, error) {
	canon, ok := keys.ParseID(id)
	if !ok {
		return false, nil
	}
	n, err := s.db.HExists(ctx, keys.OfID(canon).Op(canon), "c:"+command).Result()
	if err != nil {
		return false, fmt.Errorf("the log of operation %s: %w", canon, err)
	}
	return n, nil
}

// stillMine requires that the record shows this very command as its last.
func stillMine(c port.Change, again *redis.SliceCmd) error {
	vs, err := again.Result()
	if err != nil {
		return notDurable("the second read: %w", err)
	}
	if len(vs) != 2 || vs[0] != fmt.Sprint(c.Rev+1) || vs[1] != c.Command {
		return notDurable("the second read found revision %v of command %v", vs[0], vs[1])
	}
	return nil
}

func notDurable(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{port.ErrNotDurable}, args...)...)
}
