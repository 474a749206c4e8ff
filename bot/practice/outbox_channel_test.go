package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"twokey/bot/fakeslack"
	"twokey/bot/store"
	"twokey/commands/port"
	"twokey/commands/reinstall"
)

// A busy channel: a hundred are running at any time, of which one ends and
// another is proposed each quarter of a minute. That is 40 changes of cards and
// 48 posts a minute, of 50 edits and 60 posts that Slack lets through: more than
// so many proposals a minute no channel can hold, since each has 12 posts.
const (
	runsAtOnce = 100
	busyFor    = 8 * time.Minute
	mostBehind = 15 * time.Second
)

// way is what happens to a proposal, each so long after what came before.
var way = []struct {
	after time.Duration
	what  func(op *reinstall.Operation, now time.Time)
}{
	{20 * time.Second, func(*reinstall.Operation, time.Time) {}}, // a key
	{40 * time.Second, func(op *reinstall.Operation, _ time.Time) { op.State = reinstall.Approved }},
	{time.Second, func(op *reinstall.Operation, now time.Time) {
		op.State, op.Starts = reinstall.Ready, now.Add(30*time.Second)
	}},
	{30 * time.Second, func(op *reinstall.Operation, now time.Time) {
		op.State, op.Arming = reinstall.Armed, &reinstall.Arming{At: now}
	}},
	{time.Second, func(op *reinstall.Operation, _ time.Time) { op.State = reinstall.Sent }},
	{15 * time.Second, func(op *reinstall.Operation, _ time.Time) { op.MachineStatus = "STOPPED" }},
	{time.Minute, func(op *reinstall.Operation, _ time.Time) { op.MachineStatus = "STARTING" }},
	{runsFor, func(op *reinstall.Operation, now time.Time) {
		op.State, op.End = reinstall.Done, &reinstall.End{At: now}
	}},
	{4 * time.Second, func(*reinstall.Operation, time.Time) {}}, // its login port answers
}

// runsFor with one start every so often makes a hundred.
const (
	everySo = 15 * time.Second
	runsFor = runsAtOnce * everySo
	sentBy  = 7 // steps of the way, until only the end is to come
)

// changes are when a record changed: those of a revision, by operation.
type changes map[string]map[int64]time.Time

