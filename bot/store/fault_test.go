package store

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"twokey/bot/store/keys"
	"twokey/commands/port"
	"twokey/commands/reinstall"
)

func TestALostReplyIsAnsweredDup(t *testing.T) {
	p := startLossy(t, startRedis(t).addr)
	s := open(t, Options{URL: "redis://" + p.Addr().String()})
	rec := create(t, s, ref(1))
	for i := range 20 {
		c := click(rec, fmt.Sprint("X", i), reinstall.Proposed)
		c.Posts = []port.Post{{Kind: port.PostLine, Key: c.Command}}
		p.lose.Store(int64(i % 3)) // up to two answers in a row
		rec = mustApply(t, s, c)
		if rec.Rev != int64(i+2) {
			t.Fatalf("command %d led to revision %d", i, rec.Rev)
		}
	}
	if p.lost.Load() != 19 {
		t.Errorf("%d answers were lost", p.lost.Load())
	}
	if n := len(logged(t, s, rec.Op.ID)); n != 21 {
		t.Errorf("%d entries in the log", n)
	}
	if n := len(posts(t, s, keys.OfInstance(ref(1)).String())); n != 20 {
		t.Errorf("%d posts", n)
	}
}

// Many callers decide again until they win, while answers are lost all the
// time: what was acknowledged is in the log, once, and nothing else is.
func TestUnderLostRepliesTheLogIsWhatWasAcknowledged(t *testing.T) {
	p := startLossy(t, startRedis(t).addr)
	s := open(t, Options{URL: "redis://" + p.Addr().String()})
	first := create(t, s, ref(1))
	var all sync.WaitGroup
	for caller := range 8 {
		all.Go(func() {
			rec := first
			for i := range 15 {
				command := fmt.Sprintf("X%d.%d", caller, i)
				for {
					if i%5 == 0 {
						p.lose.Store(1)
					}
					now, err := s.Apply(t.Context(), click(rec, command, reinstall.Proposed))
					var stale *port.StaleError
					if errors.As(err, &stale) {
						rec = stale.Now
						continue
					}
					if err != nil {
						t.Error(err)
						return
					}
					rec = now
					break
				}
			}
		})
	}
	all.Wait()
	seen := map[string]int{}
	for _, command := range logged(t, s, first.Op.ID) {
		seen[command]++
	}
	for command, n := range seen {
		if n != 1 {
			t.Errorf("%s is in the log %d times", command, n)
		}
	}
	if len(seen) != 1+8*15 {
		t.Errorf("%d commands are in the log", len(seen))
	}
	if p.lost.Load() == 0 {
		t.Error("no answer was lost")
	}
}

func TestALostReplyToACreateAReceiveOrACommitIsNoFailure(t *testing.T) {
	p := startLossy(t, startRedis(t).addr)
	s := open(t, Options{URL: "redis://" + p.Addr().String()})
	p.lose.Store(2)
	rec := dueNow(t, s, ref(1))

	p.lose.Store(1)
	c := receive(t, s, delivery(1))
	p.lose.Store(1)
	if err := s.Finish(t.Context(), c); err != nil {
		t.Fatal(err)
	}

	work := click(rec, "work", reinstall.Approved)
	work.Claim = claimed(t, s, long, port.ClaimOp, rec.Op.ID)
	p.lose.Store(1)
	if got := mustApply(t, s, work); got.Rev != 2 {
		t.Errorf("revision %d", got.Rev)
	}
	if p.lost.Load() != 5 {
		t.Errorf("%d answers were lost", p.lost.Load())
	}
}

