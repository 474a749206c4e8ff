package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

var (
	chaosFor  = flag.Duration("chaos", 0, "how long further proposals are made; 0: one small wave")
	chaosSize = flag.Int("proposals", 0, "proposals at once; 0: 300, or 24 in the small wave")
	chaosSeed = flag.Uint64("seed", 0, "which accidents; 0: another each time")
)

// mostWaves is how many waves of proposals one storm has machines for.
const mostWaves = 8

// Promises 1, 4 and 5 on three replicas: hundreds of proposals at once, wave
// after wave, while bots are killed, frozen and restarted, Redis is killed,
// frozen and its answers lost, Slack and the cloud misbehave. In the end no
// machine was reset twice, and what people see is what the cloud did.
func TestChaosOverThreeReplicasResetsNothingTwiceAndLosesNothing(t *testing.T) {
	seed, wave, waves := *chaosSeed, *chaosSize, 1
	if seed == 0 {
		seed = rand.Uint64()
	}
	if *chaosFor > 0 {
		waves = mostWaves
	} else {
		t.Parallel() // it may wait for 400 s until a call is known not to have been made
	}
	if wave == 0 && waves > 1 {
		wave = 300
	} else if wave == 0 {
		wave = 24
	}
	t.Logf("-seed %d", seed)
	total := newTally()
	begun := time.Now()
	r := newRound(t, "fast", wave, waves, seed, total)
	r.run(*chaosFor, 20*time.Second)
	t.Logf("\n%s", total)
	total.keepAsProof(t, "chaos.md", fmt.Sprintf("%d proposals at once, wave after wave for %s, the last wave as large as fits; 3 replicas; all had ended after %s. Seed %d.\n\n",
		wave, *chaosFor, time.Since(begun).Round(time.Second), seed))
}

// The harness itself: with leases alone, it must see machines reset twice.
func TestTheCanaryIsCaught(t *testing.T) {
	total := newTally()
	r := newRound(t, "canary", 24, 1, 7, total)
	r.canary, r.storm, r.goesOn = true, func(context.Context) {}, shortest+10*time.Second
	r.run(0, 24*time.Second) // the calls go out five seconds after the last key
	t.Logf("\n%s", total)
	if total.countOf("resets too many") == 0 {
		t.Error("leases alone reset no machine twice: this chaos would not notice")
	}
	total.keepAsProof(t, "canary.md", "")
}

// An update of all replicas, one after the other and again and again, in the
// middle of everything: each stops within 5 s, and nothing is lost. Each is left
// alone for a second once it is ready, as a deployment does for longer.
func TestARollingRestartUnderLoadLosesNothing(t *testing.T) {
	total := newTally()
	r := newRound(t, "fast", 24, 1, 1, total)
	r.calm = true // nothing else happens
	r.storm = func(ctx context.Context) {
		for i := 0; i < 6 || ctx.Err() == nil; i++ {
			took, err := r.bots.all[i%len(r.bots.all)].stopAndStart(r.ctx)
			if err != nil || took > 5*time.Second {
				t.Errorf("replica %d: stopped within %s, %v", i%len(r.bots.all)+1, took, err)
			}
			total.add("restarts", 1)
			waitFor(ctx, time.Second)
		}
	}
	r.run(0, 5*time.Second)
	t.Logf("\n%s", total)
}

// tally counts what happened.
type tally struct {
	mu sync.Mutex
	n  map[string]int
}

func newTally() *tally { return &tally{n: map[string]int{}} }

func (t *tally) add(what string, n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.n[what] += n
}

func (t *tally) countOf(what string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.n[what]
}

func (t *tally) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var b strings.Builder
	b.WriteString("| what | count |\n|---|---|\n")
	for _, what := range slices.Sorted(maps.Keys(t.n)) {
		fmt.Fprintf(&b, "| %s | %d |\n", what, t.n[what])
	}
	return b.String()
}

