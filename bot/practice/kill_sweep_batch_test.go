package main

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// manySampled is how many kills on that way are played, besides those at what it
// alone has.
const manySampled = 14

// Promises 1 and 4 for several machines: the bot is killed between the making of
// their operations, between what one click does for each, between the waves, or
// anywhere else; what starts again goes on, and each machine is reset once.
func TestAKillAtAnyPointOfSeveralMachinesIsSurvived(t *testing.T) {
	t.Parallel()
	route := theRoute(t, (*rig).walkBoth)
	missed := atomic.Int32{}
	chosen := severalSample(route)
	t.Run("kill", func(t *testing.T) {
		for _, k := range chosen {
			t.Run(k.String(), func(t *testing.T) {
				t.Parallel()
				if !k.playKill(t, (*rig).walkBoth) {
					missed.Add(1)
				}
			})
		}
	})
	t.Logf("%d kills on a way of %d points, %d not reached again", len(chosen), len(route), missed.Load())
	if int(missed.Load()) > len(chosen)/3 {
		t.Errorf("%d of %d kills did not happen: the way is not the one that was numbered", missed.Load(), len(chosen))
	}
}

// severalSample takes the kills at the making of the operations and at what the
// clicks write for each of them, and some of the others.
func severalSample(route []point) []killAt {
	armed := 0 // the last write before the first call: of that, only the signature's end could tell
	for i, p := range route {
		if p.what == "ResetInstance" {
			break
		}
		if p.what == "apply" {
			armed = i
		}
	}
	var out, rest []killAt
	for i, p := range route {
		for _, m := range []moment{asked, answered, handed} {
			k := killAt{p, m}
			switch {
			case p.what == "create", p.what == "apply" && i < armed && m == answered:
				out = append(out, k)
			case p.what != "claim" && !k.mayTakeLong():
				rest = append(rest, k)
			}
		}
	}
	for i, k := range rest {
		if i%(len(rest)/manySampled+1) == 0 {
			out = append(out, k)
		}
	}
	return out
}

// walkBoth goes the whole way of both, and holds what people see against what the
// cloud did.
func (c *rig) walkBoth() {
	c.t.Helper()
	c.proposeLine("web-01 win-01")
	c.approve()
	c.confirmAll("win-01 web-01")
	if c.stopsHalfway() {
		return
	}
	c.checkThread([]string{
		"asks to wipe", "Approved by", "web-01: :key: Backup confirmed", "win-01: :key: Backup confirmed",
		"Both keys are there",
		"web-01 is wiped in", "win-01 is wiped in", "web-01: ResetInstance request sent",
		"win-01: ResetInstance request sent",
		"web-01: :white_check_mark: Done after", "win-01: :white_check_mark: Done after",
	}, 1)
	for _, name := range []string{"web-01", "win-01"} {
		i, err := c.stage.machineNamed(name)
		if err != nil {
			c.t.Fatal(err)
		}
		if n, asked := c.stage.cloud.Resets(i.ID), c.stage.cloud.ResetRequests(i.ID); n != 1 || asked != 1 {
			c.t.Errorf("%s: %d resets of %d requests", name, n, asked)
		}
	}
	thread := c.threadText()
	if strings.Index(thread, "win-01: ResetInstance request sent") < strings.Index(thread, "web-01: :white_check_mark: Done") {
		c.t.Errorf("the second went before the first was done:\n%s", thread)
	}
}

// stopsHalfway waits for the end, and reports whether it is one that a kill between
// arming and sending has by right: the kill may strike there whatever it aims at.
// Then that machine was not reset, and nothing went out after it.
func (c *rig) stopsHalfway() bool {
	c.t.Helper()
	done := func() bool {
		return strings.Contains(
			c.cardText(), "Verified: both machines",
		) && strings.Count(c.threadText(), "steps]") == 2
	}
	halfway := func() bool { return strings.Contains(c.threadText(), "Not sent") }
	over := func() bool { return done() || halfway() }
	soon, cancel := context.WithTimeout(c.ctx, 2*time.Minute)
	defer cancel()
	c.skipDeadTime(soon, over)
	if c.callIsMissing() { // it takes until its signature is dead
		soon, cancel = context.WithTimeout(c.ctx, 4*time.Minute)
		defer cancel()
	}
	if err := c.stage.slack.Wait(soon, over); err != nil {
		c.t.Fatalf(
			"the end did not come:\n%s\n%s\nthe log ends:\n%s", c.cardText(), c.threadText(),
			c.stage.bot.log.lastLines(15),
		)
	}
	if !halfway() {
		return false
	}
	for _, name := range []string{"web-01", "win-01"} {
		i, err := c.stage.machineNamed(name)
		if err != nil {
			c.t.Fatal(err)
		}
		verified := asNumber(strings.Contains(c.threadText(), name+": :white_check_mark: Done after"))
		if n, asked := c.stage.cloud.Resets(i.ID), c.stage.cloud.ResetRequests(i.ID); n != verified ||
			asked != verified {
			c.t.Errorf("%s: %d resets of %d requests, %d verified", name, n, asked, verified)
		}
	}
	return true
}

// Two people propose the same machines at the same moment, in another order: at
// most one proposal comes of it, whoever gets none is told, and no machine stays
// locked for a proposal that nobody sees.
func TestTwoProposalsForTheSameMachinesAtOnceHoldNoneInVain(t *testing.T) {
	t.Parallel()
	c := startRig(t, setting{})
	var both sync.WaitGroup
	for user, line := range map[string]string{"U0ANN": "web-01 win-01", "U0BOB": "win-01 web-01"} {
		both.Go(func() {
			if _, err := c.stage.slack.Command(c.ctx, user, channel, line); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	refused := func(user string) bool {
		return strings.Contains(c.toldAlone(user), "nothing is proposed") || strings.Contains(
			c.toldAlone(user), "has a proposal already",
		)
	}
	c.waitUntil("what came of both", func() bool {
		ann, bob := refused("U0ANN"), refused("U0BOB")
		return ann && bob || (ann || bob) && len(c.stage.slack.Messages(channel)) == 1
	})
	if refused("U0ANN") && refused("U0BOB") { // then both machines are free
		c.doUntilShown("a proposal for both", func() error {
			_, err := c.stage.slack.Command(c.ctx, "U0ANN", channel, "web-01 win-01")
			return err
		}, func() bool { return strings.Contains(c.cardText(), "2 machines") })
	}
	if n := c.cards(); n != 1 {
		t.Errorf("%d cards", n)
	}
}
