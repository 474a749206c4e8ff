package main

import (
	"strings"
	"sync"
	"testing"
	"time"
)

// A replay: whoever may write to Redis puts a record back as it was, with its log,
// after its proposal went on. Each row brings a proposal to a state, and then on.
var replays = map[string]struct{ to, on func(r *replayed) }{
	"proposed, then cancelled":   {(*replayed).proposed, (*replayed).cancels},
	"proposed, then done":        {(*replayed).proposed, (*replayed).keysAndDone},
	"approved, then cancelled":   {(*replayed).approvedOnly, func(r *replayed) { r.cancels(); r.types("U0BOB", "unfreeze") }},
	"announced, then cancelled":  {(*replayed).announced, (*replayed).cancels},
	"ready, then cancelled":      {(*replayed).ready, (*replayed).cancels},
	"ready, then held":           {(*replayed).ready, (*replayed).holds},
	"ready, then resumed":        {(*replayed).ready, func(r *replayed) { r.holds(); r.presses("U0BOB", "Resume", "Resumed by") }},
	"ready, then done":           {(*replayed).ready, (*replayed).done},
	"held, then cancelled":       {(*replayed).held, (*replayed).cancels},
	"held, then done":            {(*replayed).held, func(r *replayed) { r.presses("U0BOB", "Resume", "Resumed by"); r.done() }},
	"armed, then done":           {(*replayed).armed, func(r *replayed) { r.restarts(nil); r.done() }},
	"sent, then done":            {(*replayed).sent, func(r *replayed) { r.sets("reset_stuck", "off"); r.done() }},
	"unknown, then resolved":     {(*replayed).unknown, (*replayed).resolves},
	"done, then proposed again":  {(*replayed).doneAtOnce, (*replayed).proposesAgain},
	"cancelled, then done again": {func(r *replayed) { r.proposed(); r.cancels() }, func(r *replayed) { r.proposesAgain(); r.keysAndDone() }},
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
				r := &replayed{rig: startRig(t, setting{})}
				row.to(r)
				r.copies()
				row.on(r)
				r.unseenWipe("while Twokey runs", r.putBack)
				r.unseenWipe("while Twokey was down", func() { r.restarts(r.putBack) })
			})
		})
	}
}

// replayed is a play in which an older record is put back.
type replayed struct {
	*rig
	in *intruder
	op found
}

const (
	comes    = "Re-checked" // the line that announces a countdown
	watchFor = shortest + 3*time.Second
)

func (r *replayed) copies() {
	r.t.Helper()
	in, err := newIntruder(r.play)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = in.c.Close() })
	if r.in, err = in, in.copyAll(r.play, "old"); err != nil {
		r.t.Fatal(err)
	}
	if r.op, err = in.operation("web-01"); err != nil {
		r.t.Fatal(err)
	}
}

func (r *replayed) putBack() {
	r.t.Helper()
	if err := r.in.putBack(r.play.copies["old"], "*"+r.op.id+"*"); err != nil {
		r.t.Fatal(err)
	}
	if err := r.in.wake(r.op); err != nil {
		r.t.Fatal(err)
	}
}

// unseenWipe fails where a call goes out after do without a countdown that was
// announced after it, and lasted.
func (r *replayed) unseenWipe(when string, do func()) {
	r.t.Helper()
	calls := func() int { return r.stage.cloud.ResetRequests("ins-1a2b3c4d") }
	lines := func() int { return strings.Count(r.allThreads(), comes) }
	before, told, announced := calls(), lines(), time.Time{}
	do()
	for began := time.Now(); time.Since(began) < watchFor; passes(r.ctx, 50*time.Millisecond) {
		if announced.IsZero() && lines() > told {
			announced = time.Now()
		}
		if calls() == before {
			continue
		}
		if announced.IsZero() || time.Since(announced) < shortest-time.Second {
			r.t.Errorf("put back %s, it wiped the machine and nobody saw it coming:\n%s\n%s", when, r.cardText(), r.threadText())
		}
		return
	}
}

