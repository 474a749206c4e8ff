package main

import (
	"flag"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"twokey/bot/fakeslack"
	"twokey/bot/store"
	"twokey/commands/port"
	"twokey/commands/short"
	"twokey/commands/view"
)

var infra = []string{"C0INFRA"}

// faultKinds are the ways in which one call can go wrong at Slack.
var faultKinds = []string{
	"rate_limit", "rate_limit_bare", "rate_limit_odd", "error_500", "internal_error", "fatal_error", "fatal_after",
	"empty_ok",
	"drop_before", "drop_after", "hang", "hang_after",
}

func (w *world) setFault(method, kind string, n int) {
	w.t.Helper()
	if err := w.slack.Switch(method+":"+kind, fmt.Sprint(n)); err != nil {
		w.t.Fatal(err)
	}
}

func TestWhateverSlackAnswersEveryLineArrivesOnceAndInOrder(t *testing.T) {
	t.Parallel()
	for _, kind := range short.Of(faultKinds, 3) {
		t.Run(kind, func(t *testing.T) {
			inWorld(t, 100, nil, func(w *world) {
				recs := w.propose(2, infra...)
				w.waitUntilEmpty(time.Minute)
				for _, method := range []string{"chat.postMessage", "chat.update", "conversations.replies"} {
					w.setFault(method, kind, 2)
				}
				for range 3 {
					for _, r := range recs {
						w.makeTransition(r.Op.ID)
					}
				}
				recs = append(recs, w.propose(1, infra...)...)
				w.waitUntilEmpty(3 * time.Minute)
				w.mustAllBeTold(recs)
			})
		})
	}
}

func TestAChannelThatRefusesTheBotHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	inWorld(t, 100, []string{"C0OTHER"}, func(w *world) {
		recs := w.propose(2*store.Partitions, "C0INFRA", "C0OTHER")
		w.waitUntilEmpty(time.Minute)
		w.slack.SetArchived("C0OTHER", true)
		for _, r := range recs {
			w.makeTransition(r.Op.ID)
		}
		w.letPass(10 * time.Second)
		for _, r := range recs {
			if r.Op.Channel == "C0INFRA" {
				rec, err := w.store.Load(w.t.Context(), r.Op.ID)
				if err != nil {
					w.t.Fatal(err)
				}
				w.mustBeInOrder(rec)
			}
		}
		before := w.countCalls("chat.postMessage", func(c fakeslack.Call) bool { return c.Error == "is_archived" })
		w.letPass(10 * time.Minute)
		if n := w.countCalls(
			"chat.postMessage", func(c fakeslack.Call) bool { return c.Error == "is_archived" },
		) - before; n > 20 {
			w.t.Errorf("the archived channel was tried %d times in ten minutes", n)
		}
		w.slack.SetArchived("C0OTHER", false)
		w.waitUntilEmpty(6 * time.Minute)
		w.mustAllBeTold(recs)
	})
}

func TestAnEntryThatCannotBeReadIsSetAsideAndToldOnce(t *testing.T) {
	t.Parallel()
	inWorld(t, 100, nil, func(w *world) {
		recs := w.propose(store.Partitions, infra...)
		w.waitUntilEmpty(time.Minute)
		for p := range store.Partitions {
			if _, err := w.redis.XAdd(fmt.Sprintf("twokey:{%d}:out", p), "*",
				[]string{"post", `{"kind":`}); err != nil {
				w.t.Fatal(err)
			}
		}
		for _, r := range recs {
			w.makeTransition(r.Op.ID)
		}
		w.waitUntilEmpty(time.Minute)
		w.mustAllBeTold(recs)
		set := 0
		for p := range store.Partitions {
			ms, err := w.redis.Stream(fmt.Sprintf("twokey:{%d}:aside", p))
			if err == nil {
				set += len(ms)
			}
		}
		if n := w.counted.countOf("fault unreadable"); n != set || set == 0 {
			w.t.Errorf("%d set aside, %d told", set, n)
		}
	})
}

func TestAfterAnUnknownOutcomeAnotherReplicaLooksBeforeItPosts(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"fatal_after", "drop_after", "hang_after"} {
		t.Run(kind, func(t *testing.T) {
			inWorld(t, 100, nil, func(w *world) {
				recs := w.propose(1, infra...)
				w.waitUntilEmpty(time.Minute)
				w.setFault("chat.postMessage", kind, 1)
				w.makeTransition(recs[0].Op.ID)
				w.letPass(1500 * time.Millisecond)
				w.stop() // as at a deployment: its memory is gone
				looked := w.countCalls("conversations.replies", func(fakeslack.Call) bool { return true })
				w.startWorker()
				w.waitUntilEmpty(time.Minute)
				if n := w.countCalls("conversations.replies", func(fakeslack.Call) bool { return true }); n == looked {
					w.t.Error("nobody looked")
				}
				w.mustAllBeTold(recs)
			})
		})
	}
}

