package main

import (
	"fmt"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alicebob/miniredis/v2"

	"twokey/commands/reinstall/model"
	"twokey/commands/wiring"
)

// newEngine is the bot's engine in this process, under the default policy.
func newEngine(cfg wiring.Config) *wiring.Twokey {
	cfg.Policy = func() model.Policy { return model.Policy{} }
	return wiring.New(cfg)
}

// bubbles are those that run: half of the processors are left to the stages.
var bubbles = make(chan struct{}, max(1, runtime.GOMAXPROCS(0)/2))

// inBubble runs do on a clock that only moves while everybody waits, beside a Redis
// that is told the time at each tick. It returns what was not as it should be.
func inBubble(t *testing.T, tick time.Duration, do func(*report, *miniredis.Miniredis)) []string {
	t.Helper()
	bubbles <- struct{}{}
	defer func() { <-bubbles }()
	processors.RLock()
	defer processors.RUnlock()
	mini := miniredis.RunT(t) // outside: it waits on a real socket
	found := &report{}
	synctest.Test(t, func(t *testing.T) {
		found.T = t
		mini.SetTime(time.Now())
		done := make(chan struct{})
		var clock sync.WaitGroup
		clock.Go(func() { keepRedisTime(mini, tick, done) })
		defer clock.Wait()
		defer close(done)
		found.runUntilFatal(func() { do(found, mini) })
	})
	return found.what
}

// keepRedisTime keeps Redis' clock at the bubble's.
func keepRedisTime(mini *miniredis.Miniredis, every time.Duration, done chan struct{}) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return
		case now := <-tick.C:
			mini.SetTime(now)
		}
	}
}

// report notes what is not as it should be, so that the world is taken down in
// order before anybody is told: a failed bubble would end the test at once.
type report struct {
	*testing.T

	what []string
}

// enough ends what until runs.
type enough struct{}

func (r *report) runUntilFatal(do func()) {
	defer func() {
		if x := recover(); x != nil && x != (enough{}) {
			panic(x)
		}
	}()
	do()
}

func (r *report) Error(a ...any) { r.what = append(r.what, fmt.Sprint(a...)) }

func (r *report) Errorf(f string, a ...any) { r.what = append(r.what, fmt.Sprintf(f, a...)) }

func (r *report) Fatal(a ...any) {
	r.Error(a...)
	panic(enough{})
}

func (r *report) Fatalf(f string, a ...any) {
	r.Errorf(f, a...)
	panic(enough{})
}