func TestArmingWithALostReplyIsNotCertain(t *testing.T) {
	p := startLossy(t, startRedis(t).addr)
	s := open(t, Options{URL: "redis://" + p.Addr().String()})
	rec := create(t, s, ref(1))
	c := click(rec, "arm", reinstall.Armed)
	p.skip.Store(1) // of how many replicas there are
	p.lose.Store(1)
	if _, err := s.Arm(t.Context(), c); err == nil {
		t.Fatal("it may send, though it does not know")
	}
	if p.lost.Load() != 1 {
		t.Errorf("%d answers were lost: arming was tried again", p.lost.Load())
	}
	// The intent is burned all the same; and who comes second must not send.
	if now, err := s.Load(t.Context(), rec.Op.ID); err != nil || now.Op.State != reinstall.Armed {
		t.Fatal(now.Op.State, err)
	}
	if _, err := s.Arm(t.Context(), c); !errors.Is(err, port.ErrNotDurable) {
		t.Fatalf("the same command armed twice: %v", err)
	}
}

func TestOnlyOneArms(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		rec := create(t, s, ref(1))
		armed, err := s.Arm(t.Context(), click(rec, "arm", reinstall.Armed))
		if err != nil || armed.Rev != 2 || armed.Op.State != reinstall.Armed {
			t.Fatal(armed.Rev, err)
		}
		var stale *port.StaleError
		if _, err := s.Arm(t.Context(), click(rec, "arm too", reinstall.Armed)); !errors.As(err, &stale) {
			t.Fatal(err)
		}
	})
}

// replica starts a replica and returns when it is in step.
func replica(t *testing.T, of *server) *server {
	t.Helper()
	host, port, _ := net.SplitHostPort(of.addr)
	r := startRedis(t, "--replicaof", host+" "+port)
	c := of.client(t)
	eventually(t, "the replica is in step", func() bool {
		return strings.Contains(c.Info(t.Context(), "replication").Val(), "state=online")
	})
	return r
}

func TestArmingWaitsForTheReplicas(t *testing.T) {
	primary := startRedis(t, "--repl-diskless-sync-delay", "0")
	second := replica(t, primary)
	s := open(t, Options{URL: primary.url()})
	s.db.ConfirmWithin = 20 * time.Second // a replica that has just synchronised may still be busy
	rec := create(t, s, ref(1))
	armed, err := s.Arm(t.Context(), click(rec, "arm", reinstall.Armed))
	if err != nil {
		t.Fatal(err)
	}
	// It is on the replica by now.
	if cmd, err := second.client(t).HGet(t.Context(), keys.OfInstance(ref(1)).Op(rec.Op.ID),
		"cmd").Result(); cmd != "arm" || err != nil {
		t.Fatal(cmd, err)
	}

	if err := second.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	s.db.ConfirmWithin = 200 * time.Millisecond
	_, err = s.Arm(t.Context(), click(armed, "arm again", reinstall.Armed))
	if !errors.Is(err, port.ErrNotDurable) {
		t.Fatalf("armed though the replica is frozen: %v", err)
	}

	second.kill()
	c := primary.client(t)
	eventually(t, "the primary sees that the replica is gone", func() bool {
		return strings.Contains(c.Info(t.Context(), "replication").Val(), "connected_slaves:0")
	})
	now, err := s.Load(t.Context(), rec.Op.ID)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Arm(t.Context(), click(now, "arm alone", reinstall.Armed))
	if !errors.Is(err, port.ErrCannotArm) {
		t.Fatalf("armed on a primary that lost its replicas: %v", err)
	}
	if later, err := s.Load(t.Context(), rec.Op.ID); err != nil || later.Rev != now.Rev {
		t.Fatal("it wrote all the same", err)
	}
}

func TestAcknowledgedItemsSurviveKillMinus9(t *testing.T) {
	for _, fsync := range []string{"everysec", "always"} {
		t.Run(fsync, func(t *testing.T) {
			r := startRedis(t, "--appendfsync", fsync)
			s := open(t, Options{URL: r.url()})
			var acked []string
			for i := range 200 {
				acked = append(acked, receive(t, s, delivery(i)).ID)
			}
			rec := mustApply(t, s, click(create(t, s, ref(1)), "X1", reinstall.Approved))
			r.kill()
			if err := r.start(); err != nil {
				t.Fatal(err)
			}
			for _, id := range acked {
				if _, err := s.Item(t.Context(), id); err != nil {
					t.Fatal(err)
				}
			}
			got, err := s.Load(t.Context(), rec.Op.ID)
			if err != nil {
				t.Fatal(err)
			}
			same(t, "record", got, rec)
			mustApply(t, s, click(rec, "X2", reinstall.Ready)) // the scripts are known again
		})
	}
}

