package main

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// moments are after how many calls, to Slack and to the cloud together, the bot
// is killed: from the reading of the machine to the last line of the thread.
var moments = []int{6, 9, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 33, 36, 39, 42}

// Promises 1 and 4: kill -9 at a moment, start again, and the proposal goes on;
// nothing that was acknowledged is lost, nothing is told or done twice.
func TestAKillAtAnyMomentLosesNothingAndTheMachineIsResetOnce(t *testing.T) {
	t.Parallel()
	for _, n := range moments {
		t.Run(fmt.Sprintf("after %d calls", n), func(t *testing.T) {
			t.Parallel()
			c := startRig(t, setting{})
			killed := c.killAfter(n)
			c.goTheWay()
			if !killed() {
				t.Fatalf("it was over before %d calls: there were %d", n, c.countCalls())
			}
			c.checkOneReset()
		})
	}
}

// The same where it hurts most: Slack has posted, and the bot is killed before
// it knows. What takes over looks before it posts again.
func TestAKillBetweenAPostAndItsAnswerTellsNothingTwice(t *testing.T) {
	t.Parallel()
	for n := range 9 {
		t.Run(fmt.Sprintf("at post %d", n+1), func(t *testing.T) {
			t.Parallel()
			c := startRig(t, setting{})
			killed := c.killAtPost(n)
			c.goTheWay()
			if n < surePosts { // with the last one the kill is still on its way
				c.doUntilShown(fmt.Sprintf("post %d", n+1), func() error { return errors.New("not killed yet") }, killed)
			}
			c.comesBack(killed)
			c.checkOneReset()
		})
	}
}

// surePosts is how many posts there are: the card and five messages of its thread.
const surePosts = 6

// goTheWay goes the whole way, from the command to the verified end.
func (c *rig) goTheWay() {
	c.t.Helper()
	c.propose()
	c.approve()
	c.confirm()
	c.waitUntil("the end", func() bool {
		return strings.Contains(c.cardText(), "Verified") && strings.Contains(c.threadText(), "steps]")
	})
}

// cards are the messages of the channel that are no copy of a line.
func (c *rig) cards() (n int) {
	for _, m := range c.stage.slack.Messages(channel) {
		if !m.IsReply() {
			n++
		}
	}
	return n
}

func (c *rig) countCalls() int { return len(c.stage.slack.Calls()) + len(c.stage.cloud.Requests()) }

// killAfter kills the bot once, when so many calls were made, and starts it
// again. It returns whether that has happened.
func (c *rig) killAfter(n int) func() bool {
	kill, done := c.killOnce()
	reached := func() bool { return c.countCalls() >= n }
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
func (c *rig) killAtPost(after int) func() bool {
	kill, done := c.killOnce()
	posted := func() int { // the card, and its thread
		n := 0
		for _, m := range c.stage.slack.Messages(channel) {
			if !m.IsReply() {
				n += len(c.stage.slack.Thread(channel, m.TS))
			}
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

func (c *rig) propose() { c.t.Helper(); c.proposeLine("web-01") }

func (c *rig) proposeLine(words string) {
	c.t.Helper()
	c.doUntilShown("the card", func() error {
		r, err := c.stage.slack.Command(c.ctx, "U0ANN", channel, words)
		if err == nil && !strings.Contains(r.Text, "Looking at") {
			err = fmt.Errorf("not taken: %s%s", r.Text, r.Warning)
		}
		return err
	}, func() bool { return strings.Contains(c.threadText(), "asks to wipe") })
}

func (c *rig) approve() {
	c.doUntilShown("the approval", func() error { return pressButton(c.play, "U0BOB", "Approve", false) },
		func() bool { return strings.Contains(c.threadText(), "Approved by") })
}

func (c *rig) confirm() { c.t.Helper(); c.confirmAll("web-01") }

// confirmAll does so for the machines whose names are typed.
func (c *rig) confirmAll(names string) {
	c.t.Helper()
	c.doUntilShown("the backup", func() error {
		if _, open := c.stage.slack.OpenView("U0ANN"); !open {
			if err := pressButton(c.play, "U0ANN", "Confirm backup", false); err != nil {
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

// checkOneReset holds what people see against what the cloud really did: one reset.
func (c *rig) checkOneReset() {
	c.t.Helper()
	c.checkThread([]string{
		"asks to wipe", "Approved by", "Backup confirmed", "Both keys are there", "is wiped in",
		"ResetInstance request",
		"Done after", "steps]",
	}, 1)
}

// checkThread: so many resets of as many requests, one card, and a thread that tells
// each of its lines once.
func (c *rig) checkThread(lines []string, resets int) {
	c.t.Helper()
	if n, asked := c.stage.cloud.Resets("ins-1a2b3c4d"), c.stage.cloud.ResetRequests("ins-1a2b3c4d"); n != resets ||
		asked > 1 {
		c.t.Errorf("%d resets of %d requests", n, asked)
	}
	if n := c.cards(); n != 1 {
		c.t.Errorf("%d cards in the channel", n)
	}
	for _, line := range lines { // an edit may come after the end
		c.waitUntil(line, func() bool { return c.linesWith(line) > 0 })
		if n := c.linesWith(line); n != 1 {
			c.t.Errorf("%q was told %d times:\n%s", line, n, c.threadText())
		}
	}
	if bad := c.stage.bot.misbehaviour(); bad != "" {
		c.t.Error(bad)
	}
}

// Promise 4 over several replicas: the one that works is killed in the middle
// of the countdown, and another goes on within 15 s, without a restart.
func TestAnotherReplicaGoesOnWithinFifteenSeconds(t *testing.T) {
	t.Parallel()
	takeProcessors(t)
	c := startRig(t, setting{})
	other := c.startReplica()
	c.propose()
	c.approve()
	c.confirm()
	c.waitUntil("the countdown", func() bool { return strings.Contains(c.stage.bot.log.String(), "countdown shown") })
	if err := c.stage.bot.kill(); err != nil {
		t.Fatal(err)
	}
	killed := time.Now()
	c.stage.sendTo(other)
	c.waitUntil("the call", func() bool { return c.stage.cloud.Resets("ins-1a2b3c4d") == 1 })
	if took := time.Since(killed); took > 15*time.Second {
		t.Errorf("taken over after %s", took)
	}
	c.waitUntil("the end", func() bool { return strings.Contains(c.threadText(), "steps]") })
	c.checkOneReset()
}

// Where it is killed before the countdown was shown, another shows it within
// 15 s, and it lasts as long as ever.
func TestAnotherReplicaShowsTheCountdownWithinFifteenSeconds(t *testing.T) {
	t.Parallel()
	takeProcessors(t)
	c := startRig(t, setting{})
	other := c.startReplica()
	c.propose()
	c.approve()
	c.confirm()
	if err := c.stage.bot.kill(); err != nil {
		t.Fatal(err)
	}
	killed := time.Now()
	c.stage.sendTo(other)
	const shown = "countdown shown"
	c.waitUntil(shown, func() bool { return strings.Contains(c.stage.bot.log.String()+other.log.String(), shown) })
	if took := time.Since(killed); took > 15*time.Second {
		t.Errorf("shown after %s", took)
	}
	c.waitUntil("the end", func() bool { return strings.Contains(c.threadText(), "steps]") })
	c.checkOneReset()
}