func (t *tally) keepAsProof(tb testing.TB, file, head string) {
	tb.Helper()
	keepProof(tb, file, head+t.String())
}

// accidents happen one after the other, a second or so apart, each to a replica
// taken at random.
var accidents = []struct {
	name string
	do   func(*round, *replica) error
}{
	{"bot: kill -9", func(r *round, b *replica) error { return b.killAndStart(r.ctx, r.upTo(2*time.Second)) }},
	{"bot: kill -9", func(r *round, b *replica) error { return b.killAndStart(r.ctx, r.upTo(2*time.Second)) }},
	{
		"bot: frozen up to 15 s (a lease is 10 s)",
		func(r *round, b *replica) error { return b.freezeFor(r.ctx, time.Second+r.upTo(14*time.Second)) },
	},
	{"bot: stopped and started (SIGTERM)", func(r *round, b *replica) error {
		took, err := b.stopAndStart(r.ctx)
		if took > 5*time.Second && *chaosFor > 0 { // else many other tests run beside it
			r.t.Errorf("SIGTERM took %s", took)
		}
		return err
	}},
	{"Redis: kill -9, restarted", func(r *round, _ *replica) error {
		r.redis.Lock()
		defer r.redis.Unlock()
		r.stage.redis.kill()
		waitFor(r.ctx, r.upTo(time.Second))
		return r.stage.redis.start(r.ctx)
	}},
	{"Redis: frozen up to 4 s", func(r *round, _ *replica) error {
		r.redis.Lock()
		defer r.redis.Unlock()
		p := r.stage.redis.cmd.Process
		if err := p.Signal(syscall.SIGSTOP); err != nil {
			return err
		}
		waitFor(r.ctx, r.upTo(4*time.Second))
		return p.Signal(syscall.SIGCONT)
	}},
	{"Redis: one record changed outside", changesARecord},
	{"Redis: one record changed outside", changesARecord},
	{"Slack: 429", slackDoes("chat.postMessage:rate_limit", "5")},
	{"Slack: 429 without Retry-After", slackDoes("chat.update:rate_limit_bare", "3")},
	{"Slack: posted, answered fatal_error", slackDoes("chat.postMessage:fatal_after", "3")},
	{"Slack: posted, answer lost", slackDoes("chat.postMessage:drop_after", "3")},
	{"Slack: {}", slackDoes("empty_ok", "3")},
	{"Slack: 500", slackDoes("error_500", "5")},
	{"Slack: clicks arrive twice", slackDoes("deliver_twice", "20")},
	{"cloud: reset done, answer lost", cloudDoes("reset_drop_after", "next=2")},
	{"cloud: reset done, answer cut off", cloudDoes("reset_slow_body", "next=1")},
	{"cloud: reset refused", cloudDoes("reset_error", "ResourceInsufficient.CloudDiskSoldOut next=1")},
	{"cloud: reset fails", cloudDoes("reset_fail", "next=1")},
	{"cloud: answered {}", cloudDoes("reset_empty", "next=1")},
	{"cloud: reads broken", cloudDoes("describe_drop", "next=10")},
	{"cloud: throttled", cloudDoes("throttle", "5")},
	{"Slack: replies in threads refused, up to 6 s", func(r *round, _ *replica) error {
		kind := []string{"threads_off", "threads_locked"}[r.pickOne(2)]
		return turnOnFor(
			r, &r.replies, r.upTo(6*time.Second), func(value string) error { return r.stage.slack.Switch(kind, value) },
		)
	}},
	{"cloud: the key refused, up to 6 s", func(r *round, _ *replica) error {
		return turnOnFor(
			r, &r.key, r.upTo(6*time.Second),
			func(value string) error { return r.stage.cloud.Switch("secret_revoked", value) },
		)
	}},
}

// turnOnFor turns something on, and off again after a while; what is on already is
// left alone.
func turnOnFor(r *round, one *sync.Mutex, d time.Duration, turn func(value string) error) error {
	if !one.TryLock() {
		return errBusy
	}
	defer one.Unlock()
	if err := turn("on"); err != nil {
		return err
	}
	waitFor(r.ctx, d)
	return turn("off")
}

