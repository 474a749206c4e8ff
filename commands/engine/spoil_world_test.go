package engine_test

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"twokey/bot/store"
	"twokey/commands/port"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
	"twokey/commands/wiring"
)

// The world of the test that changes bytes in Redis: a real Redis, a real desk, two
// machines, and a clock that goes only when it is told to.

// stopped is a clock that stands.
type stopped struct {
	mu sync.Mutex
	at time.Time
}

func (c *stopped) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *stopped) set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
}

// farm is a cloud with two machines that counts the calls for each.
type farm struct {
	port.Cloud
	clock *stopped
	mu    sync.Mutex
	calls map[string]int
}

func (c *farm) instance(name string) model.Instance {
	return model.Instance{
		Ref: model.Ref{Account: "main", Region: "ap-guangzhou", Instance: "ins-" + name}, Name: name, State: "RUNNING",
		ImageID: "img-00000001", OSName: "Ubuntu",
		SystemDisk: model.Disk{ID: "disk-" + name, Type: "CLOUD_PREMIUM", SizeGB: 50}, Latest: c.latest(name),
	}
}

func (c *farm) latest(name string) model.Latest {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.calls["ins-"+name] > 0 {
		return model.Latest{Operation: "ResetInstance", State: "OPERATING", RequestID: "q-" + name}
	}
	return model.Latest{Operation: "RunInstances", State: "SUCCESS", RequestID: "r0"}
}

func (c *farm) Find(_ context.Context, target, _, _ string) ([]model.Instance, error) {
	return []model.Instance{c.instance(target)}, nil
}

func (c *farm) Read(_ context.Context, ref model.Ref, _ model.Request, _ string) (model.Facts, error) {
	img := model.Image{ID: "img-00000001", Type: model.ImagePublic, State: "NORMAL", OSName: "Ubuntu"}
	p, name := model.Price{Amount: 1, Unit: "HOUR"}, strings.TrimPrefix(ref.Instance, "ins-")
	return model.Facts{
		Instance: c.instance(name), Image: img, ImageFound: true, Current: img, Before: &p, After: &p,
		ServerTime: c.clock.now(),
		Evidence: []model.Evidence{{
			Kind: model.EvidenceSnapshot, ID: "snap-" + name, State: "NORMAL",
			DiskID: "disk-" + name, SizeGB: 50, Created: c.clock.now().Add(-time.Hour),
		}},
	}, nil
}

func (c *farm) Look(_ context.Context, _, _ string, ids []string) (map[string]port.InstanceStatus, error) {
	out := map[string]port.InstanceStatus{}
	for _, id := range ids {
		out[id] = port.InstanceStatus{
			Instance: c.instance(strings.TrimPrefix(id, "ins-")), ServerTime: c.clock.now(),
			Asked: c.clock.now(),
		}
	}
	return out, nil
}

func (c *farm) Events(context.Context, model.Ref, time.Time) ([]model.CloudEvent, error) {
	return nil, nil
}

func (c *farm) Signer(context.Context, string) (string, error) { return "key", nil }

func (c *farm) Reset(_ context.Context, o port.Order) port.Answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls[o.Plan.Instance]++
	return port.Answer{Verdict: port.Accepted, RequestID: "q-" + o.Plan.Name}
}

func (c *farm) called(machine string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.calls["ins-"+machine]
}

// board is a Slack that keeps what stands there.
type board struct {
	quiet
	mu    sync.Mutex
	stood []string
}

func (b *board) keep(what any) {
	raw, _ := json.Marshal(what)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stood = append(b.stood, string(raw))
}

func (b *board) PostCard(_ context.Context, c view.Card, _ string) (port.Address, error) {
	b.keep(c)
	return port.Address{Channel: c.Channel, TS: "1." + c.ID}, nil
}

func (b *board) UpdateCard(_ context.Context, _ port.Address, c view.Card) error {
	b.keep(c)
	return nil
}

func (b *board) PostLine(_ context.Context, _ port.Address, t view.Text, _ string) error {
	b.keep(t.String())
	return nil
}

func (b *board) PostWithButtons(_ context.Context, _ port.Address, l view.LineWithButtons, _ string) error {
	b.keep(l.Text.String())
	return nil
}

func (b *board) EditLine(context.Context, port.Address, view.LineWithButtons, string) (bool, error) {
	return true, nil
}

func (b *board) PostLoud(_ context.Context, _ port.Address, t view.Text, _ string) error {
	b.keep(t.String())
	return nil
}

