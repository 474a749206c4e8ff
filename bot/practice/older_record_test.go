package main

import (
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// A replay: whoever may write to Redis puts a record back as it was, with its log,
// after its proposal went on. Each row brings a proposal to a state, and then on.
var replays = map[string]struct{ to, on func(r *olderRecord) }{
	"proposed, then cancelled": {(*olderRecord).toProposed, (*olderRecord).cancelIt},
	"proposed, then done":      {(*olderRecord).toProposed, (*olderRecord).keysAndDone},
	"approved, then cancelled": {
		(*olderRecord).toApproved, func(r *olderRecord) { r.cancelIt(); r.typeLine("U0BOB", "unfreeze") },
	},
	"announced, then cancelled": {(*olderRecord).toAnnounced, (*olderRecord).cancelIt},
	"ready, then cancelled":     {(*olderRecord).toReady, (*olderRecord).cancelIt},
	"ready, then held":          {(*olderRecord).toReady, (*olderRecord).holdIt},
	"ready, then resumed": {
		(*olderRecord).toReady, func(r *olderRecord) { r.holdIt(); r.pressUntil("U0BOB", "Resume", "Resumed by") },
	},
	"ready, then done":     {(*olderRecord).toReady, (*olderRecord).waitForDone},
	"held, then cancelled": {(*olderRecord).toHeld, (*olderRecord).cancelIt},
	"held, then done": {
		(*olderRecord).toHeld, func(r *olderRecord) { r.pressUntil("U0BOB", "Resume", "Resumed by"); r.waitForDone() },
	},
	"armed, then done": {(*olderRecord).toArmed, func(r *olderRecord) { r.restartBot(nil); r.waitForDone() }},
	"sent, then done": {
		(*olderRecord).toSent, func(r *olderRecord) { r.setSwitch("reset_stuck", "off"); r.waitForDone() },
	},
	"unknown, then resolved":    {(*olderRecord).toUnknown, (*olderRecord).resolveIt},
	"done, then proposed again": {(*olderRecord).toDone, (*olderRecord).proposesAgain},
	"cancelled, then done again": {
		func(r *olderRecord) { r.toProposed(); r.cancelIt() },
		func(r *olderRecord) { r.proposesAgain(); r.keysAndDone() },
	},
}

func TestAnOlderRecordPutBackInAnyStateWipesNothingThatNobodySeesComing(t *testing.T) {
	t.Parallel()
	var rows sync.WaitGroup
	defer rows.Wait()
	few := make(chan struct{}, 5) // they mostly wait
	for name, row := range replays {
		rows.Go(func() {
			few <- struct{}{}
			defer func() { <-few }()
			t.Run(name, func(t *testing.T) {
				r := &olderRecord{rig: startRig(t, setting{})}
				row.to(r)
				r.copyRedis()
				row.on(r)
				r.checkNoUnseenWipe("while Twokey runs", r.putBack)
				r.checkNoUnseenWipe("while Twokey was down", func() { r.restartBot(r.putBack) })
			})
		})
	}
}

// olderRecord is a play in which an older record is put back.
type olderRecord struct {
	*rig
	in *intruder
	op found
}

const watchFor = shortest + 3*time.Second

// comes is of the message that announces a countdown, also after it was edited.
var comes = regexp.MustCompile(`is wiped in|The wipe of \S+ starts|The countdown to wipe|` + callLine.String())

func (r *olderRecord) copyRedis() {
	r.t.Helper()
	in, err := newIntruder(r.play)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = in.c.Close() })
	if r.in, err = in, in.copyAll(r.play, "old"); err != nil {
		r.t.Fatal(err)
	}
	if r.op, err = in.newestOperation("web-01"); err != nil {
		r.t.Fatal(err)
	}
}

func (r *olderRecord) putBack() {
	r.t.Helper()
	if err := r.in.putBack(r.play.copies["old"], "*"+r.op.id+"*"); err != nil {
		r.t.Fatal(err)
	}
	if err := r.in.makeDue(r.op); err != nil {
		r.t.Fatal(err)
	}
}

// checkNoUnseenWipe fails if a call goes out after do without a countdown that was
// announced after it, and lasted.
func (r *olderRecord) checkNoUnseenWipe(when string, do func()) {
	r.t.Helper()
	calls := func() int { return r.stage.cloud.ResetRequests("ins-1a2b3c4d") }
	lines := func() int { return len(comes.FindAllString(r.allThreads(), -1)) }
	before, told, announced := calls(), lines(), time.Time{}
	do()
	for began := time.Now(); time.Since(began) < watchFor; waitFor(r.ctx, 50*time.Millisecond) {
		if announced.IsZero() && lines() > told {
			announced = time.Now()
		}
		if calls() == before {
			continue
		}
		if announced.IsZero() || time.Since(announced) < shortest-time.Second {
			r.t.Errorf("put back %s, it wiped the machine and nobody saw it coming:\n%s\n%s", when, r.cardText(),
				r.threadText())
		}
		return
	}
}

