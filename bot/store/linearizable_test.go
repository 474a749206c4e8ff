package store

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"twokey/bot/store/lua"
	"twokey/commands/port"
	"twokey/commands/reinstall"
)

// attempt is one call of apply: a command, decided on a revision.
type attempt struct {
	command string
	rev     int64
}

// answer is what came of it. Unknown may have happened at any time since.
type answer struct {
	what string // ok, stale or unknown
	rev  int64  // of the record that was returned
}

// register is one operation: its revision, and the commands that had effect.
type register struct {
	rev  int64
	done map[string]bool
}

func (r register) with(command string) register {
	done := maps.Clone(r.done)
	done[command] = true
	return register{r.rev + 1, done}
}

// linear is what apply promises: a compare-and-set by revision that has effect
// once, and that knows its own commands again.
var linear = porcupine.NondeterministicModel{
	Init: func() []any { return []any{register{1, map[string]bool{}}} },
	Step: func(state, in, out any) []any {
		s, a, o := state.(register), in.(attempt), out.(answer)
		had, fits := s.done[a.command], s.rev == a.rev
		switch {
		case o.what == "unknown" && !had && fits:
			return []any{s, s.with(a.command)}
		case o.what == "unknown":
			return []any{s}
		case o.what == "ok" && had && o.rev >= s.rev:
			return []any{s}
		case o.what == "ok" && !had && fits && o.rev > s.rev: // the record as this command left it, or later
			return []any{s.with(a.command)}
		case o.what == "stale" && !had && !fits && o.rev == s.rev:
			return []any{s}
		}
		return nil
	},
	Equal: func(a, b any) bool {
		x, y := a.(register), b.(register)
		return x.rev == y.rev && maps.Equal(x.done, y.done)
	},
}

// Promise 1's ground: under lost answers, sent again by the client or not, the
// transition script is linearizable, and one that remembers only the last
// command is not.
func TestTransitionsAreLinearizableWhenAnswersAreLost(t *testing.T) {
	for _, retries := range []string{"3", "-1"} {
		t.Run("retries "+retries, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(20) {
				if h := applied(t, retries, seed, lua.Apply); !porcupine.CheckOperations(linear.ToModel(), h) {
					t.Fatalf("seed %d: not linearizable:\n%s", seed, told(h))
				}
			}
		})
	}
}

func TestTheCheckerRefusesAScriptThatRemembersOnlyTheLastCommand(t *testing.T) {
	t.Parallel()
	const is, was = "if was[2] then return record('dup', KEYS[1]) end",
		"if redis.call('HGET', KEYS[1], 'cmd') == ARGV[2] then return record('dup', KEYS[1]) end"
	if !strings.Contains(lua.Apply.Text, is) {
		t.Fatal("apply.lua looks for its command in another way")
	}
	forgets := lua.New("forgets", strings.Replace(lua.Apply.Text, is, was, 1))
	for seed := range uint64(200) {
		if !porcupine.CheckOperations(linear.ToModel(), applied(t, "3", seed, forgets)) {
			return
		}
	}
	t.Error("200 histories of a script that forgets, and every one passes: the checker is blind")
}

// applied lets four clients apply to one operation through a connection that
// loses answers, and returns what they saw.
func applied(t *testing.T, retries string, seed uint64, sc lua.Script) []porcupine.Operation {
	t.Helper()
	p := startLossy(t, startRedis(t).addr)
	s := open(t, Options{URL: "redis://" + p.Addr().String() + "?max_retries=" + retries})
	rec := create(t, s, ref(int(seed)+1))
	begun := time.Now()
	var mu sync.Mutex
	var history []porcupine.Operation
	var clients sync.WaitGroup
	for i := range 4 {
		rnd := rand.New(rand.NewPCG(seed, uint64(i)))
		clients.Go(func() {
			for n := range 8 {
				rev := rec.Rev
				if now, err := s.Load(t.Context(), rec.Op.ID); err == nil {
					rev = now.Rev
				}
				a := attempt{fmt.Sprintf("client %d, %d", i, n), rev}
				for again := true; again; { // a command whose outcome is unknown may be given again
					if rnd.IntN(3) == 0 {
						p.lose.Store(1)
					}
					call := time.Since(begun).Nanoseconds()
					out := apply(t, s, sc, rec.Op, a)
					end := time.Since(begun).Nanoseconds()
					again = out.what == "unknown" && rnd.IntN(2) == 0
					if out.what == "unknown" {
						end = math.MaxInt64
					}
					mu.Lock()
					history = append(history, porcupine.Operation{
						ClientId: i, Input: a, Call: call, Output: out,
						Return: end,
					})
					mu.Unlock()
				}
			}
		})
	}
	clients.Wait()
	if p.lost.Load() == 0 {
		t.Error("no answer was lost")
	}
	return history
}

func apply(t *testing.T, s *Store, sc lua.Script, op reinstall.Operation, a attempt) answer {
	t.Helper()
	c := click(port.Record{Op: op, Rev: a.rev}, a.command, reinstall.Proposed)
	run, data, err := s.applyCall(c)
	if err != nil {
		t.Error(err)
		return answer{what: "unknown"}
	}
	rec, _, err := s.readApplied(c, data, s.db.Run(t.Context(), sc, run))
	var stale *port.StaleError
	switch {
	case err == nil:
		return answer{"ok", rec.Rev}
	case errors.As(err, &stale):
		return answer{"stale", stale.Now.Rev}
	}
	return answer{what: "unknown"}
}

func told(h []porcupine.Operation) string {
	var b strings.Builder
	for _, o := range h {
		fmt.Fprintf(&b, "%d: %+v -> %+v, %d to %d\n", o.ClientId, o.Input, o.Output, o.Call, o.Return)
	}
	return b.String()
}