func (b *board) InChannel(context.Context, string) ([]string, error) {
	return []string{"U0ANN", "U0BOB"}, nil
}

// says reports whether anything there has both.
func (b *board) says(one, other string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.ContainsFunc(b.stood, func(s string) bool {
		return strings.Contains(s, one) &&
			strings.Contains(s, other)
	})
}

// claims counts what was claimed, and looks only if anything is due: most of the
// time of these tests would go into looking.
type claims struct {
	port.Store
	db *redis.Client
	n  int
}

func (c *claims) Claim(ctx context.Context, lease time.Duration, max int) ([]port.Claim, error) {
	due := make([]*redis.IntCmd, store.Partitions)
	pipe := c.db.Pipeline()
	for p := range due {
		due[p] = pipe.ZCount(ctx, fmt.Sprintf("twokey:{%d}:due", p), "-inf", fmt.Sprint(time.Now().UnixMilli()))
	}
	_, _ = pipe.Exec(ctx)
	if !slices.ContainsFunc(due, func(n *redis.IntCmd) bool { return n.Err() != nil || n.Val() > 0 }) {
		return nil, nil
	}
	cs, err := c.Store.Claim(ctx, lease, max)
	c.n += len(cs)
	return cs, err
}

// spoiled is that world.
type spoiled struct {
	t      testing.TB
	db     *redis.Client
	memory *store.Store
	claims *claims
	desk   *wiring.Twokey
	cloud  *farm
	board  *board
	clock  *stopped
	item   int
}

// spoiledPolicy demands both keys.
func spoiledPolicy() model.Policy {
	return model.Policy{
		Channels: []string{"C0INFRA"}, Approvals: 1, Approvers: model.People{Users: []string{"U0BOB"}}, Backup: true,
		BackupMaxAge: 24 * time.Hour,
		Countdown:    time.Minute, ExpiresAfter: time.Hour, Limits: model.Limits{AtOnce: 2, PerHour: 2},
	}
}

// began is when all worlds begin: ahead of the time of day, by which what is posted
// must leave before its lease ends.
var began = time.Now().Add(24 * time.Hour).Truncate(time.Second).UTC()

// serveRedis starts a Redis of the test's own and returns its address. With
// -short it skips the test.
func serveRedis(t testing.TB) string {
	t.Helper()
	if testing.Short() {
		t.Skip("-short starts no redis-server: make test runs this")
	}
	if _, err := exec.LookPath("redis-server"); err != nil {
		t.Fatal("redis-server is not on PATH: `make test` installs it")
	}
	dir, err := os.MkdirTemp("", "twokey-spoil-")
	if err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(dir, "redis")
	cmd := exec.Command("redis-server", "--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no",
		"--dir", dir, "--maxmemory-policy", "noeviction")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = os.RemoveAll(dir)
	})
	for said := bufio.NewScanner(out); said.Scan(); {
		if strings.Contains(said.Text(), "eady to accept connections") {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return "unix://" + socket
		}
	}
	t.Fatal("redis-server ended before it was ready")
	return ""
}