func (r *replayed) allThreads() string {
	var b strings.Builder
	for _, m := range r.stage.slack.Messages(channel) {
		for _, line := range r.stage.slack.Thread(channel, m.TS) {
			b.WriteString(r.stage.slack.PlainText(line) + "\n")
		}
	}
	return b.String()
}

func (r *replayed) restarts(meanwhile func()) {
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

func (r *replayed) sets(name, value string) {
	r.t.Helper()
	if err := r.stage.cloud.Switch(name, value); err != nil {
		r.t.Fatal(err)
	}
}

func (r *replayed) types(user, text string) {
	r.t.Helper()
	if _, err := r.stage.slack.Command(r.ctx, user, channel, withIDs(r.play, text)); err != nil {
		r.t.Fatal(err)
	}
}

func (r *replayed) card(text string) {
	r.t.Helper()
	r.await("the card with "+text, func() bool { return strings.Contains(r.cardText(), text) })
}

func (r *replayed) presses(user, label, then string) {
	r.t.Helper()
	r.until(label, func() error { return press(r.play, user, label, false) }, func() bool { return strings.Contains(r.threadText(), then) })
}

func (r *replayed) proposed() { r.t.Helper(); r.propose() }

func (r *replayed) proposesAgain() {
	r.t.Helper()
	cards := len(r.stage.slack.Messages(channel))
	r.types("U0ANN", "web-01")
	r.await("another card", func() bool {
		return len(r.stage.slack.Messages(channel)) > cards && strings.Contains(r.threadText(), "asks to wipe")
	})
}

func (r *replayed) keys() { r.t.Helper(); r.approve(); r.confirm() }

func (r *replayed) keysAndDone() { r.t.Helper(); r.keys(); r.done() }

func (r *replayed) approvedOnly() {
	r.t.Helper()
	r.propose()
	r.types("U0BOB", "freeze so that it waits")
	r.card("Frozen by")
	r.keys()
	r.await("it waits", func() bool { return strings.Contains(r.threadText(), "The countdown cannot start yet") })
}

func (r *replayed) announced() { r.t.Helper(); r.propose(); r.keys(); r.card("Counting down") }

func (r *replayed) ready() {
	r.t.Helper()
	r.announced()
	r.await("that it counts", func() bool { return strings.Contains(r.stage.bot.log.String(), `"event":"countdown shown"`) })
}

func (r *replayed) held() { r.t.Helper(); r.ready(); r.holds() }

func (r *replayed) holds() { r.t.Helper(); r.presses("U0CHO", "Hold", "Held by") }

func (r *replayed) cancels() { r.t.Helper(); r.presses("U0ANN", "Cancel", "ancelled") }

func (r *replayed) done() { r.t.Helper(); r.card("Verified") }

func (r *replayed) doneAtOnce() { r.t.Helper(); r.propose(); r.keysAndDone() }

func (r *replayed) armed() {
	r.t.Helper()
	r.sets("audit_delay", "2h")
	r.sets("reset_hang", "next=1")
	r.propose()
	r.keys()
	if err := r.stage.cloud.WaitFor(r.ctx, func() bool { return r.stage.cloud.ResetRequests("ins-1a2b3c4d") == 1 }); err != nil {
		r.t.Fatal(err)
	}
}

func (r *replayed) sent() {
	r.t.Helper()
	r.sets("reset_stuck", "on")
	r.propose()
	r.keys()
	r.card("Reinstalling")
}

func (r *replayed) unknown() {
	r.t.Helper()
	r.sent()
	if err := r.stage.cloud.Operate("ins-1a2b3c4d", "ModifyInstancesAttribute"); err != nil {
		r.t.Fatal(err)
	}
	r.card("Unknown")
}

func (r *replayed) resolves() {
	r.t.Helper()
	r.types("U0BOB", "resolve ID done logged in, it runs the new image")
	r.card("Resolved by a person")
}
