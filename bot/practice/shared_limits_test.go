package main

import (
	"strings"
	"testing"
)

// Slack counts an app's posts, whichever replica makes them (bot/chat/doc.go,
// "Limits"): three replicas with ten proposals in one channel stay within its
// limit, and all is told.
func TestThreeReplicasInOneChannelStayWithinSlacksLimits(t *testing.T) {
	t.Parallel()
	const n, replicas = perChannel, 3
	c := startManyAtOnce(t, n)
	bots := []*bot{c.stage.bot}
	for len(bots) < replicas {
		b, err := c.stage.newReplica(built(t))
		if err != nil {
			t.Fatal(err)
		}
		if err := b.start(t.Context()); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = b.kill() })
		bots = append(bots, b)
	}
	for i := range n {
		c.stage.sendTo(bots[i%replicas])
		if _, err := c.stage.slack.Command(t.Context(), "U0ANN", roomOf(0), boxOf(i)); err != nil {
			t.Fatal(err)
		}
	}
	c.waitUntil("ten cards, each with its first line", func() bool {
		told := 0
		for _, m := range c.stage.slack.Messages(roomOf(0)) {
			for _, r := range c.stage.slack.Thread(roomOf(0), m.TS) {
				if strings.Contains(c.stage.slack.PlainText(r), "asks to wipe and reinstall box-") {
					told++
				}
			}
		}
		return told == n
	})
	c.withinSlacksLimits()
	for i, b := range bots {
		if !strings.Contains(b.log.String(), `"replicas":3`) {
			t.Errorf("replica %d does not know of the others:\n%s", i, b.log.lastLines(5))
		}
	}
}
