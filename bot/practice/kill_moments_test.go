package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// moments are after how many calls, to Slack and to the cloud together, the bot
// is killed: from the reading of the machine to the last line of the thread.
var moments = []int{6, 9, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 33, 36, 39, 42}

// Promises 1 and 4: kill -9 at a moment, start again, and the proposal goes on;
// nothing that was acknowledged is lost, nothing is told or done twice.
func TestAKillAtAnyMomentLosesNothingAndTheMachineIsResetOnce(t *testing.T) {
	for _, n := range moments {
		t.Run(fmt.Sprintf("after %d calls", n), func(t *testing.T) {
			t.Parallel()
			c := newCrash(t)
			killed := c.killAfter(n)
			c.walk()
			if !killed() {
				t.Fatalf("it was over before %d calls: there were %d", n, c.calls())
			}
			c.check()
		})
	}
}

// The same where it hurts most: Slack has posted, and the bot is killed before
// it knows. What takes over looks before it posts again.
func TestAKillBetweenAPostAndItsAnswerTellsNothingTwice(t *testing.T) {
	for n := range 9 {
		t.Run(fmt.Sprintf("at post %d", n+1), func(t *testing.T) {
			t.Parallel()
			c := newCrash(t)
			killed := c.killAtPost(n)
			c.walk()
			c.comesBack(killed)
			if !killed() && n < surePosts {
				t.Fatalf("there was no post %d", n+1)
			}
			c.check()
		})
	}
}

// surePosts is how many posts there are at least: lines that wait share one.
const surePosts = 7

func newCrash(t *testing.T) *crash {
	t.Helper()
	c := setCrash(t)
	if err := c.stage.bot.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return c
}

// setCrash sets the stage and does not start the bot yet.
func setCrash(t *testing.T) *crash {
	t.Helper()
	c := &crash{t: t, dead: make(chan struct{}), play: &play{ctx: t.Context(), bin: built(t), dir: t.TempDir(), speed: 60}}
	if err := c.open(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.stage.close)
	return c
}

// walk goes the whole way, from the command to the verified end.
func (c *crash) walk() {
	c.t.Helper()
	c.propose()
	c.approve()
	c.confirm()
	c.await("the end", func() bool {
		return strings.Contains(c.cardText(), "Verified") && strings.Contains(c.threadText(), "What to do next")
	})
}

// crash is one play with a kill in it.
type crash struct {
	*play
	t    *testing.T
	dead chan struct{} // closed by the kill
}

func (c *crash) calls() int { return len(c.stage.slack.Calls()) + len(c.stage.cloud.Requests()) }

// killAfter kills the bot once, when so many calls were made, and starts it
// again. It returns whether that has happened.
func (c *crash) killAfter(n int) func() bool {
	kill, done := c.killer()
	reached := func() bool { return c.calls() >= n }
	go func() {
		if c.stage.slack.Wait(c.ctx, reached) == nil {
			kill()
		}
	}()
	go func() {
		if c.stage.cloud.WaitFor(c.ctx, reached) == nil {
			kill()
		}
	}()
	return done
}

// killAtPost lets the post after so many others be done and never answered, and
// kills the bot while it waits for the answer.
func (c *crash) killAtPost(after int) func() bool {
	kill, done := c.killer()
	posted := func() int { // the card, and its thread
		ms := c.stage.slack.Messages(channel)
		n := len(ms)
		for _, m := range ms {
			n += len(c.stage.slack.Thread(channel, m.TS)) - 1
		}
		return n
	}
	go func() {
		if c.stage.slack.Wait(c.ctx, func() bool { return posted() >= after }) != nil {
			return
		}
		if err := c.stage.slack.Switch("chat.postMessage:hang_after", "1"); err != nil {
			c.t.Error(err)
		}
		if c.stage.slack.Wait(c.ctx, func() bool { return posted() > after }) == nil {
			kill()
		}
	}()
	return done
}

// killer returns what kills the bot once and starts it again, and whether that
// has happened.
func (c *crash) killer() (kill func(), done func() bool) {
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
func (c *crash) comesBack(started func() bool) {
	c.t.Helper()
	select {
	case <-c.dead:
		c.until("the bot's return", func() error { return errors.New("it is starting") }, started)
	default:
	}
}

func (c *crash) await(what string, cond func() bool) {
	c.t.Helper()
	c.awaitFor(60*time.Second, what, cond)
}

// awaitFor is await for what takes longer, as lines that Slack lets through one by
// one.
func (c *crash) awaitFor(limit time.Duration, what string, cond func() bool) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.ctx, limit)
	defer cancel()
	if err := c.stage.slack.Wait(ctx, cond); err != nil {
		c.t.Fatalf("%s did not come:\n%s\n%s\nthe log ends:\n%s", what, c.cardText(), c.threadText(), c.stage.bot.log.last(15))
	}
}

