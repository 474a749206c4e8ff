package main

import (
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// countingFor sets the stage, without the bot, for a countdown of so long.
func countingFor(t *testing.T, countdown string) *crash {
	t.Helper()
	c := &crash{t: t, play: &play{ctx: t.Context(), bin: built(t), dir: t.TempDir(), speed: 60}}
	policy := "accounts:\n  - {name: main, regions: [ap-guangzhou], currency: CNY}\napprovers: {groups: [S0ONCALL]}\ncountdown: " + countdown + "\n"
	if err := os.WriteFile(filepath.Join(c.dir, "twokey.yaml"), []byte(policy), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := c.open(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.stage.close)
	return c
}

// countsDown returns when the countdown runs.
func (c *crash) countsDown() {
	c.t.Helper()
	if err := c.stage.bot.start(c.ctx); err != nil {
		c.t.Fatal(err)
	}
	c.propose()
	c.confirm()
	c.approve()
	c.await("the countdown", func() bool { return strings.Contains(c.cardText(), "Counting down") })
}

// A stop that was acknowledged wins over the call that is just being made, though
// Slack cannot say who it was: while the machine is looked at for the last time
// it is stopped, and once the intent is burned nothing is sent.
func TestAStopThatIsAcknowledgedBeforeTheCallWinsOverIt(t *testing.T) {
	moments := map[string]func(point, moment) bool{
		"at the last look":          func(p point, m moment) bool { return p.to == "cloud" && m == answered },
		"once the intent is burned": func(p point, m moment) bool { return p.what == secondRead && m == answered },
	}
	ways := map[string]func(*crash) error{
		"hold":   func(c *crash) error { return press(c.play, "U0DEE", "Hold", false) },
		"cancel": func(c *crash) error { return press(c.play, "U0CHO", "Cancel", false) },
		"freeze": func(c *crash) error {
			_, err := c.stage.slack.Command(c.ctx, "U0DEE", channel, "freeze the network burns")
			return err
		},
	}
	for when, is := range moments {
		for way, stop := range ways {
			t.Run(way+" "+when, func(t *testing.T) {
				t.Parallel()
				c := countingFor(t, "5s")
				var counts, stopped atomic.Bool
				c.through(func(p point, m moment) bool {
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
				c.await("its effect", func() bool {
					card, thread := c.cardText(), c.threadText()
					return strings.Contains(card, "On hold") || strings.Contains(card, "Not sent") || strings.Contains(thread, "everything is frozen")
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
	c := countingFor(t, "25s")
	c.countsDown()
	c.other()
	id := proposalID.FindStringSubmatch(c.cardText())[1]
	for range 110 {
		if _, err := c.stage.slack.Command(c.ctx, "U0GUS", channel, "approve "+id); err != nil {
			t.Fatal(err)
		}
	}
	for _, by := range []struct{ user, button, shown string }{
		{"U0CHO", "Hold", "Held by @Cho Park"}, {"U0BOB", "Resume", "Resumed by @Bob Lindqvist"}, {"U0ANN", "Cancel", "Cancelled by @Ann Okafor"},
	} {
		clicked := time.Now()
		c.until("it", func() error { return press(c.play, by.user, by.button, false) }, func() bool { return strings.Contains(c.threadText(), by.shown) })
		if took := time.Since(clicked); took > 10*time.Second {
			t.Errorf("%s after %s", by.shown, took)
		}
	}
	if n := c.stage.cloud.ResetRequests("ins-1a2b3c4d"); n != 0 {
		t.Errorf("%d calls went out", n)
	}
}
