package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"twokey/bot/fakeslack"
	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/short"
	"twokey/commands/view"
)

// announceCountdown puts a countdown up to be shown, as the desk does; it is so long that
// nothing comes of its end.
func (w *world) announceCountdown(id string) port.Record {
	w.t.Helper()
	rec := w.loadRecord(id)
	now := time.Now()
	rec.Op.State, rec.Op.Announced, rec.Op.Shown, rec.Op.Starts, rec.Op.Waits = reinstall.Ready, now, time.Time{},
		time.Time{}, ""
	rec.Op.Plan.Terms.Countdown = 8 * time.Hour
	posts := postsOf(id, rec.Rev+1)
	posts[1].Counts = &view.Countdown{Op: id, Of: now}
	posts[1].Key = port.CountdownKey(*posts[1].Counts)
	return w.applyChange(rec, posts)
}

// countdownKey is the key of the line that announces it.
func countdownKey(announced port.Record) string {
	return port.CountdownKey(view.Countdown{Op: announced.Op.ID, Of: announced.Op.Announced})
}

func (w *world) loadRecord(id string) port.Record {
	w.t.Helper()
	rec, err := w.store.Load(w.t.Context(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	return rec
}

func (w *world) applyChange(rec port.Record, posts []port.Post) port.Record {
	w.t.Helper()
	rec, err := w.store.Apply(w.t.Context(), port.Change{
		Op: rec.Op, Rev: rec.Rev, Command: fmt.Sprintf("%s %d", rec.Op.ID, rec.Rev), By: "twokey", What: "moved",
		WakeAfter: -1,
		Posts:     posts,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return rec
}

// countdownStoodAt is when the countdown stood on the card and in the thread, by what Slack
// did; zero where it does not.
func (w *world) countdownStoodAt(announced port.Record) time.Time {
	var card, line time.Time
	for _, c := range w.slack.Calls() {
		if c.Error != "" || c.Status != 200 && c.Status != 0 || c.At.Before(announced.Op.Announced) {
			continue
		}
		switch {
		case c.Method == "chat.update" && strings.Contains(c.Args["blocks"], "Counting down") && strings.Contains(
			c.Args["blocks"], `"block_id":"`+announced.Op.ID+".",
		) && card.IsZero() && c.Fault == "":
			card = c.At
		case c.Method == "chat.postMessage" && strings.Contains(
			c.Args["metadata"], countdownKey(announced),
		) && line.IsZero() && done[c.Fault]:
			line = c.At
		}
	}
	if card.IsZero() || line.IsZero() {
		return time.Time{}
	}
	return slices.MaxFunc([]time.Time{card, line}, time.Time.Compare)
}

// done are the faults of calls that were done all the same.
var done = map[string]bool{"": true, "fatal_after": true, "drop_after": true, "hang_after": true}

// mustCount fails unless the countdown counts, from when it stood and not before.
func (w *world) mustCount(announced port.Record) {
	w.t.Helper()
	op, stood := w.loadRecord(announced.Op.ID).Op, w.countdownStoodAt(announced)
	switch {
	case !op.CountdownRuns() || op.Waits != "":
		w.t.Errorf("%s does not count: waits %q", op.ID, op.Waits)
	case stood.IsZero() || op.Shown.Before(stood):
		w.t.Errorf("%s counts from %s, and stands since %s", op.ID, op.Shown, stood)
	case !op.Starts.Equal(op.Shown.Add(op.Plan.Terms.Countdown)):
		w.t.Errorf("%s starts %s after it was shown", op.ID, op.Starts.Sub(op.Shown))
	}
	w.mustTellOnce(announced)
}

func (w *world) mustTellOnce(announced port.Record) {
	w.t.Helper()
	n, key := 0, countdownKey(announced)
	rec := w.loadRecord(announced.Op.ID)
	for _, m := range w.slack.Thread(rec.Card.Channel, rec.Card.TS) {
		n += asNumber(m.Metadata != nil && m.Metadata.EventPayload["key"] == key)
	}
	if n != 1 {
		w.t.Errorf("%s: the line of its countdown stands %d times", rec.Op.ID, n)
	}
}

// A countdown counts from when it stands on the card and in the thread, whatever Slack
// answers.
func TestACountdownCountsFromWhenItIsShown(t *testing.T) {
	t.Parallel()
	for _, kind := range short.Of(faultKinds, 3) {
		t.Run(kind, func(t *testing.T) {
			inWorld(t, 100, nil, func(w *world) {
				r := w.propose(1, infra...)[0]
				w.waitUntilEmpty(time.Minute)
				for _, m := range []string{"chat.update", "chat.postMessage", "conversations.replies"} {
					w.setFault(m, kind, 2)
				}
				announced := w.announceCountdown(r.Op.ID)
				w.waitUntilEmpty(8 * time.Minute)
				w.mustCount(announced)
			})
		})
	}
}

// An ordinary countdown waits for no more than its showing.
func TestAnOrdinaryCountdownCountsAtOnceAndCostsOneEditMore(t *testing.T) {
	t.Parallel()
	inWorld(t, 1, nil, func(w *world) {
		r := w.propose(1, infra...)[0]
		w.waitUntilEmpty(time.Minute)
		w.letPass(10 * time.Second)
		ofCard := func(c fakeslack.Call) bool { return c.Args["ts"] == w.loadRecord(r.Op.ID).Card.TS }
		ofLine := func(c fakeslack.Call) bool { return !ofCard(c) }
		edits := w.countCalls("chat.update", ofCard)
		announced := w.announceCountdown(r.Op.ID)
		w.waitUntilEmpty(time.Minute)
		w.mustCount(announced)
		if took := w.loadRecord(r.Op.ID).Op.Shown.Sub(announced.Op.Announced); took > time.Second {
			t.Errorf("it counts %s after it was announced", took)
		}
		if n := w.countCalls("chat.update", ofCard) - edits; n != 2 {
			t.Errorf("the card was edited %d times", n)
		}
		if n := w.countCalls("chat.update", ofLine); n != 1 { // with the moment of the wipe
			t.Errorf("the line was edited %d times", n)
		}
		if n := w.countCalls("conversations.replies", func(fakeslack.Call) bool { return true }); n != 0 {
			t.Errorf("the thread was read %d times", n)
		}
	})
}

func TestACountdownThatWasStoppedBeforeItWasShownNeverCounts(t *testing.T) {
	t.Parallel()
	inWorld(t, 100, nil, func(w *world) {
		r := w.propose(1, infra...)[0]
		w.waitUntilEmpty(time.Minute)
		w.setFault("chat.postMessage", "error_500", 5)
		announced := w.announceCountdown(r.Op.ID)
		w.letPass(5 * time.Second)
		held := w.loadRecord(r.Op.ID)
		held.Op.State = reinstall.Held
		w.applyChange(held, postsOf(r.Op.ID, held.Rev+1))
		w.letPass(time.Minute)
		second := w.announceCountdown(r.Op.ID)
		w.waitUntilEmpty(3 * time.Minute)
		w.mustTellOnce(announced)
		w.mustCount(second)
		if op := w.loadRecord(r.Op.ID).Op; op.Shown.Before(second.Op.Announced) {
			t.Error("the line of the first countdown started the second")
		}
	})
}

func TestACountdownIsShownByWhoeverTakesOver(t *testing.T) {
	t.Parallel()
	for _, stuck := range []string{"chat.update", "chat.postMessage"} {
		t.Run(stuck, func(t *testing.T) {
			inWorld(t, 100, nil, func(w *world) {
				r := w.propose(1, infra...)[0]
				w.waitUntilEmpty(time.Minute)
				if err := w.slack.Switch(stuck+":error_500", "on"); err != nil {
					w.t.Fatal(err)
				}
				announced := w.announceCountdown(r.Op.ID)
				for range 3 {
					w.letPass(15 * time.Second)
					w.stop()
					w.startWorker()
				}
				if op := w.loadRecord(r.Op.ID).Op; op.CountdownRuns() || op.Waits != "Slack does not answer" {
					t.Errorf("it counts: %v, waits %q", op.CountdownRuns(), op.Waits)
				}
				if err := w.slack.Switch(stuck+":error_500", "off"); err != nil {
					w.t.Fatal(err)
				}
				w.waitUntilEmpty(3 * time.Minute)
				w.mustCount(announced)
			})
		})
	}
}

// One kind of post is refused in a channel: the cards of all are edited at once,
// and say so; when it is over, all go on.
func TestARefusedKindOfPostKeepsNoCardFromBeingEdited(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"threads_off", "threads_locked"} {
		t.Run(how, func(t *testing.T) {
			inWorld(t, 1, nil, func(w *world) {
				recs := w.propose(5, infra...)
				w.waitUntilEmpty(time.Minute)
				if err := w.slack.Switch(how, "on"); err != nil {
					w.t.Fatal(err)
				}
				var announced []port.Record
				for _, r := range recs {
					announced = append(announced, w.announceCountdown(r.Op.ID))
				}
				w.letPass(20 * time.Second)
				for _, r := range recs {
					rec := w.loadRecord(r.Op.ID)
					shown := w.slack.PlainText(w.slack.Thread(rec.Card.Channel, rec.Card.TS)[0])
					if rec.Op.CountdownRuns() || !strings.Contains(rec.Op.Waits, "thread") ||
						!strings.Contains(shown, rec.Op.Waits) {
						t.Errorf("%s counts: %v; its card shows\n%s", rec.Op.ID, rec.Op.CountdownRuns(), shown)
					}
				}
				w.letPass(10 * time.Minute)
				for _, r := range recs {
					if rec := w.loadRecord(r.Op.ID); rec.Rev > 4 {
						t.Errorf("%s changed %d times while nothing did", r.Op.ID, rec.Rev)
					}
				}
				if err := w.slack.Switch(how, "off"); err != nil {
					w.t.Fatal(err)
				}
				w.waitUntilEmpty(3 * time.Minute)
				for _, a := range announced {
					w.mustCount(a)
				}
			})
		})
	}
}

// A countdown whose card is gone never counts, and is not tried all the time.
func TestACountdownWhoseCardIsGoneNeverCounts(t *testing.T) {
	t.Parallel()
	inWorld(t, 1, nil, func(w *world) {
		r := w.propose(1, infra...)[0]
		w.waitUntilEmpty(time.Minute)
		w.slack.Delete(w.loadRecord(r.Op.ID).Card.Channel, w.loadRecord(r.Op.ID).Card.TS)
		w.announceCountdown(r.Op.ID)
		w.letPass(10 * time.Minute)
		if op := w.loadRecord(r.Op.ID).Op; op.CountdownRuns() || !strings.Contains(op.Waits, "somebody deleted") {
			t.Errorf("it counts: %v, waits %q", op.CountdownRuns(), op.Waits)
		}
		if n := w.countCalls("chat.update", func(fakeslack.Call) bool { return true }); n > 30 {
			t.Errorf("%d edits of a card that is gone", n)
		}
	})
}

// Many at once are held back by Slack's limits alone: each counts when it is
// shown, and none is called unseen for that.
func TestManyCountdownsAtOnceEachCountWhenTheyAreShown(t *testing.T) {
	t.Parallel()
	inWorld(t, 1, nil, func(w *world) {
		recs := w.propose(20, infra...)
		w.waitUntilEmpty(3 * time.Minute)
		w.letPass(time.Minute)
		var announced []port.Record
		for _, r := range recs {
			announced = append(announced, w.announceCountdown(r.Op.ID))
		}
		w.waitUntilEmpty(3 * time.Minute)
		var latest time.Duration
		for _, a := range announced {
			w.mustCount(a)
			latest = max(latest, w.loadRecord(a.Op.ID).Op.Shown.Sub(a.Op.Announced))
		}
		t.Logf("of %d the last counts after %s", len(recs), latest)
		if latest > 40*time.Second {
			t.Errorf("the last of %d counts after %s", len(recs), latest)
		}
	})
}
