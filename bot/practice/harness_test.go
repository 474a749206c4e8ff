package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"twokey/commands/parallel"
	"twokey/commands/seal"
)

// The ways in which tests start things, one of each kind:
//
//	setStage, startStage    the doubles, Redis and the unmodified bot, in processes
//	setRig, startRig        such a stage, with people who propose, approve and confirm
//	newReplicas             several bots behind a load balancer, each on its own wire
//	newEngine               the bot's engine in this process
//	inWorld, inSocketWorld  an engine with its Slack side and its memory, on a clock that
//	                        only moves while everybody waits (inBubble)
//
// A story has a stage of its own: see params.

// binaries is the folder of what the tests compile.
var binaries string

func TestMain(m *testing.M) {
	var err error
	if binaries, err = os.MkdirTemp("", "twokey-bot-"); err != nil {
		panic(err)
	}
	flag.Parse()
	countStages()
	debug.SetGCPercent(400) // memory is there, processors are few
	code := m.Run()
	_ = os.RemoveAll(binaries)
	os.Exit(code)
}

// compiled compiles the bot, once for all tests.
var compiled = sync.OnceValues(func() (string, error) { return buildBot(context.Background(), binaries) })

// built returns the path of the bot's binary. With -short it skips the test.
func built(t testing.TB) string {
	t.Helper()
	if testing.Short() {
		t.Skip("-short does not build the bot: make test plays this")
	}
	bin, err := compiled()
	if err != nil {
		t.Fatal(err)
	}
	return bin
}

// What tests may have at the same time is counted by what it costs. -parallel is how
// many stages there may be; tests on a stage wait far more than they compute.
const (
	stagesAProcessor = 6  // unless -parallel says how many there are in all
	testsAtOnce      = 64 // that have or wait for what they need
)

var stages chan struct{}

// countStages makes -parallel the number of stages. Tests that wait for a bubble or a
// browser so take no stage from others.
func countStages() {
	n, given := parallel.Given()
	if !given {
		n = stagesAProcessor * runtime.GOMAXPROCS(0)
	}
	stages = make(chan struct{}, n)
	parallel.Set(max(n, testsAtOnce))
}

// processors are shared by what computes all the time, bubbles and browsers. Tests
// that measure how long people wait have them for themselves, but for other stages.
var processors sync.RWMutex

// shareProcessors is for a test that computes all the time. It comes before the stage.
func shareProcessors(t *testing.T) {
	processors.RLock()
	t.Cleanup(processors.RUnlock)
}

// takeProcessors is for a test that measures time. It comes before the stage.
func takeProcessors(t *testing.T) {
	processors.Lock()
	t.Cleanup(processors.Unlock)
}

// setStage sets a stage and starts no bot yet. What the setting leaves open is as
// in stories.
func setStage(tb testing.TB, set setting) *stage {
	tb.Helper()
	set.bin, set.dir, set.addr = built(tb), tb.TempDir(), "127.0.0.1:0"
	if set.speed == 0 {
		set.speed = storySpeed
	}
	if set.policy == nil {
		set.policy = policyWith(shortest)
	}
	stages <- struct{}{}
	tb.Cleanup(func() { <-stages })
	st, err := newStage(tb.Context(), set)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(st.endAll)
	return st
}

// startStage sets a stage and starts its bot, which must not misbehave until the
// test ends.
func startStage(tb testing.TB, set setting) *stage {
	tb.Helper()
	st := setStage(tb, set)
	if err := st.bot.start(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if bad := st.bot.misbehaviour(); bad != "" {
			tb.Error(bad)
		}
	})
	return st
}

// plainPolicy is a policy file with a countdown of so long and nothing else that is
// not the default.
func plainPolicy(countdown string) []byte {
	return fmt.Appendf(
		nil,
		"accounts:\n  - {name: main, regions: [ap-guangzhou], currency: CNY}\napprovers: {groups: "+
			"[S0ONCALL]}\ncountdown: %s\n",
		countdown,
	)
}

// A rig is a stage with people who do the same again until it is acknowledged, and a
// bot that may be killed once.
type rig struct {
	*play
	t    *testing.T
	wire *wire         // between the bot and all else, if there is one
	dead chan struct{} // closed by the kill
}

// setRig sets the stage and starts no bot yet.
func setRig(t *testing.T, set setting) *rig {
	t.Helper()
	return rigOn(t, setStage(t, set))
}

// startRig sets the stage and starts its bot.
func startRig(t *testing.T, set setting) *rig {
	t.Helper()
	return rigOn(t, startStage(t, set))
}

func rigOn(t *testing.T, st *stage) *rig {
	p := &play{ctx: t.Context(), bin: built(t), dir: st.dir, speed: st.speed, stage: st}
	p.startMemory()
	return &rig{t: t, play: p, dead: make(chan struct{})}
}

// killOnce returns what kills the bot once and starts it again, and whether that
// has happened.
func (c *rig) killOnce() (kill func(), done func() bool) {
	var once sync.Once
	var happened atomic.Bool
	kill = func() {
		once.Do(func() {
			_ = c.stage.bot.kill()
			close(c.dead)
			if err := c.stage.bot.start(c.ctx); err != nil && c.ctx.Err() == nil { // else the test was over first
				c.t.Errorf("started again: %v", err)
			}
			happened.Store(true)
		})
	}
	return kill, happened.Load
}

// comesBack waits for a bot that was killed with the very last call.
func (c *rig) comesBack(started func() bool) {
	c.t.Helper()
	select {
	case <-c.dead:
		c.doUntilShown("the bot's return", func() error { return errors.New("it is starting") }, started)
	default:
	}
}

func (c *rig) waitUntil(what string, cond func() bool) {
	c.t.Helper()
	c.waitUntilWithin(60*time.Second, what, cond)
}

// waitUntilWithin is await for what takes longer, as lines that Slack lets through one by
// one.
func (c *rig) waitUntilWithin(limit time.Duration, what string, cond func() bool) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.ctx, limit)
	defer cancel()
	if err := c.stage.slack.Wait(ctx, cond); err != nil {
		c.t.Fatalf(
			"%s did not come:\n%s\n%s\nthe log ends:\n%s", what, c.cardText(), c.threadText(),
			c.stage.bot.log.lastLines(15),
		)
	}
}

// doUntilShown does something again until it was acknowledged, as a person would who
// sees Slack's warning; from then on it must show by itself.
func (c *rig) doUntilShown(what string, do func() error, shown func() bool) {
	c.t.Helper()
	err := tryUntil(c.ctx, 30*time.Second, func() error {
		if shown() {
			return nil
		}
		return do()
	})
	if err != nil {
		c.t.Fatalf("%s: %v", what, err)
	}
	c.waitUntil(what, shown)
}

// startReplica is a second replica, running, on no wire.
func (c *rig) startReplica() *bot {
	c.t.Helper()
	other, err := c.stage.newReplica(built(c.t))
	if err != nil {
		c.t.Fatal(err)
	}
	if err := other.start(c.ctx); err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { _ = other.kill() })
	return other
}

// practiceSeals are the keys of a bot in practice, which has none but its token.
func practiceSeals(t testing.TB) *seal.Keys {
	t.Helper()
	k, err := seal.FromToken("xoxb-practice")
	if err != nil {
		t.Fatal(err)
	}
	return k
}