func slackDoes(name, value string) func(*round, *replica) error {
	return func(r *round, _ *replica) error { return r.stage.slack.Switch(name, value) }
}

func cloudDoes(name, value string) func(*round, *replica) error {
	return func(r *round, _ *replica) error { return r.stage.cloud.Switch(name, value) }
}

// onTheWire is what can happen to one call of a replica's: of so many, one.
var onTheWire = []struct {
	name   string
	to     string
	what   string // "" any
	moment moment
	oneIn  int  // of so many
	few    bool // at most some ten in a wave, however many proposals
	long   bool // takes 400 s until it is known that nothing was sent: not in every test run
	do     func(*round, *replica) (goOn, happened bool)
}{
	{
		"Redis: answer lost", "redis", "", answered, 400, false, false,
		func(*round, *replica) (bool, bool) { return false, true },
	},
	{"bot: killed when the call was made, before its answer", "cloud", "ResetInstance", answered, 8, true, false, func(r *round, b *replica) (bool, bool) {
		happened := r.strikeHere(b, func() error {
			_ = b.kill()
			return nil
		}, func() error { return b.comesBack(r.ctx) })
		return !happened, happened
	}},
	{"bot: frozen 12 s between arming and sending", "redis", secondRead, answered, 6, true, true, func(r *round, b *replica) (bool, bool) {
		return true, r.strikeHere(b, func() error { return b.signalIfRunning(syscall.SIGSTOP) }, func() error {
			waitFor(r.ctx, 12*time.Second)
			return b.signalIfRunning(syscall.SIGCONT)
		})
	}},
	{"cloud: the call arrives 3 s late", "cloud", "ResetInstance", asked, 10, false, false, func(r *round, _ *replica) (bool, bool) {
		waitFor(r.ctx, 3*time.Second)
		return true, true
	}},
}

// strikeHere has an accident at this very point of a replica's way: it returns
// when the accident has begun, and whether there was one. What ends it goes on
// behind.
func (r *round) strikeHere(b *replica, begin, end func() error) bool {
	begun := make(chan bool, 1)
	r.runBehind(func() {
		err := b.haveAccident(func() error {
			err := begin()
			begun <- true
			return errors.Join(err, end())
		})
		if errors.Is(err, errBusy) {
			begun <- false
		} else if err != nil && r.ctx.Err() == nil {
			r.t.Error(err)
		}
	})
	return <-begun
}

// round is one storm over one stage.
type round struct {
	t      *testing.T
	ctx    context.Context
	stage  *stage
	bots   *replicas
	wave   int // proposals at once
	waves  int // at most
	canary bool
	total  *tally
	storm  func(context.Context) // accidents, until it is over

	mu    sync.Mutex
	rnd   *rand.Rand
	redis sync.Mutex // is being killed or frozen
	work  sync.WaitGroup
	calm  bool
	// goesOn is how long accidents go on at least once everybody has acted.
	goesOn time.Duration

	replies, key sync.Mutex // are being refused
	changed      changed    // records
}

// newRound sets one with machines for so many waves of proposals.
func newRound(t *testing.T, name string, wave, waves int, seed uint64, total *tally, settings ...string) *round {
	t.Helper()
	n := wave * waves
	people, fleet := manyPeople(n)
	addApprovers(people, n)
	r := &round{t: t, ctx: t.Context(), wave: wave, waves: waves, total: total, rnd: rand.New(rand.NewPCG(seed, 1))}
	r.storm = r.causeAccidents
	policy := fmt.Appendf(nil, `accounts:
  - {name: main, regions: [ap-guangzhou], currency: CNY}
approvers: {groups: [S0ONCALL]}
countdown: 5s
limits: {at_once: %d, per_hour: %d}
`, n, n)
	st := setStage(t, setting{policy: policy, people: people, fleet: fleet, rate: 1000})
	r.stage = st
	// So that hundreds fit into minutes; that the bot keeps to the limits of
	// Slack and of the cloud is tested where they are not lifted.
	if err := st.cloud.Switch("no_limits", "on"); err != nil {
		t.Fatal(err)
	}
	r.bots = newReplicas(t, st, name, 3, r.passPoint)
	for _, b := range r.bots.all {
		b.env = append(b.env, settings...)
	}
	t.Cleanup(func() {
		for _, b := range r.bots.all {
			_ = b.kill()
		}
	})
	r.bots.start(t)
	return r
}

