package store

import (
	"context"
	_ "embed" // the scripts
	"errors"
	"fmt"
	"strings"

	"github.com/redis/go-redis/v9"
)

// The scripts know revisions, leases and clocks, and nothing of the rules.
// What each takes and returns stands above it. All keys of a call share a slot.
var (
	//go:embed lua/prelude.lua
	prelude string
	//go:embed lua/create.lua
	createSrc string
	//go:embed lua/apply.lua
	applySrc string
	//go:embed lua/claim.lua
	claimSrc string
	//go:embed lua/peek.lua
	peekSrc string
	//go:embed lua/renew.lua
	renewSrc string
	//go:embed lua/release.lua
	releaseSrc string
	//go:embed lua/receive.lua
	receiveSrc string
	//go:embed lua/finish.lua
	finishSrc string
	//go:embed lua/tell.lua
	tellSrc string
	//go:embed lua/card.lua
	cardSrc string
	//go:embed lua/reserve.lua
	reserveSrc string
	//go:embed lua/note.lua
	noteSrc string
	//go:embed lua/freeze.lua
	freezeSrc string
	//go:embed lua/unfreeze.lua
	unfreezeSrc string
	//go:embed lua/settle.lua
	settleSrc string
	//go:embed lua/adopt.lua
	adoptSrc string
	//go:embed lua/ship.lua
	shipSrc string
	//go:embed lua/seen.lua
	seenSrc string
	//go:embed lua/present.lua
	presentSrc string
	//go:embed lua/pace.lua
	paceSrc string

	createScript   = newScript("create", createSrc)
	applyScript    = newScript("apply", applySrc)
	claimScript    = newScript("claim", claimSrc)
	peekScript     = newScript("peek", peekSrc)
	renewScript    = newScript("renew", renewSrc)
	releaseScript  = newScript("release", releaseSrc)
	receiveScript  = newScript("receive", receiveSrc)
	finishScript   = newScript("finish", finishSrc)
	tellScript     = newScript("tell", tellSrc)
	cardScript     = newScript("card", cardSrc)
	reserveScript  = newScript("reserve", reserveSrc)
	noteScript     = newScript("note", noteSrc)
	freezeScript   = newScript("freeze", freezeSrc)
	unfreezeScript = newScript("unfreeze", unfreezeSrc)
	settleScript   = newScript("settle", settleSrc)
	seenScript     = newScript("seen", seenSrc)
	shipScript     = newScript("ship", shipSrc)
	adoptScript    = newScript("adopt", adoptSrc)
	presentScript  = newScript("present", presentSrc)
	paceScript     = newScript("pace", paceSrc)

	scripts = []script{
		createScript, applyScript, claimScript, peekScript, renewScript, releaseScript,
		receiveScript, finishScript, tellScript, cardScript, reserveScript, noteScript, freezeScript, unfreezeScript, settleScript, seenScript, shipScript, adoptScript, presentScript, paceScript,
	}
)

// A script is one of the embedded files with the prelude before it.
type script struct {
	name, src string
	*redis.Script
}

func newScript(name, src string) script {
	full := prelude + "\n" + src
	return script{name: name, src: full, Script: redis.NewScript(full)}
}

// A call is one run of a script.
type call struct {
	keys []string
	args []any
}

// run runs a script once: one round trip, two where the server does not know
// the script yet.
func (s *Store) run(ctx context.Context, sc script, c call) *redis.Cmd {
	return sc.Run(ctx, s.db, c.keys, c.args...)
}

// runAll runs a script many times in one pipeline, once more for those calls
// whose server does not know it yet. The answers are in the calls' order.
func (s *Store) runAll(ctx context.Context, sc script, calls []call) []*redis.Cmd {
	out := make([]*redis.Cmd, len(calls))
	pipe := s.db.Pipeline()
	for i, c := range calls {
		out[i] = pipe.EvalSha(ctx, sc.Hash(), c.keys, c.args...)
	}
	_, _ = pipe.Exec(ctx) // each command has its own error
	again := s.db.Pipeline()
	for i, c := range calls {
		if redis.HasErrorPrefix(out[i].Err(), "NOSCRIPT") {
			out[i] = again.Eval(ctx, sc.src, c.keys, c.args...)
		}
	}
	if again.Len() > 0 {
		_, _ = again.Exec(ctx)
	}
	return out
}

// preload makes the scripts known to every master, so that the first click is
// one round trip too. A server that refuses is asked again with each call.
func (s *Store) preload(ctx context.Context) error {
	return s.masters(ctx, func(ctx context.Context, c *redis.Client) error {
		pipe := c.Pipeline()
		for _, sc := range scripts {
			pipe.ScriptLoad(ctx, sc.src)
		}
		_, err := pipe.Exec(ctx)
		return err
	})
}

// errReply says that a script's answer was not understood.
var errReply = errors.New("an answer of Redis was not understood")

// words reads an answer that is a list of strings, numbers and nils.
func words(cmd *redis.Cmd) ([]string, error) {
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
			return nil, fmt.Errorf("%w: %T in a list", errReply, v)
		}
	}
	return out, nil
}

// numbers reads an answer that is a list of want numbers.
func numbers(cmd *redis.Cmd, want int) ([]int64, error) {
	ns, err := cmd.Int64Slice()
	if err != nil {
		return nil, err
	}
	if len(ns) != want {
		return nil, fmt.Errorf("%w: %d numbers instead of %d", errReply, len(ns), want)
	}
	return ns, nil
}

// unsupported reports whether a command or its section is none that this
// server has: so it is on miniredis, and for CONFIG on managed services.
func unsupported(err error) bool {
	if err == nil {
		return false
	}
	m := strings.ToLower(err.Error())
	return strings.Contains(m, "unknown command") || strings.Contains(m, "not supported")
}
