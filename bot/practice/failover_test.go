//go:build chaos

package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"twokey/bot/practice/loopback"
)

// Promises 1 and 4 where Redis itself fails over: the primary is killed in the
// middle of everything, twice. What was acknowledged goes on, and no machine is
// reset twice.
func TestAFailOverUnderSentinelLosesNothing(t *testing.T) {
	g := newSentinels(t)
	failOver(t, "sentinel.md", "REDIS_SENTINEL_URL="+g.url, g.nodes)
}

func TestAFailOverInAClusterLosesNothing(t *testing.T) {
	g := newCluster(t)
	failOver(t, "cluster.md", "REDIS_CLUSTER_URL="+g.url, g.nodes)
}

// redisNode is a redis-server that can be killed and started again in its place.
type redisNode struct {
	t    testing.TB
	addr string
	args []string

	mu  sync.Mutex
	cmd *exec.Cmd
}

func newNode(t testing.TB, dir string, args ...string) *redisNode {
	t.Helper()
	addr, release, err := loopback.Lease()
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(addr)
	n := &redisNode{t: t, addr: addr, args: append([]string{"--bind", "127.0.0.1", "--port", port, "--dir", dir},
		args...)}
	if len(args) > 0 && strings.HasSuffix(args[0], ".conf") {
		n.args = args
	}
	t.Cleanup(func() { n.kill(); release() })
	return n
}

// dataSettings are the settings of a node that keeps records.
func dataSettings(dir string, more ...string) []string {
	return append([]string{
		"--appendonly", "yes", "--appendfsync", "everysec", "--save", "", "--maxmemory-policy", "noeviction",
		"--repl-diskless-sync-delay", "0", "--logfile", filepath.Join(dir, "redis.log"),
	}, more...)
}

func (n *redisNode) start() {
	n.t.Helper()
	n.mu.Lock()
	defer n.mu.Unlock()
	n.cmd = exec.Command("redis-server", n.args...)
	if err := n.cmd.Start(); err != nil {
		n.t.Fatal(err)
	}
	if err := tryUntil(n.t.Context(), 10*time.Second, func() error {
		return canDial(n.t.Context(),
			n.addr)
	}); err != nil {
		n.t.Fatalf("redis-server %s: %v", n.addr, err)
	}
}

func (n *redisNode) kill() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.cmd != nil {
		_ = n.cmd.Process.Kill()
		_ = n.cmd.Wait()
		n.cmd = nil
	}
}

// askNode sends one command and returns the first piece of the answer.
func (n *redisNode) askNode(command string) string {
	c, err := net.DialTimeout("tcp", n.addr, time.Second)
	if err != nil {
		return ""
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(time.Second))
	fmt.Fprintf(c, "%s\r\n", command)
	b := make([]byte, 8192)
	k, _ := c.Read(b)
	return string(b[:k])
}

func (n *redisNode) isMaster() bool {
	a := n.askNode("INFO replication")
	return strings.Contains(a, "role:master") && !strings.Contains(a, "connected_slaves:0")
}

// group is several nodes that stand for one Redis.
type group struct {
	url   string
	nodes []*redisNode
}

// newSentinels starts a primary, a replica behind a link that takes 20 ms, and
// three sentinels.
func newSentinels(t testing.TB) group {
	t.Helper()
	dirs := []string{t.TempDir(), t.TempDir()}
	primary := newNode(t, dirs[0], dataSettings(dirs[0])...)
	primary.start()
	host, port, _ := net.SplitHostPort(slowLink(t, primary.addr, 20*time.Millisecond))
	replica := newNode(t, dirs[1], dataSettings(dirs[1], "--replicaof", host+" "+port)...)
	replica.start()
	var addrs []string
	for range 3 {
		dir := t.TempDir()
		conf := filepath.Join(dir, "sentinel.conf")
		s := newNode(t, dir, conf, "--sentinel")
		_, sport, _ := net.SplitHostPort(s.addr)
		_, pport, _ := net.SplitHostPort(primary.addr)
		text := "bind 127.0.0.1\nport " + sport + "\ndir " + dir + "\nsentinel monitor twokey 127.0.0.1 " + pport +
			" 2\n" +
			"sentinel down-after-milliseconds twokey 1000\nsentinel failover-timeout twokey 4000\n"
		if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		s.start()
		addrs = append(addrs, s.addr)
	}
	g := group{
		url:   "redis://" + addrs[0] + "?master_name=twokey&addr=" + addrs[1] + "&addr=" + addrs[2],
		nodes: []*redisNode{primary, replica},
	}
	g.waitForMasters(t, 1)
	return g
}

