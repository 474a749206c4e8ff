package engine_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

var (
	spoils    = flag.Int("spoils", 500, "how many bytes of a live proposal are changed in Redis (make fuzz: 10000)")
	spoilSeed = flag.Uint64("spoil-seed", 1, "from which seed they are chosen")
	spoilOne  = flag.Int("spoil-round", -1, "only that round")
)

// scene is what a proposal whose bytes are changed has come to. The healthy one
// counts down beside it, and its call is due first.
type scene struct {
	name string
	goes func(w *spoiled, id, name string)
	// calls is how many calls for it would go out of itself, once its time has come.
	calls int
	state reinstall.State
}

func scenes() []scene {
	keys := func(w *spoiled, id, name string) {
		w.approved(id)
		w.backedUp(id, name)
	}
	return []scene{
		{"without keys", func(*spoiled, string, string) {}, 0, reinstall.Proposed},
		{"approved", func(w *spoiled, id, _ string) { w.approved(id) }, 0, reinstall.Proposed},
		{"backup confirmed", func(w *spoiled, id, name string) { w.backedUp(id, name) }, 0, reinstall.Proposed},
		{"with a refusal to come", func(w *spoiled, id, name string) { // her own key never counts
			w.backedUp(id, name)
			w.does("U0ANN", port.Line{Verb: model.VerbApprove, ID: id})
		}, 0, reinstall.Proposed},
		{"held", func(w *spoiled, id, name string) {
			keys(w, id, name)
			w.did("U0ANN", port.Line{Verb: model.VerbHold, ID: id, Text: "wait"})
		}, 0, reinstall.Held},
		{"counting down", keys, 1, reinstall.Ready},
		{"with the last key to come", func(w *spoiled, id, name string) {
			w.backedUp(id, name)
			w.does("U0BOB", port.Line{Verb: model.VerbApprove, ID: id})
		}, 1, reinstall.Proposed},
	}
}

// laid is a scene as it lies in Redis.
type laid struct {
	scene
	kept
	first, healthy string // the machines
	id, other      string // their proposals
	places         []place
	starts         time.Time // when the healthy one's call is due
}

// lays plays a scene up to where its bytes are changed.
func lays(t testing.TB, db *redis.Client, url string, s scene) laid {
	t.Helper()
	db.FlushDB(t.Context())
	w := newSpoiled(t, db, url, began)
	defer w.close()
	l := laid{scene: s}
	l.first, l.healthy = twinsOf(w.memory)
	l.other = w.proposes(l.healthy)
	w.approved(l.other)
	w.backedUp(l.other, l.healthy)
	l.id = w.proposes(l.first)
	s.goes(w, l.id, l.first)
	if one, two := w.proposalOf(l.first), w.proposalOf(l.healthy); one.Op.State != s.state || !two.Op.CountdownRuns() ||
		two.Op.Starts.Before(w.clock.now()) {
		t.Fatalf("%s: %s beside %s, which starts at %s", s.name, one.Op.State, two.Op.State, two.Op.Starts)
	}
	l.kept, l.starts, l.places = w.keeps(), w.proposalOf(l.healthy).Op.Starts, w.places(l.id, "ins-"+l.first)
	return l
}

// Whoever may write to Redis changes any byte of any key of a live proposal: no
// call goes out that would not have gone out, nothing panics, and the proposal
// beside it goes its way.
func TestAnyByteOfALiveProposalChangedMakesNoCall(t *testing.T) {
	was := debug.SetGCPercent(400) // thousands of rounds
	t.Cleanup(func() { debug.SetGCPercent(was) })
	url := serveRedis(t)
	db := clientOf(t, url)
	var all []laid
	for _, s := range scenes() {
		all = append(all, lays(t, db, url, s))
	}
	for _, l := range all { // what would go out by itself
		w := restored(t, db, url, l.kept)
		w.judged(l, "nothing", 2, true)
		if n := w.cloud.called(l.first); n != l.calls {
			t.Fatalf("%s: unspoiled, %d calls went out", l.name, n)
		}
		w.close()
	}
	var next atomic.Int64
	for n := range 4 {
		t.Run(fmt.Sprintf("in database %d", n+1), func(t *testing.T) {
			t.Parallel()
			url := fmt.Sprintf("%s?db=%d", url, n+1)
			db := clientOf(t, url)
			for n := next.Add(1) - 1; n < int64(*spoils) && !t.Failed(); n = next.Add(1) - 1 {
				if *spoilOne < 0 || int64(*spoilOne) == n {
					spoilsOnce(t, db, url, all[n%int64(len(all))], n)
				}
			}
		})
	}
}

// spoilsOnce is one round.
func spoilsOnce(t *testing.T, db *redis.Client, url string, l laid, n int64) {
	rnd := rand.New(rand.NewPCG(*spoilSeed, uint64(n)))
	w := restored(t, db, url, l.kept)
	defer w.close()
	if rnd.IntN(4) == 0 { // a bot that has seen what was there before
		w.desk.LookThrough(t.Context())
	}
	what := w.spoils(rnd, l.places)
	// in one of four all time passes
	w.judged(l, fmt.Sprintf("round %d (seed %d), %s: %s", n, *spoilSeed, l.name, what), 2*(rnd.IntN(4)/3),
		rnd.IntN(8) == 0)
}

// judged lets the time come for both, and looks at what came of it.
func (w *spoiled) judged(l laid, what string, far int, list bool) {
	w.t.Helper()
	bad := func(format string, a ...any) { w.t.Errorf("%s: "+format, append([]any{what}, a...)...) }
	w.works()
	w.desk.LookThrough(w.t.Context())
	if list {
		w.listed(l, bad)
	}
	if w.cloud.called(l.first) > 0 || w.cloud.called(l.healthy) > 0 {
		bad("a call before its time: %v", w.cloud.calls)
	}
	w.passes(l.starts.Sub(w.clock.now()))
	w.works()
	if n := w.cloud.called(l.healthy); n != 1 {
		rec, err := w.memory.Load(w.t.Context(), l.other)
		bad("the other proposal, whose time has come, made %d calls: %s %s %v", n, rec.Op.State, rec.Op.Waits, err)
	}
	if w.cloud.called(l.first) > 0 {
		bad("its call went out before its time")
	}
	for range far { // twice is past any countdown
		w.passes(time.Minute + 5*time.Second)
		w.works()
	}
	if n := w.cloud.called(l.first); n > l.calls {
		bad("%d calls, where %d would have gone out", n, l.calls)
	}
	if w.board.says(l.other, "outside Twokey") {
		bad("the other proposal is said to be changed")
	}
	for _, id := range w.memory.Spoiled() {
		if id == l.other {
			bad("the other proposal counts as changed")
		}
	}
}

// listed: list shows the other one as before.
func (w *spoiled) listed(l laid, bad func(string, ...any)) {
	w.t.Helper()
	live, err := w.memory.Live(w.t.Context())
	if err != nil {
		bad("what is live cannot be listed: %v", err)
		return
	}
	for _, r := range live {
		if r.Op.ID == l.other && r.Op.State == reinstall.Ready {
			said := w.desk.Command(w.t.Context(), port.Inbound{
				Dedupe: "list", User: "U0ANN", Channel: "C0INFRA",
				Text: "list",
			}).Text.String()
			if !strings.Contains(said, l.healthy) {
				bad("list does not show the other proposal: %s", said)
			}
			return
		}
	}
	bad("the other proposal is not among what is live")
}