func (r *olderRecord) allThreads() string {
	var b strings.Builder
	for _, m := range r.stage.slack.Messages(channel) {
		for _, line := range r.stage.slack.Thread(channel, m.TS) {
			b.WriteString(r.stage.slack.PlainText(line) + "\n")
		}
	}
	return b.String()
}

func (r *olderRecord) restartBot(meanwhile func()) {
	r.t.Helper()
	if err := r.stage.bot.kill(); err != nil {
		r.t.Fatal(err)
	}
	if meanwhile != nil {
		meanwhile()
	}
	if err := r.stage.bot.start(r.ctx); err != nil {
		r.t.Fatal(err)
	}
}

func (r *olderRecord) setSwitch(name, value string) {
	r.t.Helper()
	if err := r.stage.cloud.Switch(name, value); err != nil {
		r.t.Fatal(err)
	}
}

func (r *olderRecord) typeLine(user, text string) {
	r.t.Helper()
	if _, err := r.stage.slack.Command(r.ctx, user, channel, withIDs(r.play, text)); err != nil {
		r.t.Fatal(err)
	}
}

func (r *olderRecord) waitForCard(text string) {
	r.t.Helper()
	r.waitUntil("the card with "+text, func() bool { return strings.Contains(r.cardText(), text) })
}

func (r *olderRecord) pressUntil(user, label, then string) {
	r.t.Helper()
	r.doUntilShown(
		label, func() error { return pressButton(r.play, user, label, false) },
		func() bool { return strings.Contains(r.threadText(), then) },
	)
}

func (r *olderRecord) toProposed() { r.t.Helper(); r.propose() }

func (r *olderRecord) proposesAgain() {
	r.t.Helper()
	cards := len(r.stage.slack.Messages(channel))
	r.typeLine("U0ANN", "web-01")
	r.waitUntil("another card", func() bool {
		return len(r.stage.slack.Messages(channel)) > cards && strings.Contains(r.threadText(), "asks to wipe")
	})
}

func (r *olderRecord) turnKeys() { r.t.Helper(); r.approve(); r.confirm() }

func (r *olderRecord) keysAndDone() { r.t.Helper(); r.turnKeys(); r.waitForDone() }

func (r *olderRecord) toApproved() {
	r.t.Helper()
	r.propose()
	r.typeLine("U0BOB", "freeze so that it waits")
	r.waitForCard("Frozen by")
	r.turnKeys()
	r.waitUntil("it waits", func() bool { return strings.Contains(r.threadText(), "The countdown cannot start yet") })
}

func (r *olderRecord) toAnnounced() {
	r.t.Helper()
	r.propose()
	r.turnKeys()
	r.waitForCard("Counting down")
}

func (r *olderRecord) toReady() {
	r.t.Helper()
	r.toAnnounced()
	r.waitUntil(
		"that it counts", func() bool {
			return strings.Contains(r.stage.bot.log.String(),
				`"event":"countdown shown"`)
		},
	)
}

func (r *olderRecord) toHeld() { r.t.Helper(); r.toReady(); r.holdIt() }

func (r *olderRecord) holdIt() { r.t.Helper(); r.pressUntil("U0CHO", "Hold", "Held by") }

func (r *olderRecord) cancelIt() { r.t.Helper(); r.pressUntil("U0ANN", "Cancel", "ancelled") }

func (r *olderRecord) waitForDone() { r.t.Helper(); r.waitForCard("Verified") }

func (r *olderRecord) toDone() { r.t.Helper(); r.propose(); r.keysAndDone() }

func (r *olderRecord) toArmed() {
	r.t.Helper()
	r.setSwitch("audit_delay", "2h")
	r.setSwitch("reset_hang", "next=1")
	r.propose()
	r.turnKeys()
	if err := r.stage.cloud.WaitFor(
		r.ctx, func() bool { return r.stage.cloud.ResetRequests("ins-1a2b3c4d") == 1 },
	); err != nil {
		r.t.Fatal(err)
	}
}

func (r *olderRecord) toSent() {
	r.t.Helper()
	r.setSwitch("reset_stuck", "on")
	r.propose()
	r.turnKeys()
	r.waitForCard("Reinstalling")
}

func (r *olderRecord) toUnknown() {
	r.t.Helper()
	r.toSent()
	if err := r.stage.cloud.Operate("ins-1a2b3c4d", "ModifyInstancesAttribute"); err != nil {
		r.t.Fatal(err)
	}
	r.waitForCard("Unknown")
}

func (r *olderRecord) resolveIt() {
	r.t.Helper()
	r.typeLine("U0BOB", "resolve ID done logged in, it runs the new image")
	r.waitForCard("Resolved by a person")
}
