package main

import (
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// A process is frozen between the intent and the call. Meanwhile somebody resets
// the machine in the console, and another replica takes that reset for ours. When
// the first one thaws, its fence lets nothing out, and its word is heard: nothing
// green is shown, and the reset from outside is reported.
func TestASenderThatKnowsThatItSentNothingIsHeard(t *testing.T) {
	t.Parallel()
	c := setRig(t, setting{})
	var once atomic.Bool
	frozen := make(chan struct{})
	c.putOnWire(func(p point, m moment) bool {
		if p.what == secondRead && m == answered && !once.Swap(true) {
			if err := c.stage.bot.signalIfRunning(syscall.SIGSTOP); err != nil {
				t.Error(err)
			}
			close(frozen)
		}
		return true
	})
	for name, value := range map[string]string{"audit_delay": "30m", "reset_stuck": "on"} {
		if err := c.stage.cloud.Switch(name, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.stage.bot.start(c.ctx); err != nil {
		t.Fatal(err)
	}
	c.propose()
	c.approve()
	c.confirm()
	select {
	case <-frozen:
	case <-time.After(time.Minute):
		t.Fatal("it never came to the second read")
	}
	c.stage.sendTo(c.startReplica())
	if err := c.stage.cloud.Operate("ins-1a2b3c4d", "ResetInstance"); err != nil {
		t.Fatal(err)
	}
	c.waitUntil(
		"what was inferred",
		func() bool {
			return strings.Contains(c.threadText(), "machine's record shows that the cloud took the request")
		},
	)
	if err := c.stage.bot.signalIfRunning(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	c.waitUntil("the sender's word", func() bool { return strings.Contains(c.cardText(), "Not sent") })
	if err := c.stage.cloud.Switch("reset_stuck", "off"); err != nil {
		t.Fatal(err)
	}
	c.waitUntil("the report in the channel", func() bool {
		return strings.Contains(c.threadText(),
			"somebody reinstalled the machine from outside Twokey.") &&
			strings.Contains(c.threadText(), "was reinstalled from outside Twokey: ")
	})
	if n := c.stage.cloud.ResetRequests("ins-1a2b3c4d"); n != 0 {
		t.Errorf("%d calls went out", n)
	}
	if card := c.cardText(); strings.Contains(card, "Done") || strings.Contains(card,
		"Nothing was done to the machine") {
		t.Errorf("the card shows:\n%s", card)
	}
}