// until does something again until it was acknowledged, as a person would who
// sees Slack's warning; from then on it must show by itself.
func (c *crash) until(what string, do func() error, shown func() bool) {
	c.t.Helper()
	err := until(c.ctx, 30*time.Second, func() error {
		if shown() {
			return nil
		}
		return do()
	})
	if err != nil {
		c.t.Fatalf("%s: %v", what, err)
	}
	c.await(what, shown)
}

func (c *crash) propose() { c.t.Helper(); c.proposes("web-01") }

func (c *crash) proposes(words string) {
	c.t.Helper()
	c.until("the card", func() error {
		r, err := c.stage.slack.Command(c.ctx, "U0ANN", channel, words)
		if err == nil && !strings.Contains(r.Text, "Looking at") {
			err = fmt.Errorf("not taken: %s%s", r.Text, r.Warning)
		}
		return err
	}, func() bool { return strings.Contains(c.threadText(), "asks to wipe") })
}

func (c *crash) approve() {
	c.until("the approval", func() error { return press(c.play, "U0BOB", "Approve", false) },
		func() bool { return strings.Contains(c.threadText(), "Approved by") })
}

func (c *crash) confirm() { c.t.Helper(); c.confirms("web-01") }

// confirms does so for the machines whose names are typed.
func (c *crash) confirms(names string) {
	c.t.Helper()
	c.until("the backup", func() error {
		if _, open := c.stage.slack.OpenView("U0ANN"); !open {
			if err := press(c.play, "U0ANN", "Confirm backup", false); err != nil {
				return err
			}
		}
		r, err := c.stage.slack.Submit(c.ctx, "U0ANN", map[string]string{"typed": names})
		if err == nil && !r.Closed {
			err = fmt.Errorf("the form stays open: %v %s", r.Errors, r.Warning)
		}
		return err
	}, func() bool { return strings.Count(c.threadText(), "Backup confirmed") >= len(strings.Fields(names)) })
}

// check holds what people see against what the cloud really did: one reset.
func (c *crash) check() {
	c.t.Helper()
	c.holds([]string{
		"asks to wipe", "Approved by", "Backup confirmed", "Both keys are turned", "Re-checked", "The one call goes out", "Done after", "What to do next",
	}, 1)
}

// holds: so many resets of as many requests, one card, and a thread that tells
// each of its lines once.
func (c *crash) holds(lines []string, resets int) {
	c.t.Helper()
	if n, asked := c.stage.cloud.Resets("ins-1a2b3c4d"), c.stage.cloud.ResetRequests("ins-1a2b3c4d"); n != resets || asked > 1 {
		c.t.Errorf("%d resets of %d requests", n, asked)
	}
	if n := len(c.stage.slack.Messages(channel)); n != 1 {
		c.t.Errorf("%d cards in the channel", n)
	}
	thread := c.threadText()
	for _, line := range lines {
		if n := strings.Count(thread, line); n != 1 {
			c.t.Errorf("%q was told %d times:\n%s", line, n, thread)
		}
	}
	if bad := c.stage.bot.misbehaved(); bad != "" {
		c.t.Error(bad)
	}
}

// Promise 4 over several replicas: the one that works is killed in the middle
// of the countdown, and another goes on within 15 s, without a restart.
func TestAnotherReplicaGoesOnWithinFifteenSeconds(t *testing.T) {
	c := newCrash(t)
	other := c.other()
	c.propose()
	c.approve()
	c.confirm()
	c.await("the countdown", func() bool { return strings.Contains(c.stage.bot.log.String(), "countdown shown") })
	if err := c.stage.bot.kill(); err != nil {
		t.Fatal(err)
	}
	killed := time.Now()
	c.stage.sendTo(other)
	c.await("the call", func() bool { return c.stage.cloud.Resets("ins-1a2b3c4d") == 1 })
	if took := time.Since(killed); took > 15*time.Second {
		t.Errorf("taken over after %s", took)
	}
	c.await("the end", func() bool { return strings.Contains(c.threadText(), "What to do next") })
	c.check()
}

// Where it is killed before the countdown was shown, another shows it within
// 15 s, and it lasts as long as ever.
func TestAnotherReplicaShowsTheCountdownWithinFifteenSeconds(t *testing.T) {
	c := newCrash(t)
	other := c.other()
	c.propose()
	c.approve()
	c.confirm()
	if err := c.stage.bot.kill(); err != nil {
		t.Fatal(err)
	}
	killed := time.Now()
	c.stage.sendTo(other)
	const shown = "countdown shown"
	c.await(shown, func() bool { return strings.Contains(c.stage.bot.log.String()+other.log.String(), shown) })
	if took := time.Since(killed); took > 15*time.Second {
		t.Errorf("shown after %s", took)
	}
	c.await("the end", func() bool { return strings.Contains(c.threadText(), "What to do next") })
	c.check()
}

// other is a second replica, running, on no wire.
func (c *crash) other() *bot {
	c.t.Helper()
	other, err := c.stage.replica(built(c.t))
	if err != nil {
		c.t.Fatal(err)
	}
	if err := other.start(c.ctx); err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { _ = other.kill() })
	return other
}
