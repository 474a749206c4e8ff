//go:build chaos

package main

import (
	"fmt"
	"testing"
	"time"

	"twokey/bot/fakeslack"
)

// Slack is gone for an hour. It is asked rarely, and then gets all within a minute and
// a half.
func TestSlackGoneForAnHourIsAskedRarely(t *testing.T) {
	for how, quarter := range map[string]time.Duration{
		"nobody answers": time.Minute, "every connection breaks": 15 * time.Minute,
	} {
		t.Run(how, func(t *testing.T) {
			inWorld(t, 1, nil, func(w *world) {
				recs := w.propose(3, infra...)
				w.waitUntilEmpty(time.Minute)
				leave := func(gone bool) {
					if how == "nobody answers" {
						w.gone.Store(gone)
					} else if err := w.slack.Switch("down", map[bool]string{
						true:  "on",
						false: "off",
					}[gone]); err != nil {
						w.t.Fatal(err)
					}
				}
				leave(true)
				for range 4 {
					for _, r := range recs {
						w.makeTransition(r.Op.ID)
					}
					w.letPass(quarter)
				}
				tries := int(w.dials.Load()) + w.countCalls("chat.postMessage", wasCutOff) +
					w.countCalls("chat.update", wasCutOff) + w.countCalls(
					"conversations.replies", wasCutOff,
				)
				// After 2, 4, 8 and 16 s, then one each half minute; before that each
				// proposal tries its card and its lines, until it is known that Slack
				// itself is away: these begin together, so that their number varies.
				if most := 5*len(recs) + 4 + int(4*quarter/(30*time.Second)); tries > most || tries < 5 {
					w.t.Errorf("%d attempts in %s, at most %d were due", tries, 4*quarter, most)
				}
				leave(false)
				took := w.waitUntilEmpty(90 * time.Second)
				w.t.Logf("%d attempts in %s; 12 lines arrived %s after it", tries, 4*quarter, took)
				w.mustAllBeTold(recs)
			})
		})
	}
}

func TestABacklogOfAThousandIsWorkedOffWithinSlacksLimits(t *testing.T) {
	var many []string
	for i := range 50 {
		many = append(many, fmt.Sprintf("C0MANY%02d", i))
	}
	for _, c := range []struct {
		name      string
		channels  []string
		proposals int
		lines     int // of each
		bound     time.Duration
	}{
		// One a second in a channel: a card and its lines are 1,000 posts.
		{"one channel, one thread", infra, 1, 999, 1000 * time.Second},
		{"one channel, a hundred threads", infra, 100, 9, 1000 * time.Second},
		// The workspace's cap, 300 a minute of which 240 are sustained.
		{"fifty channels", many, 100, 9, 1000 * time.Second / 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			inWorld(t, 1, many, func(w *world) {
				w.gone.Store(true)
				recs := w.propose(c.proposals, c.channels...)
				for range c.lines - 1 {
					for _, r := range recs {
						w.makeTransition(r.Op.ID)
					}
				}
				w.gone.Store(false)
				took := w.waitUntilEmpty(c.bound * 5 / 4)
				refused := w.countCalls("chat.postMessage", wasLimited) + w.countCalls("chat.update", wasLimited) +
					w.countCalls(
						"conversations.replies", wasLimited,
					)
				w.t.Logf("1,000 posts in %s; the limits alone give %s; %d answers of 429", took, c.bound, refused)
				if refused > 0 {
					w.t.Errorf("%d answers of 429", refused)
				}
				w.mustAllBeTold(recs)
			})
		})
	}
}

func wasCutOff(c fakeslack.Call) bool { return c.Fault == "down" }

func wasLimited(c fakeslack.Call) bool { return c.Status == 429 }
