package store

import (
	"bufio"
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/redis/go-redis/v9"

	"twokey/commands"
)

// Health implements commands.Store. Of a Cluster it tells what the weakest
// master promises. An error means that Redis could not be asked at all.
func (s *Store) Health(ctx context.Context) (commands.Health, error) {
	var mu sync.Mutex
	var all []commands.Health
	err := s.masters(ctx, func(ctx context.Context, c *redis.Client) error {
		h, err := health(ctx, c)
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
		return commands.Health{}, fmt.Errorf("ask Redis what it can promise: %w", err)
	}
	w := weakest(all)
	if n := int64(w.Replicas); n > s.replicas.Load() { // only arming may count fewer
		s.replicas.Store(n)
	}
	return w, nil
}

// weakest joins the answers of several masters; a warning is told once.
func weakest(all []commands.Health) commands.Health {
	w := all[0]
	for _, h := range all[1:] {
		w.AOF = w.AOF && h.AOF
		w.NoEvict = w.NoEvict && h.NoEvict
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

// health asks one master. INFO tells more than CONFIG, which managed services
// refuse.
func health(ctx context.Context, c *redis.Client) (commands.Health, error) {
	var h commands.Health
	if err := c.Ping(ctx).Err(); err != nil {
		return h, err
	}
	pipe := c.Pipeline()
	persistence, memory := pipe.Info(ctx, "persistence"), pipe.Info(ctx, "memory")
	replication := pipe.Info(ctx, "replication")
	conf := pipe.ConfigGet(ctx, "min-replicas-to-write")
	_, _ = pipe.Exec(ctx) // each command has its own error
	warn := func(format string, args ...any) { h.Warnings = append(h.Warnings, fmt.Sprintf(format, args...)) }

	if v, ok := infoField(persistence, "aof_enabled"); !ok {
		warn("Cannot tell whether the append-only file is on: this Redis does not answer INFO persistence.")
	} else if h.AOF = v == "1"; !h.AOF {
		warn("The append-only file is off: a crash of Redis loses what was acknowledged. Set appendonly yes.")
	}
	if v, ok := infoField(persistence, "aof_last_write_status"); ok && h.AOF && v != "ok" {
		warn("Redis cannot write its append-only file (%s): look at its disk.", v)
		h.AOF = false
	}
	if v, ok := infoField(memory, "maxmemory_policy"); !ok {
		warn("Cannot tell whether Redis may evict records: it does not answer INFO memory.")
	} else if h.NoEvict = v == "noeviction"; !h.NoEvict {
		warn("Redis may evict records when its memory is full (maxmemory-policy %s): set noeviction.", v)
	}
	text, err := replication.Result()
	r, bad := readReplication(text)
	if err != nil || bad != nil {
		warn("Cannot tell how many replicas there are: Redis does not answer INFO replication.")
		return h, nil
	}
	h.Replicas = r.replicas
	if r.replicas > 0 && conf.Err() != nil {
		warn("Cannot tell whether min-replicas-to-write is set: Redis does not answer CONFIG GET.")
	} else if r.replicas > 0 && minReplicas(conf) == 0 {
		warn("min-replicas-to-write is 0: a master cut off from its replicas goes on taking writes that a fail-over loses. Set it to 1.")
	}
	return h, nil
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
	if err != nil {
		return replication{}, fmt.Errorf("the number of replicas, %q, is none", m["connected_slaves"])
	}
	return replication{replicas: n}, nil
}

// minReplicas is the setting, 0 where it cannot be read.
func minReplicas(conf *redis.MapStringStringCmd) int {
	n, err := strconv.Atoi(conf.Val()["min-replicas-to-write"])
	if err != nil {
		return 0
	}
	return n
}