// passPoint is asked at every point of every replica.
func (r *round) passPoint(b *replica, p point, m moment) bool {
	for _, a := range onTheWire {
		if a.to != p.to || a.what != "" && a.what != p.what || a.moment != m || a.long && *chaosFor == 0 && !r.canary {
			continue
		}
		oneIn := a.oneIn
		if r.canary && a.few {
			oneIn = min(oneIn, 3) // enough of each, so that the harness can only fail by being blind
		}
		if a.few {
			oneIn = max(oneIn, r.wave/8)
		}
		r.mu.Lock()
		hit := !r.calm && r.rnd.IntN(oneIn) == 0
		r.mu.Unlock()
		if hit {
			goOn, happened := a.do(r, b)
			r.total.add(a.name, asNumber(happened))
			return goOn
		}
	}
	return true
}

func (r *round) runBehind(do func()) { r.work.Go(do) }

func (r *round) upTo(d time.Duration) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return time.Duration(r.rnd.Int64N(int64(d)))
}

func (r *round) pickOne(n int) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.rnd.IntN(n)
}

// run lets everybody of a wave propose at once, wave after wave for so long, the
// last as large as fits, and accidents happen until all have acted and at least so long; then all is
// calm, and all is counted.
func (r *round) run(waves, atLeast time.Duration) {
	storm, calm := context.WithCancel(r.ctx)
	defer calm()
	r.runBehind(func() { r.storm(storm) })
	begun := time.Now()
	var all []*person
	for i, n := 0, r.wave; i < r.waves && n > 0 && !r.t.Failed(); i++ {
		since := time.Now()
		all = append(all, r.actInWave(i, n)...)
		r.t.Logf("wave %d, of %d, has acted after %s", i+1, n, time.Since(begun).Round(time.Second))
		n = r.nextWaveSize(waves-time.Since(begun), time.Since(since))
	}
	waitFor(r.ctx, max(atLeast-time.Since(begun), r.goesOn))
	calm()
	r.mu.Lock()
	r.calm = true
	r.mu.Unlock()
	r.work.Wait()
	r.endMisbehaviour()
	if r.canary { // what it is for shows soon, or not at all
		_ = all[0].waitUntil(40*time.Second, func() bool {
			return slices.ContainsFunc(all, func(p *person) bool { return p.stage.cloud.Resets(machineOf(p.i)) > 1 })
		})
	}
	r.skipDeadTime(all)
	for _, p := range all {
		p.judgeOutcome()
	}
	for _, p := range all {
		if !r.canary {
			p.sawItComing()
		}
	}
	r.keepLogs()
	for i, b := range r.bots.all {
		if bad := b.misbehaviour(); bad != "" {
			r.t.Errorf("replica %d: %s", i+1, bad)
		}
	}
}

// skipDeadTime spares the 400 s until a call of which nothing was heard is known dead.
// Once all others have ended the cloud's clock leaps forward.
func (r *round) skipDeadTime(all []*person) {
	if r.canary || r.t.Failed() {
		return
	}
	settled := func() bool {
		return !slices.ContainsFunc(
			all, func(p *person) bool { return !p.hasEnded() && p.cardStatus() != "Calling the cloud" },
		)
	}
	if err := all[0].waitUntil(3*time.Minute, settled); err != nil {
		return // judged tells of it
	}
	if slices.ContainsFunc(all, func(p *person) bool { return !p.hasEnded() }) {
		var wires []*wire
		for _, b := range r.bots.all {
			wires = append(wires, b.wire)
		}
		leapCloudClock(r.t, r.stage, wires...)
	}
}

