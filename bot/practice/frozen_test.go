//go:build chaos

package main

import (
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// These two take the five minutes that a signature is good for: `make chaos` has
// them.

// past is longer than a signature is good for: Tencent Cloud refuses a timestamp that
// is more than five minutes off, as AuthFailure.SignatureExpire (cloud/doc.go).
const past = 310 * time.Second

// A process frozen between arming and sending, for longer than its signature
// is good for, sends nothing when it thaws.
func TestWhoeverIsFrozenPastTheSignatureSendsNothing(t *testing.T) {
	t.Parallel()
	c := setRig(t, setting{})
	var once onceOnly
	frozen, thawed := make(chan struct{}), make(chan struct{})
	c.putOnWire(func(p point, m moment) bool {
		if p.what == secondRead && m == answered && once.isFirst() {
			b := c.stage.bot
			if err := b.signalIfRunning(syscall.SIGSTOP); err != nil {
				t.Error(err)
			}
			close(frozen)
			go func() {
				waitFor(c.ctx, past)
				_ = b.signalIfRunning(syscall.SIGCONT)
				close(thawed)
			}()
		}
		return true
	})
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
	c.stage.sendTo(c.startReplica()) // started now: before, it might have armed it itself
	c.checkTrueEnd()
	<-thawed
	waitFor(c.ctx, 10*time.Second) // far more than the call would take
	if n := c.stage.cloud.ResetRequests("ins-1a2b3c4d"); n != 0 {
		t.Errorf("%d calls went out", n)
	}
	if !strings.Contains(c.cardText(), "Not sent") {
		t.Errorf("it did not end so:\n%s", c.cardText())
	}
}

// A call that is under way for longer than its signature is good for is refused
// by the cloud; the record says not sent only when that is certain.
func TestACallThatArrivesTooLateChangesNothing(t *testing.T) {
	t.Parallel()
	c := setRig(t, setting{})
	var once onceOnly
	arrived := make(chan time.Time, 1)
	c.putOnWire(func(p point, m moment) bool {
		if p.what == "ResetInstance" && m == asked && once.isFirst() {
			waitFor(c.ctx, past)
			arrived <- time.Now()
		}
		return true
	})
	if err := c.stage.bot.start(c.ctx); err != nil {
		t.Fatal(err)
	}
	c.propose()
	c.approve()
	c.confirm()
	c.waitUntil("the lost answer", func() bool { return strings.Contains(c.threadText(), "The answer was lost") })
	early := c.cardText()
	if strings.Contains(early, "Not sent") {
		t.Errorf("it says not sent while the call is under way:\n%s", early)
	}
	c.checkTrueEnd()
	<-arrived
	if err := c.stage.cloud.WaitFor(
		c.ctx, func() bool { return c.stage.cloud.ResetRequests("ins-1a2b3c4d") == 1 },
	); err != nil {
		t.Error(err)
	}
	if n := c.stage.cloud.Resets("ins-1a2b3c4d"); n != 0 || !strings.Contains(c.cardText(), "Not sent") {
		t.Errorf("%d resets:\n%s", n, c.cardText())
	}
}

// onceOnly is true the first time.
type onceOnly struct{ done atomic.Bool }

func (o *onceOnly) isFirst() bool { return !o.done.Swap(true) }
