package main

import (
	"fmt"
	"testing"
	"time"

	"twokey/bot/fakeslack"
	"twokey/bot/store"
)

var infra = []string{"C0INFRA"}

// faultKinds are the ways in which one call can go wrong at Slack.
var faultKinds = []string{
	"rate_limit", "rate_limit_bare", "error_500", "internal_error", "fatal_error", "fatal_after", "empty_ok",
	"drop_before", "drop_after", "hang", "hang_after",
}

func (w *world) fault(method, kind string, n int) {
	w.t.Helper()
	if err := w.slack.Switch(method+":"+kind, fmt.Sprint(n)); err != nil {
		w.t.Fatal(err)
	}
}

func TestWhateverSlackAnswersEveryLineArrivesOnceAndInOrder(t *testing.T) {
	for _, kind := range faultKinds {
		t.Run(kind, func(t *testing.T) {
			inWorld(t, 100, nil, func(w *world) {
				recs := w.propose(2, infra...)
				w.settle(time.Minute)
				for _, method := range []string{"chat.postMessage", "chat.update", "conversations.replies"} {
					w.fault(method, kind, 2)
				}
				for range 3 {
					for _, r := range recs {
						w.move(r.Op.ID)
					}
				}
				recs = append(recs, w.propose(1, infra...)...)
				w.settle(3 * time.Minute)
				w.mustAllBeTold(recs)
			})
		})
	}
}

func TestSlackGoneForAnHourIsAskedRarelyAndThenToldAll(t *testing.T) {
	for _, how := range []string{"nobody answers", "every connection breaks"} {
		t.Run(how, func(t *testing.T) {
			inWorld(t, 1, nil, func(w *world) {
				recs := w.propose(3, infra...)
				w.settle(time.Minute)
				leave := func(gone bool) {
					if how == "nobody answers" {
						w.gone.Store(gone)
					} else if err := w.slack.Switch("down", map[bool]string{true: "on", false: "off"}[gone]); err != nil {
						t.Fatal(err)
					}
				}
				leave(true)
				for range 4 {
					for _, r := range recs {
						w.move(r.Op.ID)
					}
					w.pass(15 * time.Minute)
				}
				tries := int(w.dials.Load()) + w.calls("chat.postMessage", gone) + w.calls("chat.update", gone) + w.calls("conversations.replies", gone)
				if tries > 200 || tries < 20 {
					t.Errorf("%d attempts in the hour", tries)
				}
				leave(false)
				took := w.settle(90 * time.Second)
				t.Logf("%d attempts in the hour; 12 lines arrived %s after it", tries, took)
				w.mustAllBeTold(recs)
			})
		})
	}
}

func gone(c fakeslack.Call) bool { return c.Fault == "down" }

func limited(c fakeslack.Call) bool { return c.Status == 429 }

func TestAChannelThatRefusesTheBotHoldsUpNoOther(t *testing.T) {
	inWorld(t, 100, []string{"C0OTHER"}, func(w *world) {
		recs := w.propose(2*store.Partitions, "C0INFRA", "C0OTHER")
		w.settle(time.Minute)
		w.slack.SetArchived("C0OTHER", true)
		for _, r := range recs {
			w.move(r.Op.ID)
		}
		w.pass(10 * time.Second)
		for _, r := range recs {
			if r.Op.Channel == "C0INFRA" {
				rec, err := w.store.Load(t.Context(), r.Op.ID)
				if err != nil {
					t.Fatal(err)
				}
				w.mustBeInOrder(rec)
			}
		}
		before := w.calls("chat.postMessage", func(c fakeslack.Call) bool { return c.Error == "is_archived" })
		w.pass(time.Hour / 2)
		if n := w.calls("chat.postMessage", func(c fakeslack.Call) bool { return c.Error == "is_archived" }) - before; n > 20 {
			t.Errorf("the archived channel was tried %d times in half an hour", n)
		}
		w.slack.SetArchived("C0OTHER", false)
		w.settle(6 * time.Minute)
		w.mustAllBeTold(recs)
	})
}

func TestAnEntryThatCannotBeReadIsSetAsideAndToldOnce(t *testing.T) {
	inWorld(t, 100, nil, func(w *world) {
		recs := w.propose(store.Partitions, infra...)
		w.settle(time.Minute)
		for p := range store.Partitions {
			if _, err := w.redis.XAdd(fmt.Sprintf("twokey:{%d}:out", p), "*", []string{"post", `{"kind":`}); err != nil {
				t.Fatal(err)
			}
		}
		for _, r := range recs {
			w.move(r.Op.ID)
		}
		w.settle(time.Minute)
		w.mustAllBeTold(recs)
		set := 0
		for p := range store.Partitions {
			ms, err := w.redis.Stream(fmt.Sprintf("twokey:{%d}:aside", p))
			if err == nil {
				set += len(ms)
			}
		}
		if n := w.counted.of("fault unreadable"); n != set || set == 0 {
			t.Errorf("%d set aside, %d told", set, n)
		}
	})
}