// A leap is longer than the 400 s after which a call is known dead. The double's own
// clock takes part in it as far as the bots' signatures stay good: so it refuses a
// late call itself. Bots on a wire are shown the rest of it by the wire.
const (
	leapOfTheCloud = 285 * time.Second
	leapOnTheWire  = 120 * time.Second
)

// leapCloudClock sets the cloud's clock forward.
func leapCloudClock(t testing.TB, st *stage, wires ...*wire) {
	t.Helper()
	if err := st.cloud.Switch("clock_skew", leapOfTheCloud.String()); err != nil {
		t.Error(err)
	}
	for _, w := range wires {
		if w != nil {
			w.ahead.Store(int64(leapOnTheWire / time.Second))
		}
	}
}

// nextWaveSize is how many propose in the next wave: all, or, where less time is left than
// the last wave took, so many fewer; and none where it would not be a wave.
func (r *round) nextWaveSize(left, took time.Duration) int {
	if left >= took {
		return r.wave
	}
	n := int(float64(r.wave) * float64(left) / float64(took))
	if n < r.wave/10 {
		return 0
	}
	return n
}

// actInWave returns when all n of a wave have proposed, approved and confirmed.
func (r *round) actInWave(wave, n int) []*person {
	var people sync.WaitGroup
	all := make([]*person, n)
	for i := range all {
		all[i] = &person{round: r, i: wave*r.wave + i}
		people.Go(all[i].actForMachine)
	}
	acted := make(chan struct{})
	go func() { people.Wait(); close(acted) }()
	r.failAfter(acted, 15*time.Minute, "everybody has proposed, approved and confirmed")
	return all
}

// keepLogs keeps what the bots said of a round that went wrong.
func (r *round) keepLogs() {
	if !r.t.Failed() {
		return
	}
	dir, err := os.MkdirTemp("", "twokey-chaos-")
	if err != nil {
		r.t.Error(err)
		return
	}
	for i, b := range r.bots.all {
		if err := os.WriteFile(
			filepath.Join(dir, fmt.Sprintf("replica-%d.log", i+1)), []byte(b.log.String()), 0o600,
		); err != nil {
			r.t.Error(err)
		}
	}
	r.t.Logf("the replicas' logs are in %s", dir)
}

func (r *round) failAfter(done <-chan struct{}, limit time.Duration, what string) {
	select {
	case <-done:
	case <-time.After(limit):
		r.t.Fatalf("not within %s: %s", limit, what)
	}
}

// causeAccidents has one after the other, some of them at the same time.
func (r *round) causeAccidents(ctx context.Context) {
	for ctx.Err() == nil {
		waitFor(ctx, 500*time.Millisecond+r.upTo(3*time.Second))
		if ctx.Err() != nil {
			return
		}
		a, b := accidents[r.pickOne(len(accidents))], r.bots.all[r.pickOne(len(r.bots.all))]
		r.runBehind(func() {
			err := a.do(r, b)
			if errors.Is(err, errBusy) {
				return
			}
			r.total.add(a.name, 1)
			if err != nil && r.ctx.Err() == nil {
				r.t.Errorf("%s: %v", a.name, err)
			}
		})
	}
}

// endMisbehaviour ends what misbehaves until it is told otherwise.
func (r *round) endMisbehaviour() {
	if err := r.stage.slack.Switch("deliver_twice", "off"); err != nil {
		r.t.Error(err)
	}
	for _, name := range []string{
		"reset_drop_after", "reset_slow_body", "reset_error", "reset_fail", "reset_empty", "describe_drop", "throttle",
	} {
		if err := r.stage.cloud.Switch(name, "off"); err != nil {
			r.t.Error(err)
		}
	}
}

var errNotYet = errors.New("not yet")
