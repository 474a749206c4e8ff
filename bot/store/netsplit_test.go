package store

import (
	"errors"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"twokey/bot/store/keys"
	"twokey/commands/port"
	"twokey/commands/reinstall"
)

// group is a primary and its replicas, all of which have what it has.
type group struct {
	primary *server
	others  []*server
}

func startGroup(t *testing.T, replicas int, args ...string) group {
	t.Helper()
	args = append([]string{"--repl-diskless-sync-delay", "0"}, args...)
	g := group{primary: startRedis(t, args...)}
	for range replicas {
		g.others = append(g.others, startRedis(t, args...))
		g.follows(t, g.others[len(g.others)-1], g.primary)
	}
	g.online(t, g.primary, replicas)
	return g
}

// follows makes one follow another, as Sentinel does.
func (group) follows(t *testing.T, one, another *server) {
	t.Helper()
	host, port, _ := net.SplitHostPort(another.addr)
	if err := one.client(t).Do(t.Context(), "REPLICAOF", host, port).Err(); err != nil {
		t.Fatal(err)
	}
}

func (group) promotes(t *testing.T, one *server) {
	t.Helper()
	if err := one.client(t).Do(t.Context(), "REPLICAOF", "NO", "ONE").Err(); err != nil {
		t.Fatal(err)
	}
}

func (group) online(t *testing.T, of *server, n int) {
	t.Helper()
	c := of.client(t)
	eventually(t, "the replicas are in step", func() bool {
		return strings.Count(c.Info(t.Context(), "replication").Val(), "state=online") == n
	})
}

// inStep waits until all replicas have all.
func (g group) inStep(t *testing.T) {
	t.Helper()
	c := g.primary.client(t)
	eventually(t, "all have it", func() bool {
		n, err := c.Do(t.Context(), "WAIT", len(g.others), 100).Int()
		return err == nil && n == len(g.others)
	})
}

// A split leaves each side with a primary, a bot, and some replicas. Whatever the
// sides are, not both arm, and the one with the majority does; also where the bot
// on the other side has started after the split and has seen no more.
func TestOnlyTheMajorityOfASplitArms(t *testing.T) {
	for _, c := range []struct {
		name               string
		replicas, promoted int // of the replicas, how many are on the promoted one's side
		old, new           bool
	}{
		{"three replicas, two and two", 3, 2, false, false},
		{"three replicas, the old primary alone", 3, 3, false, true},
		{"three replicas, the promoted one alone", 3, 1, true, false},
		{"two replicas, the promoted one alone", 2, 1, true, false},
		{"two replicas, the old primary alone", 2, 2, false, true},
		{"one replica", 1, 1, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g := startGroup(t, c.replicas, "--min-replicas-to-write", "0")
			a := open(t, Options{URL: g.primary.url()})
			rec := countingDown(t, a, ref(1))
			g.inStep(t)
			over := g.others[c.replicas-c.promoted:]
			g.promotes(t, over[0])
			for _, r := range over[1:] {
				g.follows(t, r, over[0])
			}
			g.online(t, g.primary, c.replicas-c.promoted)
			g.online(t, over[0], c.promoted-1)

			b := open(t, Options{URL: over[0].url()})
			seen, err := b.Load(t.Context(), rec.Op.ID)
			if err != nil || seen.Rev != rec.Rev {
				t.Fatalf("the promoted one has revision %d: %v", seen.Rev, err)
			}
			arms(t, "the old primary", a, click(rec, "arm-a", reinstall.Armed), c.old)
			arms(t, "the promoted one", b, click(seen, "arm-b", reinstall.Armed), c.new)
		})
	}
}

// arms arms where it may, and where it may not nothing is written.
func arms(t *testing.T, who string, s *Store, c port.Change, may bool) {
	t.Helper()
	if may {
		eventually(t, who+" may arm", func() bool { return s.MayArm(t.Context(), c.Op.ID) == nil })
	}
	_, err := s.Arm(t.Context(), c)
	if may && err != nil {
		t.Errorf("%s does not arm: %v", who, err)
	}
	if may {
		return
	}
	if !errors.Is(err, port.ErrCannotArm) {
		t.Errorf("%s: %v", who, err)
	}
	if now, err := s.Load(t.Context(), c.Op.ID); err != nil || now.Rev != c.Rev {
		t.Errorf("%s wrote all the same: revision %d, %v", who, now.Rev, err)
	}
}

// A replica that is gone for good is taken off by the policy, and only so: not by
// starting again, and never below what is connected.
func TestAReplicaIsTakenOffByThePolicyOnly(t *testing.T) {
	t.Parallel()
	g := startGroup(t, 3)
	open(t, Options{URL: g.primary.url()})
	g.others[1].kill()
	g.others[2].kill()
	g.online(t, g.primary, 1)

	s := open(t, Options{URL: g.primary.url()}) // has never seen more than one
	rec := countingDown(t, s, ref(1))
	_, err := s.Arm(t.Context(), click(rec, "arm", reinstall.Armed))
	var no *port.CannotArmError
	if !errors.As(err, &no) || !strings.Contains(no.Why, "1 of its 3 replicas are connected") ||
		!strings.Contains(no.Why, "replicas: 1") {
		t.Fatalf("after a start it forgot the others: %v", err)
	}
	five := 5
	s.Expect(&five)
	if err := s.MayArm(t.Context(), rec.Op.ID); !errors.As(err, &no) ||
		!strings.Contains(no.Why, "1 of the 5 replicas that the policy file names") {
		t.Errorf("the policy's word does not count: %v", err)
	}
	none := 0
	s.Expect(&none)
	if err := g.others[0].cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	s.db.ConfirmWithin = 200 * time.Millisecond
	if _, err := s.Arm(t.Context(), click(rec, "arm", reinstall.Armed)); !errors.Is(err, port.ErrNotDurable) {
		t.Errorf("replicas: 0 took off the one that is connected: %v", err)
	}
	if err := g.others[0].cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	s.db.ConfirmWithin = patience
	rec, err = s.Load(t.Context(), rec.Op.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Arm(t.Context(), click(rec, "arm again", reinstall.Armed)); err != nil {
		t.Errorf("with one replica, and the others taken off: %v", err)
	}
}

// One replica that is slow does not stop the others' majority.
func TestASlowReplicaStopsNothing(t *testing.T) {
	t.Parallel()
	g := startGroup(t, 2)
	s := open(t, Options{URL: g.primary.url()})
	rec := countingDown(t, s, ref(1))
	g.inStep(t)
	if err := g.others[0].cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Arm(t.Context(), click(rec, "arm", reinstall.Armed)); err != nil {
		t.Error(err)
	}
	if cmd := g.others[1].client(t).HGet(t.Context(), keys.OfInstance(ref(1)).Op(rec.Op.ID),
		"cmd").Val(); cmd != "arm" {
		t.Errorf("the other has %q", cmd)
	}
}