func TestAClickIsOneRoundTrip(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		rec := create(t, s, ref(1))
		var h trips
		s.db.AddHook(&h)
		cost := func(what string, want int64, do func() error) {
			t.Helper()
			before := h.n.Load()
			err := do()
			var stale *port.StaleError
			if err != nil && !errors.As(err, &stale) {
				t.Fatal(what, err)
			}
			if n := h.n.Load() - before; n != want {
				t.Errorf("%s took %d round trips", what, n)
			}
		}
		c := click(rec, "X1", reinstall.Approved)
		c.Posts = []port.Post{{Kind: port.PostCard, Key: "a"}, {Kind: port.PostLine, Key: "b"}}
		apply := func() error { _, err := s.Apply(t.Context(), c); return err }
		cost("a click", 1, apply)
		cost("the same click", 1, apply)
		c.Command = "X2"
		cost("a click that came too late", 1, apply)
		cost("a look at a known record", 0, func() error { _, err := s.Recent(t.Context(), rec.Op.ID); return err })
		cost("a delivery", 1, func() error { _, _, err := s.Receive(t.Context(), delivery(1)); return err })
		cost("a proposal", 1, func() error { _, err := s.Create(t.Context(), proposal(s, ref(2), "Y")); return err })
	})
}

func TestAllKeysOfAScriptShareASlot(t *testing.T) {
	c := startCluster(t).client(t)
	slot := func(key string) int64 {
		n, err := c.ClusterKeySlot(t.Context(), key).Result()
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	slots := map[int64]bool{}
	for p := range keys.Partition(keys.Partitions) {
		want := slot(p.Due())
		slots[want] = true
		for _, k := range []string{
			p.Op("7K3Q"), p.Log("7K3Q"), p.Owners(), p.Tokens(), p.Locks(), p.History("main}/{/ins-1"), p.Outbox(),
			p.Item("0X"),
			p.Tries(), p.Delivery("v0={1}"), p.Created("}X{"), p.Told("{k}"),
		} {
			if slot(k) != want {
				t.Errorf("%s is in another slot than %s", k, p.Due())
			}
		}
	}
	if len(slots) != keys.Partitions {
		t.Errorf("%d partitions share a slot with another", keys.Partitions-len(slots))
	}
	for _, account := range []string{"main", "odd} {name", ""} {
		if slot(keys.Running(account)) != slot(keys.LastHour(account)) {
			t.Errorf("the budget of %q is in two slots", account)
		}
	}
}

func TestHealthSaysWhatIsMissing(t *testing.T) {
	good := open(t, Options{URL: startRedis(t).url()})
	h, err := good.Health(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	same(t, "of a sound Redis", h, port.Health{
		AOF: true, NoEvict: true,
		Keeps: "A power cut of Redis takes nothing that was acknowledged.",
	})

	bad := open(t, Options{URL: startRedis(t, "--appendonly", "no", "--maxmemory-policy", "allkeys-lru").url()})
	if h, err = bad.Health(t.Context()); err != nil || h.AOF || h.NoEvict || len(h.Warnings) != 2 {
		t.Errorf("%+v %v", h, err)
	}

	primary := startRedis(t, "--repl-diskless-sync-delay", "0")
	replica(t, primary)
	if h, err = open(t, Options{URL: primary.url()}).Health(t.Context()); err != nil || h.Replicas != 1 ||
		len(h.Warnings) != 1 {
		t.Errorf("%+v %v", h, err)
	}
}

func TestHealthDoesNotGuess(t *testing.T) {
	s := open(t, Options{URL: "redis://" + startMini(t), BestEffort: true})
	h, err := s.Health(t.Context())
	if err != nil || h.AOF || h.NoEvict || len(h.Warnings) != 3 {
		t.Errorf("%+v %v", h, err)
	}
	for _, w := range h.Warnings {
		if !strings.HasPrefix(w, "Not known: ") {
			t.Error(w)
		}
	}
}

func TestABadAddressIsOneSentenceWithoutThePassword(t *testing.T) {
	nobody := freeAddr(t)
	locked := startRedis(t, "--requirepass", "right")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for _, c := range []struct {
		o    Options
		says string
	}{
		{Options{}, "no Redis is set"},
		{Options{URL: "redis://a", ClusterURL: "redis://b"}, "more than one Redis is set"},
		{Options{URL: "redis://:hun/ter2@host:1"}, "REDIS_URL is not an address"},
		{Options{URL: "redis://:12/hunter2@host"}, "REDIS_URL is not an address"},
		{Options{URL: "http://:hunter2@host"}, "REDIS_URL is not an address"},
		{Options{URL: "hunter2"}, "REDIS_URL is not an address"},
		{Options{SentinelURL: "redis://:hunter2@host:1"}, "REDIS_SENTINEL_URL is not an address"},
		{Options{ClusterURL: "redis://:hunter2@host:x"}, "REDIS_CLUSTER_URL is not an address"},
		{Options{URL: "redis://:hunter2@" + nobody}, "cannot reach Redis at " + nobody + " (REDIS_URL)"},
		{Options{ClusterURL: "redis://:hunter2@" + nobody}, "cannot reach Redis at " + nobody + " (REDIS_CLUSTER_URL)"},
		{Options{URL: "redis://:hunter2@" + locked.addr}, "WRONGPASS"},
	} {
		_, err := Open(ctx, c.o)
		if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "hun") ||
			strings.Contains(err.Error(), "\n") {
			t.Errorf("%+v: %v", c.o, err)
		}
	}
}

func TestSentinelLeadsToThePrimary(t *testing.T) {
	primary := startRedis(t)
	sentinel := startSentinel(t, primary)
	s := open(t, Options{SentinelURL: sentinel.url() + "?master_name=twokey"})
	rec := create(t, s, ref(1))
	if _, err := s.Arm(t.Context(), click(rec, "arm", reinstall.Armed)); err != nil {
		t.Fatal(err)
	}
	if n, err := primary.client(t).Exists(t.Context(), keys.OfInstance(ref(1)).Op(rec.Op.ID)).Result(); n != 1 ||
		err != nil {
		t.Fatal(n, err)
	}
}

// The record of the one call must survive Redis: without its append-only file
// nothing is armed, unless the operator takes that on.
func TestNothingIsArmedWhereRedisWouldForgetIt(t *testing.T) {
	r := startRedis(t, "--appendonly", "no")
	s := open(t, Options{URL: r.url()})
	rec := countingDown(t, s, ref(71))
	_, err := s.Arm(t.Context(), click(rec, "arm", reinstall.Armed))
	var why *port.CannotArmError
	if !errors.As(err, &why) || !errors.Is(err, port.ErrCannotArm) ||
		!strings.Contains(why.Why, "append-only file is off") {
		t.Errorf("armed without an append-only file: %v", err)
	}
	if now, err := s.Load(t.Context(), rec.Op.ID); err != nil || now.Rev != rec.Rev {
		t.Errorf("something was written: %v %v", now.Rev, err)
	}
	if _, err := open(t, Options{URL: r.url(), BestEffort: true}).Arm(t.Context(),
		click(rec, "arm", reinstall.Armed)); err != nil {
		t.Errorf("best effort is refused: %v", err)
	}
	silent := open(t, Options{URL: "redis://" + startMini(t)}) // it answers no INFO persistence
	rec = countingDown(t, silent, ref(72))
	if _, err := silent.Arm(t.Context(), click(rec, "arm", reinstall.Armed)); !errors.Is(err, port.ErrCannotArm) {
		t.Errorf("armed where Redis does not say: %v", err)
	}
}
