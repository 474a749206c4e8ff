package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"pgregory.net/rapid"

	"twokey/bot/store/keys"
	"twokey/commands/port"
	"twokey/commands/reinstall"
)

// storeModel is what one operation's transitions, leases and wake-ups ought to be,
// written once more in plain Go: times are milliseconds, never is -1.
type storeModel struct {
	now      int64
	rev      int64
	commands []string // in the log's order
	due      int64
	holder   int // index into claims; -1: free
	until    int64
	again    bool
	claims   []port.Claim
	posts    int
}

const noHolder = -1

func (m *storeModel) leased() bool { return m.holder != noHolder && m.until > m.now }

// apply is the transition that the script ought to make: its answer, and what
// it leaves behind.
func (m *storeModel) apply(command string, rev int64, holder int, in int64) string {
	switch {
	case slices.Contains(m.commands, command):
		return "dup"
	case holder != noHolder && holder != m.holder:
		return "fenced"
	case rev != m.rev:
		return "stale"
	}
	m.rev++
	m.posts++
	m.commands = append(m.commands, command)
	if holder == noHolder && m.leased() {
		m.again = true
		return "ok"
	}
	m.wake(in)
	return "ok"
}

func (m *storeModel) wake(in int64) {
	m.holder, m.again = noHolder, false
	m.due = -1
	if in >= 0 {
		m.due = m.now + in
	}
}

// claim reports whether the operation is leased now, as the newest claim.
func (m *storeModel) claim(lease int64) bool {
	at := m.due
	if m.holder != noHolder {
		at = m.until
	}
	if at < 0 || at > m.now {
		return false
	}
	m.holder, m.until, m.again = len(m.claims), m.now+lease, false
	return true
}

func (m *storeModel) release(holder int, in int64) string {
	switch {
	case m.holder == noHolder:
		return "ok"
	case holder != m.holder:
		return "fenced"
	case m.again:
		in = 0
	}
	m.wake(in)
	return "ok"
}

// outcome names what a transition was answered.
func outcome(err error) string {
	var stale *port.StaleError
	switch {
	case err == nil:
		return "ok"
	case errors.As(err, &stale):
		return "stale"
	case errors.Is(err, port.ErrFenced):
		return "fenced"
	}
	return err.Error()
}

// Whatever clicks, workers and time do, the scripts do what the model does.
func TestTransitionsAndLeasesFollowTheModel(t *testing.T) {
	mini := miniredis.RunT(t)
	s := open(t, Options{URL: "redis://" + mini.Addr(), BestEffort: true})
	rapid.Check(t, func(t *rapid.T) {
		mini.FlushAll()
		if err := s.db.LoadScripts(context.Background()); err != nil {
			t.Fatal(err)
		}
		m := machine{t: t, s: s, mini: mini, m: &storeModel{now: t0.UnixMilli(), rev: 1, holder: noHolder, due: -1}}
		m.begin()
		t.Repeat(map[string]func(*rapid.T){
			"click": m.click, "commit": m.commit, "claim": m.claim, "release": m.release,
			"renew": m.renew, "pass": m.pass, "": m.check,
		})
	})
}

// machine drives the store and the model side by side.
type machine struct {
	t    *rapid.T
	s    *Store
	mini *miniredis.Miniredis
	m    *storeModel
	rec  port.Record
}

func (x *machine) begin() {
	x.mini.SetTime(time.UnixMilli(x.m.now))
	rec, err := x.s.Create(context.Background(), proposal(x.s, ref(1), "c0"))
	if err != nil {
		x.t.Fatal(err)
	}
	x.rec, x.m.commands = rec, []string{"c0"}
}

