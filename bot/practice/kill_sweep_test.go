package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// sweepAll kills at every point instead of a sample: `make chaos`.
var sweepAll = flag.Bool("sweep", false, "kill the bot at every point of the way, not only at a sample")

// proofs is where tables are kept for deploy/chaos.md.
var proofs = flag.String("proofs", "", "a directory for the tables")

// keepProof keeps a table for deploy/chaos.md, where that was asked for.
func keepProof(tb testing.TB, file, text string) {
	tb.Helper()
	if *proofs == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(*proofs, file), []byte(text), 0o644); err != nil {
		tb.Error(err)
	}
}

// sampled is how many kills make the sample.
const sampled = 36

// Promises 1 and 4: the bot is killed before a point of the way, after it with
// the answer lost, and after it; what starts again ends the proposal as the
// cloud's own account has it.
func TestAKillAtAnyPointOfTheWayIsSurvived(t *testing.T) {
	t.Parallel()
	route := theRoute(t, func(c *rig) { c.goTheWay(); c.checkOneReset() })
	all := allKills(route)
	chosen := sampleKills(all)
	table := newSweepTable(route, len(all))
	t.Run("kill", func(t *testing.T) {
		for _, k := range chosen {
			t.Run(k.String(), func(t *testing.T) {
				t.Parallel()
				var happened bool
				defer func() { table.noteKill(k, happened, t.Failed()) }()
				happened = k.playKill(t, (*rig).goToTrueEnd)
			})
		}
	})
	t.Logf("\n%s", table)
	keepProof(t, "sweep.md", table.String())
	if table.countMissed() > len(chosen)/4 {
		t.Errorf("%d of %d kills did not happen: the way is not the one that was numbered", table.countMissed(),
			len(chosen))
	}
}

// theRoute goes a whole way once, undisturbed, and returns its points.
func theRoute(t *testing.T, way func(*rig)) []point {
	t.Helper()
	var begun atomic.Bool
	var mu sync.Mutex
	var route []point
	c := setRig(t, setting{})
	w := c.putOnWire(func(p point, m moment) bool {
		if m == answered && begun.Load() {
			mu.Lock()
			route = append(route, p)
			mu.Unlock()
		}
		return true
	})
	if err := c.stage.bot.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	begun.Store(true)
	way(c)
	mu.Lock()
	defer mu.Unlock()
	if len(w.points()) <= len(route) {
		t.Errorf("%d points, of which %d on the way", len(w.points()), len(route))
	}
	return slices.Clone(route)
}

// putOnWire puts a wire between the stage's bot and all else.
func (c *rig) putOnWire(hook func(point, moment) bool) *wire {
	c.t.Helper()
	w := newWire(c.t, c.stage.otherSides(), hook)
	c.stage.bot.env = append(c.stage.bot.env, w.botSettings()...)
	c.stage.slack.SetURL("http://" + w.addrs["slack"])
	c.wire = w
	return w
}

// otherSides is where the stage's other sides are.
func (st *stage) otherSides() otherSides {
	host := func(setting string) string {
		for _, s := range st.settings {
			if v, ok := strings.CutPrefix(s, setting+"="); ok {
				u, err := url.Parse(v)
				if err != nil {
					panic(err)
				}
				return u.Host
			}
		}
		panic(setting + " is not set")
	}
	return otherSides{redis: host("REDIS_URL"), slack: host("SLACK_API_URL"), cloud: host("TENCENTCLOUD_ENDPOINT")}
}

// kill is one run of the sweep.
type killAt struct {
	point
	moment
}

var momentNames = map[moment]string{asked: "before", answered: "reply lost", handed: "after"}

func (k killAt) String() string { return k.point.String() + " " + momentNames[k.moment] }

// allKills are all that the sweep can do on a route. An idle claim looks like one
// that finds work until it is answered, so there is no kill before one.
func allKills(route []point) []killAt {
	var out []killAt
	for _, p := range route {
		for _, m := range []moment{asked, answered, handed} {
			if p.what != "claim" || m != asked {
				out = append(out, killAt{p, m})
			}
		}
	}
	return out
}

// sampleKills takes kills evenly, but always those at the arming and the one call
// whose outcome is known soon.
func sampleKills(all []killAt) []killAt {
	if *sweepAll {
		return all
	}
	var out []killAt
	for i, k := range all {
		must := k.what == "ResetInstance" && k.moment != asked
		if must || i%(len(all)/sampled+1) == 0 && !k.mayTakeLong() {
			out = append(out, k)
		}
	}
	return out
}

// mayTakeLong: armed, and the call never came: only the signature's end, after
// 400 s, can tell, however those are spared. Those are played when the whole sweep is.
func (k killAt) mayTakeLong() bool {
	return k.what == "ResetInstance" && k.moment == asked || slices.Contains(
		[]string{"wait", secondRead, "eval", "info", "config", "get"}, k.what,
	) ||
		k.to == "redis" && k.what == "apply"
}

// playKill goes a way with the kill in it, and reports whether it happened.
func (k killAt) playKill(t *testing.T, way func(*rig)) bool {
	c := setRig(t, setting{})
	kill, done := c.killOnce()
	var mu sync.Mutex
	var once, begun bool
	strikes := func(p point, m moment) bool {
		mu.Lock()
		defer mu.Unlock()
		if p != k.point || m != k.moment || !begun || once {
			return false
		}
		once = true
		return true
	}
	c.putOnWire(func(p point, m moment) bool {
		if !strikes(p, m) {
			return true
		}
		go kill()
		<-c.dead
		return m == handed
	})
	if err := c.stage.bot.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	reached := func(goOn bool) bool {
		mu.Lock()
		defer mu.Unlock()
		begun = goOn
		return once
	}
	reached(true)
	way(c)
	if reached(false) { // perhaps with the very last call: it has to come back
		<-c.dead
		c.comesBack(done)
	}
	return done()
}

