package main

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// countsDown returns when the countdown runs.
func (c *rig) countsDown() {
	c.t.Helper()
	if err := c.stage.bot.start(c.ctx); err != nil {
		c.t.Fatal(err)
	}
	c.propose()
	c.confirm()
	c.approve()
	c.waitUntil("the countdown", func() bool { return strings.Contains(c.cardText(), "Counting down") })
}

// A stop that was acknowledged wins over the call that is just being made, though
// Slack cannot say who it was: while the machine is looked at for the last time
// it is stopped, and once the intent is burned nothing is sent.
func TestAStopThatIsAcknowledgedBeforeTheCallWinsOverIt(t *testing.T) {
	t.Parallel()
	moments := map[string]func(point, moment) bool{
		"at the last look":          func(p point, m moment) bool { return p.to == "cloud" && m == answered },
		"once the intent is burned": func(p point, m moment) bool { return p.what == secondRead && m == answered },
	}
	ways := map[string]func(*rig) error{
		"hold":   func(c *rig) error { return pressButton(c.play, "U0DEE", "Hold", false) },
		"cancel": func(c *rig) error { return pressButton(c.play, "U0CHO", "Cancel", false) },
		"freeze": func(c *rig) error {
			_, err := c.stage.slack.Command(c.ctx, "U0DEE", channel, "freeze the network burns")
			return err
		},
	}
	for when, is := range moments {
		for way, stop := range ways {
			t.Run(way+" "+when, func(t *testing.T) {
				t.Parallel()
				c := setRig(t, setting{policy: plainPolicy("5s")})
				var counts, stopped atomic.Bool
				c.putOnWire(func(p point, m moment) bool {
					if counts.Load() && is(p, m) && !stopped.Swap(true) {
						if err := c.stage.slack.Switch("users.info:hang", "1"); err != nil {
							t.Error(err)
						}
						if err := stop(c); err != nil {
							t.Errorf("it was not acknowledged: %v", err)
						}
					}
					return true
				})
				c.countsDown()
				counts.Store(true)
				c.waitUntil("its effect", func() bool {
					card, thread := c.cardText(), c.threadText()
					return strings.Contains(card, "On hold") || strings.Contains(card, "Not sent") || strings.Contains(
						thread, "everything is frozen",
					)
				})
				if when == "at the last look" && strings.Contains(c.cardText(), "Not sent") {
					t.Errorf("the intent was burned all the same:\n%s", c.threadText())
				}
				if n := c.stage.cloud.ResetRequests("ins-1a2b3c4d"); n != 0 {
					t.Errorf("%d calls went out:\n%s", n, c.threadText())
				}
			})
		}
	}
}

// Two bots have one Redis. A guest types a hundred times and more through one of
// them; a hold there is taken at once, and so is whoever goes on.
func TestAFloodByAGuestThroughOneBotDelaysNoHoldThere(t *testing.T) {
	t.Parallel()
	takeProcessors(t)
	c := setRig(t, setting{policy: plainPolicy("25s")})
	c.countsDown()
	c.startReplica()
	id := proposalID.FindStringSubmatch(c.cardText())[1]
	for range 110 {
		if _, err := c.stage.slack.Command(c.ctx, "U0GUS", channel, "approve "+id); err != nil {
			t.Fatal(err)
		}
	}
	for _, by := range []struct{ user, button, shown string }{
		{"U0CHO", "Hold", "Held by @Cho Park"}, {
			"U0BOB", "Resume", "Resumed by @Bob Lindqvist",
		}, {"U0ANN", "Cancel", "Cancelled by @Ann Okafor"},
	} {
		clicked := time.Now()
		c.doUntilShown(
			"it", func() error { return pressButton(c.play, by.user, by.button, false) },
			func() bool { return strings.Contains(c.threadText(), by.shown) },
		)
		if took := time.Since(clicked); took > 10*time.Second {
			t.Errorf("%s after %s", by.shown, took)
		}
	}
	if n := c.stage.cloud.ResetRequests("ins-1a2b3c4d"); n != 0 {
		t.Errorf("%d calls went out", n)
	}
}
