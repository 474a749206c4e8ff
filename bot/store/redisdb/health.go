package redisdb

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/redis/go-redis/v9"

	"twokey/bot/store/keys"
	"twokey/commands/port"
)

// Health asks Redis what it can promise. Of a Cluster it is what the weakest
// master promises. An error means that Redis could not be asked, or does not
// take what Twokey has to write.
func (d *DB) Health(ctx context.Context) (port.Health, error) {
	of, err := d.partitionsByMaster(ctx)
	if err != nil {
		return port.Health{}, fmt.Errorf("ask Redis what it can promise: %w", err)
	}
	var mu sync.Mutex
	var all []port.Health
	err = d.EachMaster(ctx, func(ctx context.Context, c *redis.Client) error {
		h, err := d.healthOf(ctx, c, of[c])
		if err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		all = append(all, h)
		return nil
	})
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("no master is known")
	}
	if err != nil {
		return port.Health{}, fmt.Errorf("ask Redis what it can promise: %w", Explain(err))
	}
	return weakest(all), nil
}

// partitionsByMaster lists the partitions of each master.
func (d *DB) partitionsByMaster(ctx context.Context) (map[*redis.Client][]keys.Partition, error) {
	out := map[*redis.Client][]keys.Partition{}
	for p := range keys.Partition(keys.Partitions) {
		c, err := d.Master(ctx, p.Replicas())
		if err != nil {
			return nil, err
		}
		out[c] = append(out[c], p)
	}
	return out, nil
}

// weakest joins the answers of several masters; a warning comes once.
func weakest(all []port.Health) port.Health {
	w := all[0]
	for _, h := range all[1:] {
		w.AOF = w.AOF && h.AOF
		w.NoEvict = w.NoEvict && h.NoEvict
		if h.Unkept != "" && w.Unkept == "" || h.Unkept == "" && w.Unkept == "" && h.Replicas < w.Replicas {
			w.Keeps, w.Unkept = h.Keeps, h.Unkept
		}
		w.Replicas = min(w.Replicas, h.Replicas)
		w.Warnings = append(w.Warnings, h.Warnings...)
	}
	told := make(map[string]bool)
	var once []string
	for _, t := range w.Warnings {
		if !told[t] {
			told[t] = true
			once = append(once, t)
		}
	}
	w.Warnings = once
	return w
}

// healthOf asks one master, which serves some partitions. INFO says more than
// CONFIG, which managed services refuse.
func (d *DB) healthOf(ctx context.Context, c *redis.Client, ps []keys.Partition) (port.Health, error) {
	var h port.Health
	if err := c.Ping(ctx).Err(); err != nil {
		return h, err
	}
	pipe := c.Pipeline()
	disk, memory := askDisk(ctx, pipe), pipe.Info(ctx, "memory")
	replication := pipe.Info(ctx, "replication")
	conf := pipe.ConfigGet(ctx, "min-replicas-to-write")
	_, _ = pipe.Exec(ctx) // each command has its own error
	if err := checkPermissions(ctx, c); err != nil {
		return h, err
	}
	warn := func(format string, args ...any) { h.Warnings = append(h.Warnings, fmt.Sprintf(format, args...)) }

	if v, ok := infoField(disk.persistence, "aof_enabled"); !ok {
		warn("Not known: whether the append-only file is on. This Redis does not answer INFO persistence.")
	} else if h.AOF = v == "1"; !h.AOF {
		warn("The append-only file is off: a crash of Redis loses what was acknowledged. Set appendonly yes.")
	}
	if v, ok := infoField(disk.persistence, "aof_last_write_status"); ok && h.AOF && v != "ok" {
		warn("Redis cannot write its append-only file (%s): look at its disk.", v)
		h.AOF = false
	}
	if v, ok := infoField(memory, "maxmemory_policy"); !ok {
		warn("Not known: whether Redis may evict records. It does not answer INFO memory.")
	} else if h.NoEvict = v == "noeviction"; !h.NoEvict {
		warn("Redis may evict records when its memory is full (maxmemory-policy %s): set noeviction.", v)
	}
	text, err := replication.Result()
	if err != nil {
		warn("Not known: how many replicas there are. Redis does not answer INFO replication.")
		h.Unkept = "it does not say how many replicas it has"
		return h, nil //nolint:nilerr // the health says so
	}
	r, err := readReplication(text)
	if err != nil {
		return h, &port.RefusedError{Why: "this Redis is a replica, and read-only", Next: "Wait for the fail-over " +
			"to end; if it lasts, point Twokey at the primary", Cause: err}
	}
	q, err := d.noteAllReplicas(ctx, c, ps, r.replicas, minReplicas(conf))
	if err != nil {
		return h, err
	}
	h.Replicas = r.replicas
	if r.replicas > 0 && conf.Err() != nil {
		warn("Not known: whether min-replicas-to-write is set. Redis does not answer CONFIG GET.")
	} else if most := majority(q.most); most > q.least {
		warn("min-replicas-to-write is %d: a master cut off from its replicas goes on taking writes that a "+
			"fail-over loses. Set it to %d, at least half of the %s, rounded up.",
			q.least, most, replicasText(q.most))
	}
	return h, d.describeKeeping(&h, disk, q)
}

