package main

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"twokey/bot/store"
	"twokey/cloud/fakecvm"
	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

// watchedMachines is how many machines of ended proposals there are.
const watchedMachines = 1000

// A round of looks at a thousand machines is a few calls, not a thousand, and
// writes nothing to the records.
func TestAThousandWatchedMachinesCostFewCalls(t *testing.T) {
	_, fleet := manyPeople(watchedMachines)
	policy := append(policyWith(shortest), "watch_every: 1h\n"...)
	st := setStage(t, setting{policy: policy, fleet: fleet})
	s, err := store.Open(t.Context(), store.Options{URL: st.redis.url, Seal: practiceSeals(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	var ids []string
	for i := range watchedMachines {
		ids = append(ids, putEnded(t, s, machineOf(i)))
	}
	opt, err := redis.ParseURL(st.redis.url)
	if err != nil {
		t.Fatal(err)
	}
	db := redis.NewClient(opt)
	t.Cleanup(func() { _ = db.Close() })
	if n := countDue(t, db); n != watchedMachines {
		t.Fatalf("%d are due before the bot runs", n)
	}
	if err := st.bot.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := st.cloud.WaitFor(t.Context(), func() bool { return countDue(t, db) == 0 }); err != nil {
		t.Fatal(err)
	}
	looks := 0
	for _, r := range st.cloud.Requests() {
		if r.Action == "DescribeInstances" {
			looks++
		}
		if r.Action == "DescribeEvents" {
			t.Error("CloudAudit was asked, though nothing was found")
		}
	}
	// 16 calls for 64 at a time; beside them the bot's own look at the start.
	if looks < 10 || looks > 60 {
		t.Errorf("%d calls for %d machines", looks, watchedMachines)
	}
	t.Logf("%d machines, %d calls", watchedMachines, looks)
	for _, id := range []string{ids[0], ids[watchedMachines-1]} {
		if rec, err := s.Load(t.Context(), id); err != nil || rec.Rev != 1 {
			t.Errorf("%s: revision %d; %v", id, rec.Rev, err)
		}
	}
	if err := st.bot.kill(); err != nil {
		t.Error(err)
	}
}

// putEnded stores a proposal that was rejected an hour ago and is due now.
func putEnded(t *testing.T, s *store.Store, instance string) string {
	t.Helper()
	ref := model.Ref{Account: "main", Region: fakecvm.Guangzhou, Instance: instance}
	for range 20 {
		op := reinstall.Operation{
			ID: s.NewID(ref), State: reinstall.Rejected, Channel: channel, Proposer: "U0ANN", Plan: model.Plan{Ref: ref},
			End: &reinstall.End{At: time.Now().Add(-time.Hour), By: "U0BOB", Why: "no"},
		}
		_, err := s.Create(t.Context(), port.Change{Op: op, Command: "put " + instance, By: "U0BOB", What: "reject"})
		if err == nil {
			return op.ID
		}
		if !errors.Is(err, port.ErrExists) {
			t.Fatal(err)
		}
	}
	t.Fatal("no free id")
	return ""
}

// countDue counts what is due now or leased (for 10 s), in all partitions.
func countDue(t *testing.T, db *redis.Client) int64 {
	t.Helper()
	keys, err := db.Keys(t.Context(), "*:due").Result()
	if err != nil {
		t.Fatal(err)
	}
	var all int64
	for _, k := range keys {
		n, err := db.ZCount(t.Context(), k, "-inf", fmt.Sprint(time.Now().Add(15*time.Second).UnixMilli())).Result()
		if err != nil {
			t.Fatal(err)
		}
		all += n
	}
	return all
}
