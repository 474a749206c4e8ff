package store

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"twokey/bot/practice/loopback"
	"twokey/commands/port"
	"twokey/commands/seal"
)

// kinds are the kinds of Redis on which every promise holds: miniredis, a real Redis
// with its append-only file, and a real Redis in cluster mode. Each is empty.
var kinds = []struct {
	name  string
	fresh func(t *testing.T) Options
}{
	{"miniredis", func(t *testing.T) Options {
		return Options{URL: "redis://" + startMini(t), BestEffort: true}
	}},
	{"redis", func(t *testing.T) Options {
		return Options{URL: shareServer(t, "redis", func(dir string) (*server, error) { return newRedis(dir) }).url()}
	}},
	{"cluster", func(t *testing.T) Options { return Options{ClusterURL: shareServer(t, "cluster", newCluster).url()} }},
}

// onEach runs a promise on each kind.
func onEach(t *testing.T, promise func(t *testing.T, o Options)) {
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) { promise(t, k.fresh(t)) })
	}
}

// sealing are the keys of these tests.
func sealing(t testing.TB) *seal.Keys {
	t.Helper()
	k, err := seal.New("the sealing key of the store's own tests")
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// open opens a store that is closed with the test.
func open(t testing.TB, o Options) *Store {
	t.Helper()
	if o.Seal == nil {
		o.Seal = sealing(t)
	}
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// server is a redis-server child on loopback.
type server struct {
	addr string
	args []string
	out  *bytes.Buffer
	cmd  *exec.Cmd
}

// needRedis skips a test that starts a redis-server with -short.
func needRedis(t testing.TB) {
	t.Helper()
	if testing.Short() {
		t.Skip("-short starts no redis-server: make test runs this")
	}
}

// startRedis starts one of the test's own, with AOF, the way an operator should.
func startRedis(t testing.TB, args ...string) *server {
	t.Helper()
	needRedis(t)
	s, err := newRedis(t.TempDir(), args...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.kill)
	return s
}

// startCluster starts a Cluster of one node that serves every slot: like a
// larger one it refuses a script whose keys are in different slots.
func startCluster(t testing.TB) *server {
	t.Helper()
	needRedis(t)
	s, err := newCluster(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.kill)
	return s
}

// shared are the servers that onEach uses again and again, emptied each time.
var shared = map[string]*server{}

func TestMain(m *testing.M) {
	code := m.Run()
	for _, s := range shared {
		s.kill()
		_ = os.RemoveAll(s.dir())
	}
	os.Exit(code)
}

// shareServer returns the emptied server of that kind.
func shareServer(t testing.TB, kind string, start func(dir string) (*server, error)) *server {
	t.Helper()
	needRedis(t)
	s := shared[kind]
	if s == nil {
		dir, err := os.MkdirTemp("", "twokey-store-")
		if err != nil {
			t.Fatal(err)
		}
		if s, err = start(dir); err != nil {
			t.Fatal(err)
		}
		shared[kind] = s
	}
	if err := s.client(t).FlushAll(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	return s
}

func newRedis(dir string, args ...string) (*server, error) {
	if _, err := exec.LookPath("redis-server"); err != nil {
		return nil, errors.New("redis-server is not on PATH: `make test` installs it")
	}
	addr, err := address()
	if err != nil {
		return nil, err
	}
	s := &server{addr: addr}
	_, port, _ := net.SplitHostPort(addr)
	s.args = append([]string{
		"--dir", dir, "--bind", "127.0.0.1", "--port", port, "--save", "",
		"--appendonly", "yes", "--appendfsync", "always", "--maxmemory-policy", "noeviction",
	}, args...)
	if slices.Contains(args, "--cluster-enabled") { // its bus would be 10000 higher, among the ports of connections
		bus, err := address()
		if err != nil {
			return nil, err
		}
		_, port, _ := net.SplitHostPort(bus)
		s.args = append(s.args, "--cluster-port", port)
	}
	return s, s.start()
}

func newCluster(dir string) (*server, error) {
	s, err := newRedis(dir, "--cluster-enabled", "yes")
	if err != nil {
		return nil, err
	}
	c := redis.NewClient(&redis.Options{Addr: s.addr})
	defer c.Close()
	if err := c.ClusterAddSlotsRange(context.Background(), 0, 16383).Err(); err != nil {
		s.kill()
		return nil, err
	}
	for deadline := time.Now().Add(patience); ; {
		info, err := c.ClusterInfo(context.Background()).Result()
		if err == nil && strings.Contains(info, "cluster_state:ok") {
			return s, nil
		}
		if time.Now().After(deadline) {
			s.kill()
			return nil, fmt.Errorf("the cluster does not serve: %s %w", info, err)
		}
	}
}

func (s *server) dir() string { return s.args[1] }

func (s *server) url() string { return "redis://" + s.addr }

// start runs the server and returns when it answers.
func (s *server) start() error {
	s.out = new(bytes.Buffer)
	s.cmd = exec.Command("redis-server", s.args...)
	s.cmd.Stdout, s.cmd.Stderr = s.out, s.out
	if err := s.cmd.Start(); err != nil {
		return err
	}
	for deadline := time.Now().Add(patience); ; {
		err := s.ping()
		if err == nil {
			return nil
		}
		if time.Now().After(deadline) {
			s.kill()
			return fmt.Errorf("redis-server did not come up: %w\n%s", err, s.out)
		}
	}
}

// ping asks whether the server serves: not before it has read its AOF. One
// that asks for a password serves too.
func (s *server) ping() error {
	c, err := net.Dial("tcp", s.addr)
	if err != nil {
		return err
	}
	defer c.Close()
	if _, err := io.WriteString(c, "PING\r\n"); err != nil {
		return err
	}
	answer, err := bufio.NewReader(c).ReadString('\n')
	if err == nil && !strings.HasPrefix(answer, "+PONG") && !strings.HasPrefix(answer, "-NOAUTH") {
		err = errors.New(answer)
	}
	return err
}

// kill is kill -9.
func (s *server) kill() {
	if s.cmd == nil || s.cmd.Process == nil || s.cmd.ProcessState != nil {
		return
	}
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
}

// client talks to the server past the store.
func (s *server) client(t testing.TB) *redis.Client {
	c := redis.NewClient(&redis.Options{Addr: s.addr})
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// startSentinel starts a Sentinel that watches the primary as "twokey".
func startSentinel(t testing.TB, primary *server) *server {
	t.Helper()
	s := &server{addr: freeAddr(t)}
	_, port, _ := net.SplitHostPort(s.addr)
	host, pport, _ := net.SplitHostPort(primary.addr)
	conf := filepath.Join(t.TempDir(), "sentinel.conf")
	text := "bind 127.0.0.1\nport " + port + "\nsentinel monitor twokey " + host + " " + pport + " 1\n"
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s.args = []string{conf, "--sentinel"}
	if err := s.start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.kill)
	return s
}

func startMini(t testing.TB) string { return miniredis.RunT(t).Addr() }

// address leases an address as long as this process lives: a server that was
// killed must find it free when it starts again.
func address() (string, error) {
	addr, _, err := loopback.Lease()
	return addr, err
}

func freeAddr(t testing.TB) string {
	t.Helper()
	addr, err := address()
	if err != nil {
		t.Fatal(err)
	}
	return addr
}

// patience is how long anything may take before the test gives up.
const patience = 20 * time.Second

// eventually asks until the answer is yes.
func eventually(t testing.TB, what string, yes func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !yes() {
		if time.Now().After(deadline) {
			t.Fatalf("not in 20 s: %s", what)
		}
	}
}

// claimed claims until the wanted thing is leased, and returns the lease.
func claimed(t testing.TB, s *Store, lease time.Duration, kind port.ClaimKind, id string) port.Claim {
	t.Helper()
	var got port.Claim
	eventually(t, fmt.Sprintf("%s %s is due", kind, id), func() bool {
		cs, err := s.Claim(t.Context(), lease, 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cs {
			if c.Kind == kind && c.ID == id {
				got = c
				return true
			}
		}
		return false
	})
	return got
}

// lossy stands between a client and Redis. It takes every command to Redis and
// can lose the answer on the way back: the client sees a closed connection.
type lossy struct {
	net.Listener
	to   string
	lose atomic.Int64 // so many answers to scripts are still to be lost
	skip atomic.Int64 // .. after so many that are not
	lost atomic.Int64 // so many were
	open sync.WaitGroup
}

func startLossy(t *testing.T, to string) *lossy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &lossy{Listener: l, to: to}
	p.open.Go(p.serve)
	t.Cleanup(func() { _ = l.Close(); p.open.Wait() })
	return p
}

func (p *lossy) serve() {
	for {
		c, err := p.Accept()
		if err != nil {
			return
		}
		r, err := net.Dial("tcp", p.to)
		if err != nil {
			_ = c.Close()
			continue
		}
		var losing atomic.Bool
		p.open.Go(func() { p.there(c, r, &losing) })
		p.open.Go(func() { p.back(c, r, &losing) })
	}
}

// there carries commands; with a script it decides to lose the answer.
func (p *lossy) there(c, r net.Conn, losing *atomic.Bool) {
	defer c.Close()
	defer r.Close()
	b := make([]byte, 1<<20)
	for {
		n, err := c.Read(b)
		if err != nil {
			return
		}
		if bytes.Contains(bytes.ToLower(b[:n]), []byte("\r\neval")) && p.skip.Add(-1) < 0 && p.lose.Add(-1) >= 0 {
			losing.Store(true)
		}
		if _, err := r.Write(b[:n]); err != nil {
			return
		}
	}
}

// back carries answers, or drops one with the connection.
func (p *lossy) back(c, r net.Conn, losing *atomic.Bool) {
	defer c.Close()
	defer r.Close()
	b := make([]byte, 1<<20)
	for {
		n, err := r.Read(b)
		if err != nil {
			return
		}
		if losing.Load() {
			p.lost.Add(1)
			return
		}
		if _, err := io.Copy(c, bytes.NewReader(b[:n])); err != nil {
			return
		}
	}
}

// trips counts round trips: a command, or a pipeline, is one.
type trips struct{ n atomic.Int64 }

func (h *trips) DialHook(next redis.DialHook) redis.DialHook { return next }

func (h *trips) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		h.n.Add(1)
		return next(ctx, cmd)
	}
}

func (h *trips) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		h.n.Add(1)
		return next(ctx, cmds)
	}
}
