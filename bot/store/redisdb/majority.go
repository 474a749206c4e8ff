package redisdb

import (
	"context"
	"fmt"
	"strconv"

	"github.com/redis/go-redis/v9"

	"twokey/bot/store/keys"
	"twokey/bot/store/lua"
)

// With replicas, an intent counts as kept once more than half of all
// nodes have it. Both sides of a split cannot have that of the largest set of
// nodes that was ever seen; of those that are connected, both may. How large the
// set was is noted in Redis, in each partition. So it moves with the slot, a bot that
// starts again knows it, and a replica that is promoted has it. The note
// comes before the intent in the same stream: whoever confirms the intent has it.

// majority is how many of so many replicas must confirm a write, so that with the
// primary more than half of all nodes have it. It is half of them, rounded up.
//
//	replicas  nodes  more than half  without the primary
//	0         1      1               0
//	1         2      2               1
//	2         3      2               1
//	3         4      3               2
//	4         5      3               2
//	5         6      4               3
func majority(replicas int) int { return (replicas + 1) / 2 }

// quorum is who must confirm an intent.
type quorum struct {
	connected int  // replicas, now
	most      int  // replicas, in the largest set ever seen, or as the policy says
	told      bool // .. by the policy
	least     int  // what Redis itself wants for each write (min-replicas-to-write)
}

// needed is how many must confirm.
func (q quorum) needed() int { return max(majority(q.most), q.least) }

// checkReplicas says why too few could confirm, nil if enough can.
func (q quorum) checkReplicas() error {
	switch {
	case q.connected >= q.needed():
		return nil
	case q.connected < q.least && q.least > majority(q.most):
		return cannotArm(fmt.Sprintf("it wants %s for each write (min-replicas-to-write) and has %d; the operator "+
			"should reconnect the others",
			replicasText(q.least), q.connected), nil)
	case q.told:
		return cannotArm(fmt.Sprintf("%d of the %s that the policy file names are connected, and %d must confirm "+
			"the record. The operator should reconnect the others, or mend replicas: in the policy file",
			q.connected, replicasText(q.most), q.needed()), nil)
	}
	return cannotArm(fmt.Sprintf("%d of its %s are connected, and at least half, rounded up, must confirm the "+
		"record. The operator should reconnect the others. Only if they are gone for good, set replicas: %d in "+
		"the policy file and send Twokey a SIGHUP",
		q.connected, replicasText(q.most), q.connected), nil)
}

func replicasText(n int) string {
	if n == 1 {
		return "1 replica"
	}
	return fmt.Sprintf("%d replicas", n)
}

// Expect takes the policy's word for how many replicas each master has; nil:
// the largest set ever seen counts. It holds from now on.
func (d *DB) Expect(replicas *int) { d.expected.Store(replicas) }

// quorumOf is who must confirm, of a master with so many replicas now. noted is
// what Redis remembers of the partition.
func (d *DB) quorumOf(p keys.Partition, connected, noted, least int) quorum {
	d.noteLargest(p, max(connected, noted))
	if n := d.expected.Load(); n != nil {
		return quorum{connected: connected, most: max(*n, connected), told: true, least: least}
	}
	return quorum{connected: connected, most: int(d.most[p].Load()), least: least}
}

// noteLargest keeps the largest set that this process knows of.
func (d *DB) noteLargest(p keys.Partition, n int) {
	for {
		was := d.most[p].Load()
		if int64(n) <= was || d.most[p].CompareAndSwap(was, int64(n)) {
			return
		}
	}
}

// Replicated reports whether any master is known to have, or to have had,
// replicas.
func (d *DB) Replicated() bool {
	for p := range d.most {
		if d.most[p].Load() > 0 {
			return true
		}
	}
	return false
}

// noteReplicas notes how many replicas there are, on a partition's own master.
func noteReplicas(ctx context.Context, c redis.Scripter, p keys.Partition, connected int) *redis.Cmd {
	return c.Eval(ctx, lua.Seen.Source, []string{p.Replicas()}, connected)
}

// replication is what a node says of itself.
type replication struct{ replicas int }

// readReplication reads INFO replication of a master; any other role is an
// error.
func readReplication(text string) (replication, error) {
	m := infoFields(text)
	if m["role"] != "master" {
		return replication{}, fmt.Errorf("this Redis is not a master but %q", m["role"])
	}
	n, err := strconv.Atoi(m["connected_slaves"])
	if err != nil || n < 0 {
		return replication{}, fmt.Errorf("the number of replicas, %q, is none", m["connected_slaves"])
	}
	return replication{replicas: n}, nil
}

// minReplicas is the setting, 0 if it cannot be read.
func minReplicas(conf *redis.MapStringStringCmd) int {
	n, err := strconv.Atoi(conf.Val()["min-replicas-to-write"])
	if err != nil {
		return 0
	}
	return n
}
