package redisdb

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/redis/go-redis/v9"

	"twokey/bot/store/lua"
)

// A Call is one run of a script.
type Call struct {
	Keys []string
	Args []any
}

// Run runs a script once: one round trip, two if the server does not know
// the script yet.
func (d *DB) Run(ctx context.Context, sc lua.Script, c Call) *redis.Cmd {
	return sc.Run(ctx, d.UniversalClient, c.Keys, c.Args...)
}

// RunAll runs a script many times in one pipeline, once more for those calls
// whose server does not know it yet. The answers are in the calls' order.
func (d *DB) RunAll(ctx context.Context, sc lua.Script, calls []Call) []*redis.Cmd {
	out := make([]*redis.Cmd, len(calls))
	pipe := d.Pipeline()
	for i, c := range calls {
		out[i] = pipe.EvalSha(ctx, sc.Hash(), c.Keys, c.Args...)
	}
	_, _ = pipe.Exec(ctx) // each command has its own error
	again := d.Pipeline()
	for i, c := range calls {
		if redis.HasErrorPrefix(out[i].Err(), "NOSCRIPT") {
			out[i] = again.Eval(ctx, sc.Source, c.Keys, c.Args...)
		}
	}
	if again.Len() > 0 {
		_, _ = again.Exec(ctx)
	}
	return out
}

// LoadScripts makes the scripts known to every master, so that the first click is
// one round trip too. A server that refuses is asked again with each call.
func (d *DB) LoadScripts(ctx context.Context) error {
	return d.EachMaster(ctx, func(ctx context.Context, c *redis.Client) error {
		pipe := c.Pipeline()
		for _, sc := range lua.All {
			pipe.ScriptLoad(ctx, sc.Source)
		}
		_, err := pipe.Exec(ctx)
		return err
	})
}

// ErrReply says that a script's answer was not understood.
var ErrReply = errors.New("an answer of Redis was not understood")

// Strings reads an answer that is a list of strings, numbers and nils.
func Strings(cmd *redis.Cmd) ([]string, error) {
	vs, err := cmd.Slice()
	if err != nil {
		return nil, err
	}
	out := make([]string, len(vs))
	for i, v := range vs {
		switch v := v.(type) {
		case nil:
		case string:
			out[i] = v
		case int64:
			out[i] = fmt.Sprint(v)
		default:
			return nil, fmt.Errorf("%w: %T in a list", ErrReply, v)
		}
	}
	return out, nil
}

// Numbers reads an answer that is a list of want numbers.
func Numbers(cmd *redis.Cmd, want int) ([]int64, error) {
	ns, err := cmd.Int64Slice()
	if err != nil {
		return nil, err
	}
	if len(ns) != want {
		return nil, fmt.Errorf("%w: %d numbers instead of %d", ErrReply, len(ns), want)
	}
	return ns, nil
}

// isUnsupported reports whether this server lacks a command or its section, as
// miniredis does, and managed services do for CONFIG.
func isUnsupported(err error) bool {
	if err == nil {
		return false
	}
	m := strings.ToLower(err.Error())
	return strings.Contains(m, "unknown command") || strings.Contains(m, "not supported")
}