// transition draws a command, new or used before, on any revision so far.
func (x *machine) transition(t *rapid.T, holder int) {
	command := fmt.Sprint("c", rapid.IntRange(0, len(x.m.commands)).Draw(t, "command"))
	rev := x.m.rev - int64(rapid.IntRange(0, min(2, int(x.m.rev-1))).Draw(t, "behind"))
	in := rapid.SampledFrom([]int64{-1, 0, 500, 5000}).Draw(t, "in")
	rec := x.rec
	rec.Rev = rev
	c := click(rec, command, reinstall.Proposed)
	c.WakeAfter = time.Duration(in) * time.Millisecond
	c.Posts = []port.Post{{Kind: port.PostLine, Key: command}}
	if holder != noHolder {
		c.Claim = x.m.claims[holder]
	}
	want := x.m.apply(command, rev, holder, in)
	got, err := x.s.Apply(context.Background(), c)
	if was := outcome(err); was != want && (want != "dup" || was != "ok") {
		t.Fatalf("%s on revision %d: %s instead of %s", command, rev, was, want)
	}
	if err == nil && got.Rev != x.m.rev {
		t.Fatalf("%s led to revision %d instead of %d", command, got.Rev, x.m.rev)
	}
}

func (x *machine) click(t *rapid.T) { x.transition(t, noHolder) }

// held draws a lease, old or present.
func (x *machine) held(t *rapid.T) int {
	if len(x.m.claims) == 0 {
		t.Skip("nothing was leased yet") // rapid draws another action
	}
	return rapid.IntRange(max(0, len(x.m.claims)-3), len(x.m.claims)-1).Draw(t, "lease")
}

func (x *machine) commit(t *rapid.T) { x.transition(t, x.held(t)) }

func (x *machine) claim(t *rapid.T) {
	cs, err := x.s.Claim(context.Background(), time.Second, 10)
	if err != nil {
		t.Fatal(err)
	}
	want := x.m.claim(1000)
	var got bool
	for _, c := range cs {
		if c.Kind == port.ClaimOp {
			got = true
			if n := len(x.m.claims); n > 0 && c.Token <= x.m.claims[n-1].Token {
				t.Fatal("the token did not grow")
			}
			x.m.claims = append(x.m.claims, c)
		}
	}
	if got != want {
		t.Fatalf("leased: %v instead of %v", got, want)
	}
}

func (x *machine) release(t *rapid.T) {
	i := x.held(t)
	in := rapid.SampledFrom([]int64{-1, 0, 700}).Draw(t, "in")
	want := x.m.release(i, in)
	if got := outcome(x.s.Release(context.Background(), x.m.claims[i], time.Duration(in)*time.Millisecond)); got != want {
		t.Fatalf("release: %s instead of %s", got, want)
	}
}

func (x *machine) renew(t *rapid.T) {
	i := x.held(t)
	lost, err := x.s.Renew(context.Background(), time.Second, []port.Claim{x.m.claims[i]})
	if err != nil {
		t.Fatal(err)
	}
	if i == x.m.holder {
		x.m.until = x.m.now + 1000
	}
	if (len(lost) == 0) != (i == x.m.holder) {
		t.Fatalf("renewed: %v, holder %d, asked %d", len(lost) == 0, x.m.holder, i)
	}
}

func (x *machine) pass(t *rapid.T) {
	x.m.now += int64(rapid.SampledFrom([]int{1, 300, 999, 1000, 4000}).Draw(t, "ms"))
	x.mini.SetTime(time.UnixMilli(x.m.now))
}

// check compares what can be seen: revision, log and outbox.
func (x *machine) check(t *rapid.T) {
	ctx := context.Background()
	rec, err := x.s.Load(ctx, x.rec.Op.ID)
	if err != nil || rec.Rev != x.m.rev {
		t.Fatalf("revision %d instead of %d, %v", rec.Rev, x.m.rev, err)
	}
	log, err := x.s.Log(ctx, x.rec.Op.ID)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i, e := range log {
		if e.Rev != int64(i+1) {
			t.Fatalf("entry %d of the log is revision %d", i, e.Rev)
		}
		got = append(got, e.Command)
	}
	if !slices.Equal(got, x.m.commands) {
		t.Fatalf("log %s instead of %s", strings.Join(got, " "), strings.Join(x.m.commands, " "))
	}
	ps, err := x.s.Posts(ctx, keys.OfInstance(ref(1)).String(), 1000)
	if err != nil || len(ps) != x.m.posts {
		t.Fatalf("%d posts instead of %d, %v", len(ps), x.m.posts, err)
	}
}