func TestACardThatMayBeThereIsNotPostedAgainForALaterEntry(t *testing.T) {
	t.Parallel()
	inWorld(t, 100, nil, func(w *world) {
		w.stop()
		recs := w.propose(1, infra...)
		for range 3 {
			w.makeTransition(recs[0].Op.ID)
		}
		w.setFault("chat.postMessage", "fatal_after", 1)
		w.startWorker() // the first line brings the card; its newest entry comes in the same pass
		w.waitUntilEmpty(time.Minute)
		w.mustAllBeTold(recs)
	})
}

func TestACardThatIsFoundAgainShowsWhatHasHappenedSince(t *testing.T) {
	t.Parallel()
	inWorld(t, 100, nil, func(w *world) {
		w.setFault("chat.postMessage", "hang_after", 1)
		recs := w.propose(1, infra...)
		w.letPass(1500 * time.Millisecond)
		w.stop() // the card is there, and nobody knows
		w.makeTransition(recs[0].Op.ID)
		w.setFault("conversations.history", "error_500", 1) // a line looks in vain, and its newest card behind it finds
		w.startWorker()
		w.waitUntilEmpty(time.Minute)
		w.mustAllBeTold(recs)
	})
}

func TestAWhisperDoesNotMakeACardThatMayBeThereForgotten(t *testing.T) {
	t.Parallel()
	inWorld(t, 100, nil, func(w *world) {
		w.stop()
		recs := w.propose(1, infra...)
		id := recs[0].Op.ID
		w.setFault("chat.postMessage", "fatal_after", 1)
		w.setFault("conversations.history", "error_500", 3) // nobody can look yet
		w.startWorker()
		w.letPass(time.Second)
		if err := w.store.Tell(w.t.Context(), id, port.Post{
			Kind: port.PostWhisper, Key: "whispered", Op: id, Channel: "C0INFRA", User: "U0ANN",
			Text: view.Say("noted"),
		}); err != nil {
			w.t.Fatal(err)
		}
		w.waitUntilEmpty(3 * time.Minute)
		if n := w.countCalls("chat.postEphemeral", func(c fakeslack.Call) bool { return c.Error == "" }); n != 1 {
			w.t.Errorf("%d whispers", n)
		}
		w.mustAllBeTold(recs)
	})
}

func TestACardThatFellBehindIsDrawnOnceAndNotOnceARevision(t *testing.T) {
	t.Parallel()
	inWorld(t, 100, nil, func(w *world) {
		recs := w.propose(1, infra...)
		w.waitUntilEmpty(time.Minute)
		w.stop()
		for range 40 {
			w.makeTransition(recs[0].Op.ID)
		}
		before := w.countCalls("chat.update", func(fakeslack.Call) bool { return true })
		w.startWorker()
		w.waitUntilEmpty(3 * time.Minute)
		if n := w.countCalls("chat.update", func(fakeslack.Call) bool { return true }) - before; n != 1 {
			w.t.Errorf("%d edits after 40 transitions", n)
		}
		w.mustAllBeTold(recs)
	})
}

func TestMixedFaultsLoseNothingAndRepeatNothing(t *testing.T) {
	t.Parallel()
	fewMixes(t)
	rapid.Check(t, func(rt *rapid.T) {
		type step struct {
			method, kind string
			n, moves     int
			restart      bool
		}
		steps := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) step {
			return step{
				rapid.SampledFrom(
					[]string{"chat.postMessage", "chat.update", "conversations.replies", "conversations.history"},
				).Draw(rt, "method"),
				rapid.SampledFrom(faultKinds).Draw(rt, "fault"),
				rapid.IntRange(1, 4).Draw(rt, "times"), rapid.IntRange(1, 3).Draw(rt, "moves"),
				rapid.Bool().Draw(rt, "restart"),
			}
		}), 1, 6).Draw(rt, "steps")
		found := findProblems(t, 100, nil, func(w *world) {
			recs := w.propose(1, infra...)
			for _, s := range steps {
				w.setFault(s.method, s.kind, s.n)
				recs = append(recs, w.propose(1, infra...)...)
				for range s.moves {
					w.makeTransition(recs[0].Op.ID)
					w.makeTransition(recs[len(recs)-1].Op.ID)
				}
				if s.restart {
					w.letPass(1500 * time.Millisecond)
					w.stop()
					w.startWorker()
				}
			}
			w.waitUntilEmpty(10 * time.Minute)
			w.mustAllBeTold(recs)
		})
		if len(found) > 0 {
			rt.Fatalf("not so: %s\nafter %+v", found, steps)
		}
	})
}

// fewMixes keeps the random mixes short where nobody asked for a number of
// them, as make chaos does.
func fewMixes(t *testing.T) {
	t.Helper()
	checks := flag.Lookup("rapid.checks")
	if checks.Value.String() != checks.DefValue {
		return
	}
	if err := checks.Value.Set("20"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := checks.Value.Set(checks.DefValue); err != nil {
			t.Error(err)
		}
	})
}
