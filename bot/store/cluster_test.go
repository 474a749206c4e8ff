package store

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"twokey/bot/store/keys"
	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

// startThree starts a Cluster of three masters with a replica each.
func startThree(t *testing.T) (nodes []*server, url string) {
	t.Helper()
	args := []string{"--cluster", "create"}
	for range 6 {
		n := startRedis(t, "--cluster-enabled", "yes", "--cluster-node-timeout", "1500", "--repl-diskless-sync-delay", "0")
		nodes = append(nodes, n)
		args = append(args, n.addr)
	}
	out, err := exec.CommandContext(t.Context(), "redis-cli",
		append(args, "--cluster-replicas", "1", "--cluster-yes")...).CombinedOutput()
	if err != nil {
		t.Fatalf("make the cluster: %v\n%s", err, out)
	}
	whole(t, nodes)
	return nodes, "redis://" + nodes[0].addr + "?addr=" + nodes[1].addr + "&addr=" + nodes[2].addr
}

// whole waits until every node serves and every master has its replica.
func whole(t *testing.T, nodes []*server) {
	t.Helper()
	var cs []*redis.Client
	for _, n := range nodes {
		cs = append(cs, n.client(t))
	}
	eventually(t, "the cluster is whole", func() bool {
		serve, paired := 0, 0
		for _, c := range cs {
			if strings.Contains(c.ClusterInfo(t.Context()).Val(), "cluster_state:ok") {
				serve++
			}
			if strings.Contains(c.Info(t.Context(), "replication").Val(), "state=online") {
				paired++
			}
		}
		return serve == len(cs) && paired == 3
	})
}

func TestEverythingWorksOnAClusterOfThree(t *testing.T) {
	t.Parallel()
	_, url := startThree(t)
	s := open(t, Options{ClusterURL: url})
	parts := map[keys.Partition]bool{}
	for n := 0; len(parts) < keys.Partitions; n++ {
		r := ref(n)
		if parts[keys.OfInstance(r)] {
			continue
		}
		parts[keys.OfInstance(r)] = true
		it := receive(t, s, delivery(n))
		must(t, s.Finish(t.Context(), it))
		rec := dueNow(t, s, r)
		work := click(rec, "work", reinstall.Approved)
		work.Claim = claimed(t, s, long, port.ClaimOp, rec.Op.ID)
		work.Posts = []port.Post{{Kind: port.PostLine, Key: "line"}}
		rec = mustApply(t, s, work)
		outbox := keys.OfInstance(r).String()
		ps, err := s.Posts(t.Context(), outbox, 10)
		if err != nil || len(ps) != 1 {
			t.Fatalf("the outbox has %d posts: %v", len(ps), err)
		}
		must(t, s.Posted(t.Context(), outbox, ps...))
		if left := posts(t, s, outbox); len(left) != 0 {
			t.Errorf("still in the outbox: %v", left)
		}
		armsWhereSound(t, s, rec)
	}
}

// armsWhereSound arms, again while the append-only file is just rewritten.
func armsWhereSound(t *testing.T, s *Store, rec port.Record) {
	t.Helper()
	eventually(t, "it may arm", func() bool { return s.MayArm(t.Context(), rec.Op.ID) == nil })
	armed, err := s.Arm(t.Context(), click(rec, "arm", reinstall.Armed))
	if err != nil || armed.Rev != rec.Rev+1 {
		t.Fatal(armed.Rev, err)
	}
}

// Slots move and a master dies while operations are armed.
func TestAClusterThatMovesASlotAndLosesAMasterLosesNoArming(t *testing.T) {
	t.Parallel()
	nodes, url := startThree(t)
	s := open(t, Options{ClusterURL: url})
	c := startCrowd(t, s, 4)
	c.more(10, "before the move")
	c.move(nodes[0], nodes[1])
	c.more(10, "after the move")

	nodes[2].kill()
	eventually(t, "a replica takes over", func() bool {
		n := 0
		for _, x := range nodes[3:] {
			r := x.client(t)
			if strings.Contains(r.Info(t.Context(), "replication").Val(), "role:master") {
				n++
			}
			_ = r.Close()
		}
		return n == 1
	})
	if err := nodes[2].start(); err != nil {
		t.Fatal(err)
	}
	whole(t, nodes)
	for _, r := range refOfEach() {
		armsAgain(t, s, r)
	}
	c.judge()
}

// refOfEach is an instance of each partition.
func refOfEach() map[keys.Partition]model.Ref {
	all := map[keys.Partition]model.Ref{}
	for n := 0; len(all) < keys.Partitions; n++ {
		all[keys.OfInstance(ref(n))] = ref(n)
	}
	return all
}

// move takes one partition's slot from a node to another, key by key, as an
// operator's tools do: callers meet ASK, TRYAGAIN and then MOVED.
func (c *crowd) move(from, to *server) {
	t := c.t
	t.Helper()
	a, b := from.client(t), to.client(t)
	slot := slotOf(t, a)
	do := func(c *redis.Client, args ...any) {
		t.Helper()
		if err := c.Do(t.Context(), args...).Err(); err != nil {
			t.Fatal(args[:2], err)
		}
	}
	ida, idb := a.ClusterMyID(t.Context()).Val(), b.ClusterMyID(t.Context()).Val()
	do(b, "CLUSTER", "SETSLOT", slot, "IMPORTING", ida)
	do(a, "CLUSTER", "SETSLOT", slot, "MIGRATING", idb)
	host, port, _ := strings.Cut(to.addr, ":")
	moved := 0
	for {
		keys := a.ClusterGetKeysInSlot(t.Context(), slot, 5).Val()
		if len(keys) == 0 {
			break
		}
		args := []any{"MIGRATE", host, port, "", 0, 5000, "KEYS"}
		for _, k := range keys {
			args = append(args, k)
		}
		do(a, args...)
		moved += len(keys)
	}
	do(b, "CLUSTER", "SETSLOT", slot, "NODE", idb)
	do(a, "CLUSTER", "SETSLOT", slot, "NODE", idb)
	if moved == 0 {
		t.Error("no key was moved")
	}
}

// slotOf is the slot of a partition that this node has.
func slotOf(t *testing.T, c *redis.Client) int {
	t.Helper()
	for p := range keys.Partition(keys.Partitions) {
		slot := c.ClusterKeySlot(t.Context(), p.Due()).Val()
		if n := c.ClusterCountKeysInSlot(t.Context(), int(slot)).Val(); n > 0 {
			return int(slot)
		}
	}
	t.Fatal("this node has no partition")
	return 0
}