// noteAllReplicas notes how many replicas a master has, in each partition that it
// serves, and returns who must confirm there. A Redis that takes no writes refuses.
func (d *DB) noteAllReplicas(
	ctx context.Context, c *redis.Client, ps []keys.Partition, connected, least int,
) (quorum, error) {
	pipe := c.Pipeline()
	cmds := make([]*redis.Cmd, len(ps))
	for i, p := range ps {
		cmds[i] = noteReplicas(ctx, pipe, p, connected)
	}
	if len(cmds) > 0 {
		_, _ = pipe.Exec(ctx) // each command has its own error
	}
	worst := quorum{connected: connected, most: connected, least: least}
	for i, p := range ps {
		noted, err := cmds[i].Int()
		if err != nil {
			return worst, err
		}
		if q := d.quorumOf(p, connected, noted, least); q.most >= worst.most {
			worst = q
		}
	}
	return worst, nil
}

// describeKeeping says what keeps the record of a call, and what a power cut could take. An
// error is a permission without which no call could go out.
func (d *DB) describeKeeping(h *port.Health, disk diskAnswers, q quorum) error {
	err := q.checkReplicas()
	if err == nil && !d.bestEffort {
		err = keepsWrites(disk.persistence)
	}
	fsync, unsynced := disk.fsyncMode()
	if alone := q.needed() == 0; err == nil && alone && !d.bestEffort {
		err = unsynced
		denied := disk.conf.Err()
		if denied != nil && unsynced != nil && strings.Contains(denied.Error(), "has no permissions to run") {
			return missingPermissions("config|get", disk.conf.Err())
		}
	}
	var no *port.CannotArmError
	if errors.As(err, &no) {
		h.Unkept = no.Why
		return nil
	}
	lost := "A power cut of Redis can take two seconds of what people pressed."
	if unsynced != nil {
		lost = "A power cut of Redis can take what people pressed in the last half minute."
	} else if fsync == fsyncAlways {
		lost = "A power cut of Redis takes nothing that was acknowledged."
	}
	switch {
	case q.needed() > 0:
		h.Keeps = fmt.Sprintf("%d of %s, at least half, rounded up, must confirm the record of a request before it "+
			"is sent.", q.needed(), replicasText(q.most))
		if q.needed() == 1 && q.most == 1 {
			h.Keeps = "The replica must confirm the record of a request before it is sent."
		}
		h.Keeps += " A power cut of one of them takes nothing of it."
	case d.bestEffort && (unsynced != nil || !h.AOF):
		h.Keeps = "A power cut of Redis can take the record of a request, too."
	case d.bestEffort || fsync == fsyncAlways:
		h.Keeps = lost
	case fsync == fsyncConfirmed:
		h.Keeps = "Redis confirms that the record of a request is on its disk (WAITAOF) before it is sent. " + lost
	default:
		h.Keeps = "Twokey waits two seconds before each request, and sees that Redis has its record on the disk " +
			"(appendfsync everysec). " + lost
	}
	return nil
}

// infoField finds one line of an INFO answer.
func infoField(cmd *redis.StringCmd, name string) (string, bool) {
	text, err := cmd.Result()
	if err != nil {
		return "", false
	}
	v, ok := infoFields(text)[name]
	return v, ok
}

// infoFields reads the name:value lines of an INFO answer.
func infoFields(text string) map[string]string {
	m := make(map[string]string)
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		if name, v, ok := strings.Cut(strings.TrimSpace(lines.Text()), ":"); ok {
			m[name] = v
		}
	}
	return m
}