// newCluster starts three masters with a replica each.
func newCluster(t testing.TB) group {
	t.Helper()
	var g group
	args := []string{"--cluster", "create"}
	for range 6 {
		dir := t.TempDir()
		n := newNode(
			t, dir,
			dataSettings(dir, "--cluster-enabled", "yes", "--cluster-node-timeout", "2000", "--cluster-port",
				freeBusPort(t))...,
		)
		n.start()
		g.nodes = append(g.nodes, n)
		args = append(args, n.addr)
	}
	if out, err := exec.Command(
		"redis-cli", append(args, "--cluster-replicas", "1", "--cluster-yes")...,
	).CombinedOutput(); err != nil {
		t.Fatalf("make the cluster: %v\n%s", err, out)
	}
	g.url = "redis://" + g.nodes[0].addr + "?addr=" + g.nodes[1].addr + "&addr=" + g.nodes[2].addr
	g.waitForMasters(t, 3)
	return g
}

func freeBusPort(t testing.TB) string {
	t.Helper()
	addr, release, err := loopback.Lease()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(release)
	_, port, _ := net.SplitHostPort(addr)
	return port
}

// waitForMasters waits until so many masters have their replica.
func (g group) waitForMasters(t testing.TB, masters int) {
	t.Helper()
	err := tryUntil(t.Context(), 60*time.Second, func() error {
		n := 0
		for _, x := range g.nodes {
			n += asNumber(x.isMaster())
		}
		if n < masters {
			return fmt.Errorf("%d of %d masters have a replica", n, masters)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// slowLink passes bytes on, each so much later.
func slowLink(t testing.TB, to string, delay time.Duration) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s, err := net.Dial("tcp", to)
			if err != nil {
				_ = c.Close()
				continue
			}
			go passOnLate(s, c, delay)
			go passOnLate(c, s, delay)
		}
	}()
	return l.Addr().String()
}

func passOnLate(to io.WriteCloser, from io.ReadCloser, delay time.Duration) {
	defer to.Close()
	defer from.Close()
	type piece struct {
		at time.Time
		b  []byte
	}
	pieces := make(chan piece, 1024)
	go func() {
		defer close(pieces)
		b := make([]byte, 64<<10)
		for {
			n, err := from.Read(b)
			if n > 0 {
				pieces <- piece{time.Now().Add(delay), append([]byte(nil), b[:n]...)}
			}
			if err != nil {
				return
			}
		}
	}()
	for p := range pieces {
		<-time.After(time.Until(p.at))
		if _, err := to.Write(p.b); err != nil {
			return
		}
	}
}

// failOver plays a round on such a Redis; a master is killed, another takes its
// place, and the killed one comes back as its replica, twice.
func failOver(t *testing.T, file, setting string, nodes []*redisNode) {
	total := newTally()
	r := newRound(t, "fast", 60, 1, 11, total, "REDIS_URL=", setting)
	r.calm = true
	r.storm = func(ctx context.Context) {
		for range 2 {
			waitFor(ctx, 3*time.Second)
			for _, n := range nodes {
				if n.isMaster() {
					n.kill()
					total.add("Redis: a master killed, its replica takes over", 1)
					waitFor(r.ctx, 8*time.Second)
					n.start()
					break
				}
			}
			waitFor(r.ctx, 10*time.Second)
		}
	}
	r.run(0, 20*time.Second)
	t.Logf("\n%s", total)
	total.keepAsProof(t, file, "")
}
