package store

import (
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

// slowLink passes bytes on, each so much later, until it is cut; what is on its
// way then is lost.
type slowLink struct {
	net.Listener
	to    string
	delay atomic.Int64 // ns
	cut   atomic.Bool
	open  sync.WaitGroup
}

func startSlowLink(t *testing.T, to string, delay time.Duration) *slowLink {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	k := &slowLink{Listener: l, to: to}
	k.delay.Store(int64(delay))
	k.open.Go(k.serve)
	t.Cleanup(func() { k.cut.Store(true); _ = l.Close() })
	return k
}

func (k *slowLink) serve() {
	for {
		c, err := k.Accept()
		if err != nil {
			return
		}
		r, err := net.Dial("tcp", k.to)
		if err != nil || k.cut.Load() {
			_ = c.Close()
			continue
		}
		k.open.Go(func() { k.late(r, c) })
		k.open.Go(func() { k.late(c, r) })
	}
}

func (k *slowLink) late(to io.WriteCloser, from io.ReadCloser) {
	defer to.Close()
	defer from.Close()
	type piece struct {
		at time.Time
		b  []byte
	}
	pieces := make(chan piece, 1<<14)
	k.open.Go(func() {
		defer close(pieces)
		b := make([]byte, 64<<10)
		for {
			n, err := from.Read(b)
			if n > 0 {
				pieces <- piece{time.Now().Add(time.Duration(k.delay.Load())), append([]byte(nil), b[:n]...)}
			}
			if err != nil {
				return
			}
		}
	})
	for p := range pieces {
		<-time.After(time.Until(p.at))
		if k.cut.Load() {
			return
		}
		if _, err := to.Write(p.b); err != nil {
			return
		}
	}
}

// sentinels are three, a primary, and a replica behind a slow link.
type sentinels struct {
	primary, second *server
	link            *slowLink
	url             string
}

func startSentinels(t *testing.T, delay time.Duration) sentinels {
	t.Helper()
	var g sentinels
	g.primary = startRedis(t, "--repl-diskless-sync-delay", "0")
	g.link = startSlowLink(t, g.primary.addr, delay)
	host, port, _ := net.SplitHostPort(g.link.Addr().String())
	g.second = startRedis(t, "--repl-diskless-sync-delay", "0", "--replicaof", host+" "+port)
	c := g.primary.client(t)
	// Sentinel looks for replicas at its start, and then every ten seconds.
	eventually(t, "the replica is in step", func() bool {
		return strings.Contains(c.Info(t.Context(), "replication").Val(), "state=online")
	})
	var addrs []string
	for range 3 {
		addrs = append(addrs, oneOfThree(t, g.primary).addr)
	}
	g.url = "redis://" + addrs[0] + "?master_name=twokey&addr=" + addrs[1] + "&addr=" + addrs[2]
	for _, a := range addrs {
		c := (&server{addr: a}).client(t)
		eventually(t, "the sentinels know the replica and each other", func() bool {
			text := c.Info(t.Context(), "sentinel").Val()
			return strings.Contains(text, "slaves=1,sentinels=3")
		})
	}
	return g
}

func oneOfThree(t *testing.T, primary *server) *server {
	t.Helper()
	s := &server{addr: freeAddr(t)}
	_, port, _ := net.SplitHostPort(s.addr)
	host, pport, _ := net.SplitHostPort(primary.addr)
	dir := t.TempDir()
	conf := filepath.Join(dir, "sentinel.conf")
	// Long before the fail-over time is over, Sentinel leaves the replica with
	// the link, though it is not the primary's address.
	text := "bind 127.0.0.1\nport " + port + "\ndir " + dir + "\nsentinel monitor twokey " + host + " " + pport + " 2\n" +
		"sentinel down-after-milliseconds twokey 1000\nsentinel failover-timeout twokey 20000\n"
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

// Promise 1 when Redis fails over: the intent that was acknowledged is on the
// one that takes over, and the store goes on by itself.
func TestAFailOverLosesNoAcknowledgedArming(t *testing.T) {
	t.Parallel()
	g := startSentinels(t, 50*time.Millisecond)
	s := open(t, Options{SentinelURL: g.url})
	c := startCrowd(t, s, 6)
	c.more(15, "before the kill")
	g.primary.kill()
	g.link.cut.Store(true)
	second := g.second.client(t)
	eventually(t, "the replica takes over", func() bool {
		return strings.Contains(second.Info(t.Context(), "replication").Val(), "role:master")
	})
	rec := createdAnew(t, s, ref(8))
	if _, err := s.Arm(t.Context(), click(rec, "arm alone", reinstall.Armed)); !errors.Is(err, port.ErrCannotArm) {
		t.Errorf("armed on a primary that has no replica: %v", err)
	}
	host, port, _ := net.SplitHostPort(g.second.addr)
	g.primary.args = append(g.primary.args, "--replicaof", host+" "+port) // Sentinel would take ten seconds to say so
	if err := g.primary.start(); err != nil {
		t.Fatal(err)
	}
	armsAgain(t, s, ref(9))
	c.judge()
}

func TestArmingIsRefusedWhereTheReplicaIsTooSlow(t *testing.T) {
	t.Parallel()
	g := startSentinels(t, time.Millisecond)
	s := open(t, Options{SentinelURL: g.url})
	armsAgain(t, s, ref(1))
	rec := create(t, s, ref(2))
	g.link.delay.Store(int64(time.Second)) // there and back: longer than the store waits
	if _, err := s.Arm(t.Context(), click(rec, "arm", reinstall.Armed)); !errors.Is(err, port.ErrNotDurable) {
		t.Errorf("armed though no replica confirmed in time: %v", err)
	}
}

func createdAnew(t *testing.T, s *Store, r model.Ref) (rec port.Record) {
	t.Helper()
	eventually(t, "a new operation", func() bool {
		var err error
		rec, err = s.Create(t.Context(), proposal(s, r, "create "+r.Instance))
		return err == nil
	})
	return rec
}