// takeSteps makes a proposal go some steps of its way in one change.
func (w *world) takeSteps(seen changes, id string, from, to int) {
	w.t.Helper()
	rec, err := w.store.Load(w.t.Context(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, step := range way[from:to] {
		step.what(&rec.Op, time.Now())
	}
	rec, err = w.store.Apply(w.t.Context(), port.Change{
		Op: rec.Op, Rev: rec.Rev, Command: fmt.Sprintf("way %s %d", id, rec.Rev), By: "twokey", What: "moved",
		WakeAfter: -1,
		Posts:     postsOf(id, rec.Rev+1),
	})
	if err != nil {
		w.t.Fatal(err)
	}
	seen[id][rec.Rev] = time.Now()
}

// keepBusy has a hundred running, of which one ends and another begins every so
// often, as chance has it, for so long. It returns when each record changed.
func (w *world) keepBusy(rnd *rand.Rand, atOnce int, d time.Duration) (changes, []port.Record) {
	seen := changes{}
	type due struct {
		at   time.Time
		id   string
		step int
	}
	var plan []due
	began := time.Now()
	var all []port.Record
	begin := func(step int) string {
		r := w.propose(1, infra...)[0]
		all = append(all, r)
		seen[r.Op.ID] = map[int64]time.Time{1: time.Now()}
		if step > 0 {
			w.takeSteps(seen, r.Op.ID, 0, step)
		}
		return r.Op.ID
	}
	next := func(id string, step int) {
		if step < len(way) {
			wait := time.Duration(float64(way[step].after) * (0.5 + rnd.Float64()))
			plan = append(plan, due{time.Now().Add(wait), id, step})
		}
	}
	for i := range atOnce { // they run already, and end one after the other
		plan = append(plan, due{began.Add(warmUp + time.Duration(i)*everySo), begin(sentBy), sentBy})
	}
	starts := began.Add(warmUp)
	for time.Since(began) < warmUp+d {
		now := time.Now()
		for i := 0; i < len(plan); i++ {
			if p := plan[i]; !p.at.After(now) {
				plan = slices.Delete(plan, i, i+1)
				i--
				w.takeSteps(seen, p.id, p.step, p.step+1)
				next(p.id, p.step+1)
			}
		}
		for !starts.After(now) {
			next(begin(0), 0)
			starts = starts.Add(time.Duration(rnd.ExpFloat64() * float64(everySo)))
		}
		w.letPass(250 * time.Millisecond)
	}
	return seen, all
}

// warmUp is for the first posts of those that run already: one a second.
const warmUp = 4 * time.Minute

// shownRevision is what the block_ids of a card begin with: its operation and revision.
var shownRevision = regexp.MustCompile(`"block_id":"(\w{4})\.(\d+)\.`)

// delaysBehind is how long each change since then took to stand on its card, and how
// long its line took.
func (w *world) delaysBehind(seen changes, since time.Time) (cards, lines []time.Duration) {
	shown := map[string]int64{}
	for _, c := range w.slack.Calls() {
		if c.Status != 200 || c.Error != "" || c.Method != "chat.postMessage" && c.Method != "chat.update" {
			continue
		}
		if m := shownRevision.FindStringSubmatch(c.Args["blocks"]); m != nil {
			rev, _ := strconv.ParseInt(m[2], 10, 64)
			for r := shown[m[1]] + 1; r <= rev; r++ {
				if at := seen[m[1]][r]; at.After(since) {
					cards = append(cards, c.At.Sub(at))
				}
			}
			shown[m[1]] = rev
		} else if id, rev, ok := lineIn(c.Args["metadata"]); ok {
			if at := seen[id][rev]; at.After(since) {
				lines = append(lines, c.At.Sub(at))
			}
		}
	}
	slices.Sort(cards)
	slices.Sort(lines)
	return cards, lines
}

var lineKey = regexp.MustCompile(`"key":"(\w{4})\.(\d+)\.0"`)

func lineIn(metadata string) (string, int64, bool) {
	m := lineKey.FindStringSubmatch(metadata)
	if m == nil {
		return "", 0, false
	}
	rev, err := strconv.ParseInt(m[2], 10, 64)
	return m[1], rev, err == nil
}

// mostInAMinute is the most calls of a method within any minute.
func (w *world) mostInAMinute(method string) int {
	var at []time.Time
	most := 0
	for _, c := range w.slack.Calls() {
		if c.Method != method {
			continue
		}
		at = append(at, c.At)
		for c.At.Sub(at[0]) >= time.Minute {
			at = at[1:]
		}
		most = max(most, len(at))
	}
	return most
}

func quantile(sorted []time.Duration, p float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(int(p*float64(len(sorted))), len(sorted)-1)].Round(100 * time.Millisecond)
}

func (w *world) refusedByLimits() int {
	n := 0
	for _, c := range w.slack.Calls() {
		n += asNumber(c.Status == http.StatusTooManyRequests)
	}
	return n
}

// With a hundred running in a channel every card is at most 15 s behind.
func TestWithAHundredRunningEveryCardIsAlmostUpToDate(t *testing.T) {
	t.Parallel()
	inWorld(t, 1, nil, func(w *world) {
		began := time.Now()
		seen, recs := w.keepBusy(rand.New(rand.NewPCG(1, 1)), runsAtOnce, busyFor)
		cards, lines := w.delaysBehind(seen, began.Add(warmUp))
		w.t.Logf("%d proposals, %d changes; cards behind: half %s, p99 %s, most %s; lines: half %s, p99 %s, most "+
			"%s; at most %d edits and %d posts in a minute; %d answers of 429",
			len(recs), len(cards), quantile(cards, .5), quantile(cards, .99), quantile(cards, 1), quantile(lines, .5),
			quantile(lines, .99), quantile(lines, 1),
			w.mostInAMinute("chat.update"), w.mostInAMinute("chat.postMessage"), w.refusedByLimits())
		if len(cards) < 200 || quantile(cards, 1) > mostBehind {
			w.t.Errorf("of %d changes one took %s to stand on its card", len(cards), quantile(cards, 1))
		}
		if n := w.refusedByLimits(); n > 0 {
			w.t.Errorf("%d answers of 429", n)
		}
		w.waitUntilEmpty(5 * time.Minute)
		w.mustAllBeTold(recs)
	})
}

// A hundred cards that change at once are more than Slack lets through in a
// minute. Those that nobody waits for take 45 of each minute's 50 edits, so that
// the last stand when two minutes have passed; 5 stay for those with a key turned.
func TestAHundredCardsThatChangeAtOnceStandSoon(t *testing.T) {
	t.Parallel()
	inWorld(t, 1, nil, func(w *world) {
		var ids []string
		seen := changes{}
		for _, r := range w.propose(runsAtOnce, infra...) {
			ids = append(ids, r.Op.ID)
			seen[r.Op.ID] = map[int64]time.Time{1: time.Now()}
		}
		w.waitUntilEmpty(4 * time.Minute)
		began := time.Now()
		for _, id := range ids[10:] {
			w.takeSteps(seen, id, 0, sentBy) // they run: nobody has to act
		}
		w.letPass(2 * time.Second)
		waitedFor := changes{}
		for _, id := range ids[:10] {
			waitedFor[id] = map[int64]time.Time{}
			w.takeSteps(waitedFor, id, 0, 1) // a key
		}
		w.waitUntilEmpty(4 * time.Minute)
		all, _ := w.delaysBehind(seen, began.Add(-time.Second))
		first, _ := w.delaysBehind(waitedFor, began)
		w.t.Logf(
			"behind: half %s, most %s; with a key turned: most %s; at most %d edits in a minute", quantile(all, .5),
			quantile(all, 1), quantile(first, 1), w.mostInAMinute("chat.update"),
		)
		if len(all) != 90 || quantile(all, 1) > 2*time.Minute+5*time.Second {
			w.t.Errorf("of %d cards one was %s behind", len(all), quantile(all, 1))
		}
		if len(first) != 10 || quantile(first, 1) > mostBehind {
			w.t.Errorf("of %d cards with a key turned one was %s behind", len(first), quantile(first, 1))
		}
		if n := w.refusedByLimits(); n > 0 {
			w.t.Errorf("%d answers of 429", n)
		}
	})
}

// Retry-After is honoured by method, for posts by channel; where it is missing
// or no number, five seconds are.
func TestA429HoldsUpItsMethodAndChannelAlone(t *testing.T) {
	t.Parallel()
	for kind, rest := range map[string]time.Duration{
		"rate_limit": time.Second, "rate_limit_bare": 5 * time.Second, "rate_limit_odd": 5 * time.Second,
	} {
		for _, method := range []string{"chat.postMessage", "chat.update"} {
			t.Run(method+" "+kind, func(t *testing.T) {
				inWorld(t, 1, []string{"C0OTHER"}, func(w *world) {
					recs := w.propose(2*store.Partitions, "C0INFRA", "C0OTHER")
					w.waitUntilEmpty(time.Minute)
					w.setFault(method, kind, 1)
					w.makeTransition(recs[0].Op.ID) // meets it
					w.letPass(400 * time.Millisecond)
					for _, r := range recs[1:6] {
						w.makeTransition(r.Op.ID)
					}
					w.waitUntilEmpty(time.Minute)
					w.mustRest(method, rest)
					w.mustAllBeTold(recs)
				})
			})
		}
	}
}

// mustRest fails if the method, for posts in its channel, was called again
// before the rest after its only 429 was over, or where anything else waited.
func (w *world) mustRest(method string, rest time.Duration) {
	w.t.Helper()
	calls := w.slack.Calls()
	i := slices.IndexFunc(calls, func(c fakeslack.Call) bool { return c.Status == http.StatusTooManyRequests })
	if i < 0 {
		w.t.Fatal("nobody met the 429")
	}
	met, others := calls[i], 0
	for _, c := range calls[i+1:] {
		since := c.At.Sub(met.At)
		if c.Method == method && (method == "chat.update" || c.Args["channel"] == met.Args["channel"]) {
			if since < rest {
				w.t.Errorf("%s in %s was called again after %s", c.Method, c.Args["channel"], since)
			}
		} else if since < time.Second {
			others++
		}
	}
	if others == 0 {
		w.t.Error("everything else waited too")
	}
	if n := w.refusedByLimits(); n != 1 {
		w.t.Errorf("%d answers of 429", n)
	}
}