// clientOf speaks to that Redis as anybody can.
func clientOf(t testing.TB, url string) *redis.Client {
	t.Helper()
	o, err := redis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	c := redis.NewClient(o)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// newSpoiled opens a bot on what Redis holds.
func newSpoiled(t testing.TB, db *redis.Client, url string, at time.Time) *spoiled {
	t.Helper()
	var err error
	w := &spoiled{t: t, db: db, clock: &stopped{at: at}, board: &board{}}
	w.cloud = &farm{clock: w.clock, calls: map[string]int{}}
	if w.memory, err = store.Open(t.Context(), store.Options{
		URL: url, BestEffort: true,
		Seal: sealing(t),
	}); err != nil {
		t.Fatal(err)
	}
	w.claims = &claims{Store: w.memory, db: w.db}
	pol := spoiledPolicy()
	w.desk = wiring.New(wiring.Config{
		Store: w.claims, Chat: w.board, Cloud: w.cloud, Now: w.clock.now, Policy: func() model.Policy { return pol },
	})
	return w
}

func (w *spoiled) close() { _ = w.memory.Close() }

// works has the desk do all that is due.
func (w *spoiled) works() {
	w.t.Helper()
	since := time.Now()
	for range 30 {
		before := w.claims.n
		w.desk.StepDue(w.t.Context())
		if w.claims.n == before {
			return
		}
	}
	if time.Since(since) < 5*time.Second { // else the machine is too busy to tell
		w.t.Error("something is due again and again")
	}
}

// passes lets time go by: here, and for what is due in Redis.
func (w *spoiled) passes(d time.Duration) {
	w.t.Helper()
	w.clock.set(w.clock.now().Add(d))
	w.shiftDue(-d)
}

func (w *spoiled) shiftDue(d time.Duration) {
	ctx := w.t.Context()
	pipe := w.db.Pipeline()
	for _, key := range w.db.Keys(ctx, "twokey:{*}:due").Val() {
		for _, z := range w.db.ZRangeWithScores(ctx, key, 0, -1).Val() {
			pipe.ZIncrBy(ctx, key, float64(d.Milliseconds()), z.Member.(string))
		}
	}
	_, _ = pipe.Exec(ctx) // a score that was spoiled stays so
}

// does has somebody do something, but not yet worked off.
func (w *spoiled) does(user string, l port.Line) port.Claim {
	w.t.Helper()
	w.item++
	args, err := json.Marshal(l)
	if err != nil {
		w.t.Fatal(err)
	}
	c, _, err := w.memory.Receive(w.t.Context(), port.Item{
		Dedupe: fmt.Sprint("d", w.item), Op: l.ID, Verb: l.Verb, Args: string(args), User: user, Channel: "C0INFRA",
		At: w.clock.now(),
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// did is does, worked off, with all that comes of it within a few seconds.
func (w *spoiled) did(user string, l port.Line) {
	w.t.Helper()
	w.desk.StepClaims(w.t.Context(), w.does(user, l))
	w.works()
	for range 8 { // Slack takes one post a second
		w.passes(time.Second)
		w.works()
	}
}

// proposes has Ann propose a machine, and returns the proposal's id.
func (w *spoiled) proposes(name string) string {
	w.t.Helper()
	w.did("U0ANN", port.Line{Verb: model.VerbPropose, Request: model.Request{Target: name}})
	return w.proposalOf(name).Op.ID
}

func (w *spoiled) proposalOf(name string) port.Record {
	w.t.Helper()
	live, err := w.memory.Live(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	for _, r := range live {
		if r.Op.Plan.Name == name {
			return r
		}
	}
	w.t.Fatalf("nobody has proposed %s", name)
	return port.Record{}
}

func (w *spoiled) approved(id string) {
	w.t.Helper()
	w.did("U0BOB", port.Line{Verb: model.VerbApprove, ID: id})
}

func (w *spoiled) backedUp(id, name string) {
	w.t.Helper()
	w.did("U0ANN", port.Line{Verb: model.VerbBackup, ID: id, As: "snap-" + name, Text: name})
}

// kept is all that Redis holds at some moment.
type kept struct {
	at    time.Time // by Redis
	clock time.Time // by the desk
	dumps map[string]string
	made  map[string]int
}

func (w *spoiled) keeps() kept {
	w.t.Helper()
	k := kept{at: time.Now(), clock: w.clock.now(), dumps: map[string]string{}, made: map[string]int{}}
	for _, key := range w.db.Keys(w.t.Context(), "*").Val() {
		text, err := w.db.Dump(w.t.Context(), key).Result()
		if err != nil {
			w.t.Fatal(err)
		}
		k.dumps[key] = text
	}
	for m, n := range w.cloud.calls {
		k.made[m] = n
	}
	return k
}

// restored puts all that was kept in the place of what is there, and opens a bot on it.
func restored(t testing.TB, db *redis.Client, url string, k kept) *spoiled {
	t.Helper()
	pipe := db.Pipeline()
	pipe.FlushDB(t.Context())
	for key, text := range k.dumps {
		pipe.Restore(t.Context(), key, 0, text)
	}
	if _, err := pipe.Exec(t.Context()); err != nil {
		t.Fatal(err)
	}
	w := newSpoiled(t, db, url, k.clock)
	w.shiftDue(time.Since(k.at))
	for m, n := range k.made {
		w.cloud.calls[m] = n
	}
	return w
}

// twinsOf are two names whose machines share all keys that machines can share.
func twinsOf(memory *store.Store) (first, second string) {
	part := func(name string) byte {
		return memory.NewID(model.Ref{Account: "main", Region: "ap-guangzhou", Instance: "ins-" + name})[0]
	}
	first = "firstborn"
	for i := range 1000 {
		if second = fmt.Sprintf("healthy%02d", i); part(second) == part(first) {
			break
		}
	}
	return first, cmp.Or(second, first)
}
