package redisdb

import (
	"context"
	"strings"

	"github.com/redis/go-redis/v9"
)

// checkPermissions returns an error that names each command that Twokey needs and the
// user may not run; nil if all are allowed. Other answers do not count here.
func checkPermissions(ctx context.Context, c *redis.Client) error {
	const key = "twokey:{try}"
	conn := c.EphemeralConn() // whatever is answered to such questions, nobody else reads on
	defer func() { _ = conn.Close() }()
	pipe := conn.Pipeline()
	cmds := make([]redis.Cmder, len(neededCommands))
	for i, line := range neededCommands {
		var args []any
		for f := range strings.FieldsSeq(line) {
			if f == "KEY" {
				f = key
			}
			args = append(args, f)
		}
		cmds[i] = redis.NewCmd(ctx, args...)
		_ = pipe.Process(ctx, cmds[i])
	}
	_, _ = pipe.Exec(ctx) // each command has its own error
	var names []string
	var cause error
	for i, cmd := range cmds {
		if err := cmd.Err(); err != nil && strings.Contains(err.Error(), "has no permissions to run") {
			name, _, _ := strings.Cut(neededCommands[i], " ")
			if name == "script" {
				name = "script|load"
			}
			names, cause = append(names, name), err
		}
	}
	if names == nil {
		return nil
	}
	return missingPermissions(strings.Join(names, " "), cause)
}

// neededCommands are the commands that Twokey and its scripts run, each as it has no
// effect (bot/store/doc.go 1.12). KEY holds a word for a second, so that a command
// that would change it finds a value of another kind.
var neededCommands = []string{
	"set KEY word PX 1000", "info server", "wait 0 1", "time", "script LOAD ''", "eval x 0", "evalsha x 0",
	"exists KEY", "get KEY", "expire KEY 1", "pexpire KEY 1000", "incr KEY",
	"hget KEY x", "hmget KEY x", "hgetall KEY", "hvals KEY", "hexists KEY x",
	"hset KEY x 1", "hsetnx KEY x 1", "hdel KEY x", "hincrby KEY x 1",
	"lpush KEY x", "lrange KEY 0 1", "ltrim KEY 0 1",
	"zadd KEY 1 x", "zrem KEY x", "zscore KEY x", "zcount KEY 0 1",
	"zrange KEY 0 1", "zrevrange KEY 0 1", "zrangebyscore KEY 0 1",
	"zremrangebyrank KEY 0 0", "zremrangebyscore KEY 0 0",
	"scan 0", "exec", "xadd KEY * x 1", "xlen KEY", "xrange KEY - +",
	"xrevrange KEY - +", "xdel KEY 0-1", "xinfo STREAM KEY",
	"del KEY",
}
