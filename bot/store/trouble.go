package store

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"github.com/redis/go-redis/v9"

	"twokey/commands/port"
)

// troubles are answers of a Redis that is there and does not do its work, each
// with its reason and what to do, in words for people.
var troubles = []struct{ begins, why, next string }{
	{"OOM", "Redis is full (maxmemory)", "Give Redis more memory"},
	{"READONLY", "this Redis is a replica, and read-only", "Wait for the fail-over to end; if it lasts, point Twokey at the primary"},
	{"MISCONF", "Redis cannot save to its disk and takes no writes", "Make room on Redis' disk, or mend it"},
	{"NOREPLICAS", "Redis has too few replicas and takes no writes (min-replicas-to-write)", "Reconnect its replicas"},
	{"LOADING", "Redis is starting and still reads its file", "Wait until it has read it"},
	{"MASTERDOWN", "this Redis is a replica that lost its primary", "Wait for the fail-over to end"},
	{"CLUSTERDOWN", "a part of the Redis Cluster is down", "Look at the Cluster's nodes"},
	{"NOPERM", "Redis does not let its user run %s", "Grant it with ACL SETUSER: %s"},
	{"ERR The user executing the script can't", "Redis does not let its user run a command that Twokey's scripts need", "Run bot check, which names it"},
}

// inScript finds the answer to a command of a script, as Redis 6 words it.
var inScript = regexp.MustCompile(`^ERR Error running script .*: -?(OOM|READONLY|MISCONF|NOREPLICAS) `)

var mayNot = regexp.MustCompile(`permissions to run the '([^' ]+)'`)

// inWords puts the reason for people around an error that has one.
func inWords(err error) error {
	var is redis.Error
	var was *port.RefusedError
	if err == nil || errors.As(err, &was) || !errors.As(err, &is) {
		return err
	}
	text := is.Error()
	if m := inScript.FindStringSubmatch(text); m != nil {
		text = m[1]
	}
	for _, t := range troubles {
		if !strings.HasPrefix(text, t.begins) {
			continue
		}
		if t.begins != "NOPERM" {
			return &port.RefusedError{Why: t.why, Next: t.next, Cause: err}
		}
		if m := mayNot.FindStringSubmatch(text); m != nil {
			return lacks(m[1], err)
		}
		return &port.RefusedError{Why: "Redis does not let its user use Twokey's keys", Next: "Grant them with ACL SETUSER: ~twokey:*", Cause: err}
	}
	return err
}

// lacks names commands that the user of Redis may not run.
func lacks(names string, err error) error {
	var run, grant []string
	for name := range strings.FieldsSeq(names) {
		run = append(run, strings.ToUpper(strings.ReplaceAll(name, "|", " ")))
		grant = append(grant, "+"+name)
	}
	return &port.RefusedError{
		Why:  "Redis does not let its user run " + strings.Join(run, ", "),
		Next: "Grant it with ACL SETUSER: " + strings.Join(grant, " "), Cause: err,
	}
}

// wording has every answer of Redis told in words, whatever asked.
type wording struct{}

func (wording) DialHook(next redis.DialHook) redis.DialHook { return next }

func (wording) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		err := inWords(next(ctx, cmd))
		if cmd.Err() != nil {
			cmd.SetErr(inWords(cmd.Err()))
		}
		return err
	}
}

func (wording) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		err := inWords(next(ctx, cmds))
		for _, cmd := range cmds {
			if cmd.Err() != nil {
				cmd.SetErr(inWords(cmd.Err()))
			}
		}
		return err
	}
}

// permissions returns an error that names each command that Twokey needs and the
// user may not run; nil where none is missing. What else is answered counts for
// nothing here.
func permissions(ctx context.Context, c *redis.Client) error {
	const key = "twokey:{try}"
	conn := c.EphemeralConn() // whatever is answered to such questions, nobody else reads on
	defer func() { _ = conn.Close() }()
	pipe := conn.Pipeline()
	cmds := make([]redis.Cmder, len(needed))
	for i, line := range needed {
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
			name, _, _ := strings.Cut(needed[i], " ")
			if name == "script" {
				name = "script|load"
			}
			names, cause = append(names, name), err
		}
	}
	if names == nil {
		return nil
	}
	return lacks(strings.Join(names, " "), cause)
}

// needed are the commands that Twokey and its scripts run, each as it has no
// effect: KEY holds a word for a second, so that whatever would change it finds a
// value of another kind. Redis looks at the permission first.
var needed = []string{
	"set KEY word PX 1000", "info server", "wait 0 1", "time", "script LOAD ''", "eval x 0", "evalsha x 0",
	"exists KEY", "get KEY", "expire KEY 1", "pexpire KEY 1000", "incr KEY",
	"hget KEY x", "hmget KEY x", "hgetall KEY", "hvals KEY", "hexists KEY x", "hset KEY x 1", "hsetnx KEY x 1", "hdel KEY x", "hincrby KEY x 1",
	"lpush KEY x", "lrange KEY 0 1", "ltrim KEY 0 1",
	"zadd KEY 1 x", "zrem KEY x", "zscore KEY x", "zcount KEY 0 1", "zrange KEY 0 1", "zrevrange KEY 0 1", "zrangebyscore KEY 0 1",
	"zremrangebyrank KEY 0 0", "zremrangebyscore KEY 0 0",
	"scan 0", "exec", "xadd KEY * x 1", "xlen KEY", "xrange KEY - +", "xrevrange KEY - +", "xdel KEY 0-1", "xinfo STREAM KEY",
	"del KEY",
}
