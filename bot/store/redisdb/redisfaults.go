package redisdb

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"twokey/commands/port"
)

// faults are answers of a Redis that is there and does not do its work. Each has its
// reason and what to do, in words for people.
var faults = []struct{ begins, why, next string }{
	{"OOM", "Redis is full (maxmemory)", "Give Redis more memory"},
	{"READONLY", "this Redis is a replica, and read-only", "Wait for the fail-over to end; if it lasts, point " +
		"Twokey at the primary"},
	{"MISCONF", "Redis cannot save to its disk and takes no writes", "Make room on Redis' disk, or mend it"},
	{"NOREPLICAS", "Redis has too few replicas and takes no writes (min-replicas-to-write)", "Reconnect its replicas"},
	{"LOADING", "Redis is starting and still reads its file", "Wait until it has read it"},
	{"MASTERDOWN", "this Redis is a replica that lost its primary", "Wait for the fail-over to end"},
	{"CLUSTERDOWN", "a part of the Redis Cluster is down", "Look at the Cluster's nodes"},
	{"NOPERM", "Redis does not let its user run %s", "Grant it with ACL SETUSER: %s"},
	{"ERR The user executing the script can't", "Redis does not let its user run a command that Twokey's " +
		"scripts need", "Run bot check, which names it"},
}

// inScript finds the answer to a command of a script, as Redis 6 words it.
var inScript = regexp.MustCompile(`^ERR Error running script .*: -?(OOM|READONLY|MISCONF|NOREPLICAS) `)

var mayNot = regexp.MustCompile(`permissions to run the '([^' ]+)'`)

// Explain puts the reason for people around an error that has one. It is for
// answers that come past the hook.
func Explain(err error) error {
	var is redis.Error
	var was *port.RefusedError
	if err == nil || errors.As(err, &was) || !errors.As(err, &is) {
		return err
	}
	text := is.Error()
	if m := inScript.FindStringSubmatch(text); m != nil {
		text = m[1]
	}
	for _, t := range faults {
		if !strings.HasPrefix(text, t.begins) {
			continue
		}
		if t.begins != "NOPERM" {
			return &port.RefusedError{Why: t.why, Next: t.next, Cause: err}
		}
		if m := mayNot.FindStringSubmatch(text); m != nil {
			return missingPermissions(m[1], err)
		}
		return &port.RefusedError{
			Why:  "Redis does not let its user use Twokey's keys",
			Next: "Grant them with ACL SETUSER: ~twokey:*", Cause: err,
		}
	}
	return err
}

// missingPermissions names commands that the user of Redis may not run.
func missingPermissions(names string, err error) error {
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

// explaining is a hook that explains every error of Redis, whatever asked.
type explaining struct{}

func (explaining) DialHook(next redis.DialHook) redis.DialHook { return next }

func (explaining) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		err := Explain(next(ctx, cmd))
		if cmd.Err() != nil {
			cmd.SetErr(Explain(cmd.Err()))
		}
		return err
	}
}

func (explaining) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		err := Explain(next(ctx, cmds))
		for _, cmd := range cmds {
			if cmd.Err() != nil {
				cmd.SetErr(Explain(cmd.Err()))
			}
		}
		return err
	}
}

// Warn logs what is met four times a second while it lasts: at its beginning,
// and then ever more rarely.
func (d *DB) Warn(say string, err error) {
	if silent, yes := d.faults.ShouldLog(say, err, time.Now()); yes {
		d.Log.Warn(say, "silent", silent, "err", err)
	}
}