// goToTrueEnd is the whole way to its true end, whatever it is.
func (c *rig) goToTrueEnd() {
	c.t.Helper()
	c.propose()
	c.approve()
	c.confirm()
	c.checkTrueEnd()
}

// checkTrueEnd waits for the true end, whatever it is, and holds what people see
// against what the cloud did.
func (c *rig) checkTrueEnd() {
	c.t.Helper()
	over := func() bool {
		card := c.cardText()
		return strings.Contains(card, "Verified") && strings.Contains(
			c.threadText(), "steps]",
		) || strings.Contains(card, "Not sent")
	}
	ctx, cancel := context.WithTimeout(c.ctx, 8*time.Minute)
	defer cancel()
	c.skipDeadTime(ctx, over)
	if err := c.stage.slack.Wait(ctx, over); err != nil {
		c.t.Fatalf("it never ended:\n%s\n%s\nthe log ends:\n%s", c.cardText(), c.threadText(),
			c.stage.bot.log.lastLines(15))
	}
	if c.stage.cloud.Resets("ins-1a2b3c4d") > 0 {
		c.checkOneReset()
		c.checkRecord("Done")
		return
	}
	c.waitUntil("the thread's end", func() bool { return strings.Contains(c.threadText(), "Not sent") })
	c.checkThread(
		[]string{
			"asks to wipe", "Approved by", "Backup confirmed", "Both keys are there", "is wiped in",
			"ResetInstance request",
			"Not sent",
		},
		0,
	)
	c.checkRecord("Not sent")
}

// skipDeadTime spares the 400 s until a call of which nothing was heard is known dead: the
// cloud's clock leaps once a call has been announced for so long that it will not
// come any more.
func (c *rig) skipDeadTime(ctx context.Context, over func() bool) {
	c.t.Helper()
	for ctx.Err() == nil && !over() {
		if err := c.stage.slack.Wait(ctx, func() bool { return over() || c.callIsMissing() }); err != nil {
			return // whoever waits for the end tells of it
		}
		soon, cancel := context.WithTimeout(ctx, 20*time.Second)
		err := c.stage.slack.Wait(soon, func() bool { return over() || !c.callIsMissing() })
		cancel()
		if err != nil && c.callIsMissing() {
			leapCloudClock(c.t, c.stage, c.wire)
			return
		}
	}
}

// callIsMissing reports whether a call was announced that has not come to the cloud.
func (c *rig) callIsMissing() bool {
	came := 0
	for _, i := range c.stage.cloud.Instances() {
		came += c.stage.cloud.ResetRequests(i.ID)
	}
	return len(callLine.FindAllString(c.threadText(), -1)) > came
}

// checkRecord asks the record for the machine's proposals: there is one, and it
// ended so.
func (c *rig) checkRecord(outcome string) {
	c.t.Helper()
	c.doUntilShown("the record's answer", func() error {
		r, err := c.stage.slack.Command(c.ctx, "U0ANN", channel, "history web-01")
		if err == nil && r.Warning != "" {
			err = errors.New(r.Warning)
		}
		return err
	}, func() bool { return strings.Contains(c.toldAlone("U0ANN"), "The latest proposals") })
	_, told, _ := strings.Cut(c.toldAlone("U0ANN"), "The latest proposals")
	if rows := strings.Count(told, "ins-1a2b3c4d: "); rows != 1 || !strings.Contains(told, "ins-1a2b3c4d: "+outcome+
		",") {
		c.t.Errorf("the record has not one proposal that is %q:\n%s", outcome, told)
	}
}

// sweepTable is what the sweep found, by system.
type sweepTable struct {
	mu     sync.Mutex
	rows   map[string]*sweepRow
	kills  int // of the whole sweep
	points int
}

type sweepRow struct{ points, killed, missed, wrong int }

func newSweepTable(route []point, kills int) *sweepTable {
	t := &sweepTable{rows: map[string]*sweepRow{}, kills: kills, points: len(route)}
	for _, p := range route {
		t.rowOf(p.to).points++
	}
	return t
}

func (t *sweepTable) rowOf(system string) *sweepRow {
	if t.rows[system] == nil {
		t.rows[system] = &sweepRow{}
	}
	return t.rows[system]
}

func (t *sweepTable) noteKill(k killAt, happened, wrong bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := t.rowOf(k.to)
	if happened {
		r.killed++
	} else {
		r.missed++
	}
	if wrong {
		r.wrong++
	}
}

func (t *sweepTable) countMissed() (n int) {
	for _, r := range t.rows {
		n += r.missed
	}
	return n
}

// String is the table as deploy/chaos.md has it.
func (t *sweepTable) String() string {
	var b strings.Builder
	b.WriteString("| calls to | points | kills | not reached again | violations |\n|---|---|---|---|---|\n")
	var sum sweepRow
	for _, s := range slices.Sorted(maps.Keys(t.rows)) {
		r := t.rows[s]
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d |\n", s, r.points, r.killed, r.missed, r.wrong)
		sum = sweepRow{sum.points + r.points, sum.killed + r.killed, sum.missed + r.missed, sum.wrong + r.wrong}
	}
	fmt.Fprintf(&b, "| all | %d | %d | %d | %d |\n", sum.points, sum.killed, sum.missed, sum.wrong)
	return b.String()
}
