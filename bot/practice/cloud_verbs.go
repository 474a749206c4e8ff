package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"twokey/cloud/fakecvm"
)

// forgetLastOperation makes a machine one that has no record of a last operation, as many
// have that nobody ever operated on (cloud/doc.go).
func forgetLastOperation(st *stage, machine string) error {
	i, err := st.machineNamed(machine)
	if err != nil {
		return err
	}
	return st.cloud.Patch(i.ID, func(i *fakecvm.Instance) { i.Latest = fakecvm.Operation{} })
}

// setIPv6 gives a machine another IPv6 address.
func setIPv6(st *stage, machine, ip string) error {
	i, err := st.machineNamed(machine)
	if err != nil {
		return err
	}
	return st.cloud.Patch(i.ID, func(i *fakecvm.Instance) { i.IPv6s = []string{ip} })
}

// setKeyPairs gives a machine other key pairs.
func setKeyPairs(st *stage, machine string, keys []string) error {
	i, err := st.machineNamed(machine)
	if err != nil {
		return err
	}
	return st.cloud.Patch(i.ID, func(i *fakecvm.Instance) { i.KeyIDs, i.Login = keys, fakecvm.LoginKeys })
}

// waitForHeldAnswer waits until the cloud holds back the answer to an action, for the
// switch hold:ACTION.
func waitForHeldAnswer(ts *testscript.TestScript, action string) {
	st, p := stageOf(ts), playOf(ts)
	ctx, cancel := withPatience(p.ctx)
	defer cancel()
	held := func() bool {
		for _, r := range st.cloud.Requests() {
			if r.Fate == "hold:"+action {
				return true
			}
		}
		return false
	}
	if err := st.cloud.WaitFor(ctx, held); err != nil {
		ts.Fatalf("no %s is held: %v\nthe bot's log ends:\n%s", action, err, st.bot.log.lastLines(12))
	}
}

// rotateKey gives the account another access key in place of the one it has. The
// bot learns of it when it starts again.
func rotateKey(st *stage, id string) {
	key := strings.ToLower(id) + "secret"
	st.cloud.RotateKey(id, key)
	st.bot.env = append(st.bot.env, "TENCENTCLOUD_SECRET_ID="+id, "TENCENTCLOUD_SECRET_KEY="+key)
}

func doCloud(ts *testscript.TestScript, neg bool, args []string) {
	needWords(ts, args, 2)
	st := stageOf(ts)
	switch args[0] {
	case "advance":
		d, err := time.ParseDuration(args[1])
		ts.Check(err)
		ts.Check(st.cloud.Advance(d))
	case "switch":
		needWords(ts, args, 3)
		wantError(ts, neg, st.cloud.Switch(args[1], strings.Join(args[2:], " ")))
	case "switch-for":
		needWords(ts, args, 4)
		i, err := st.machineNamed(args[1])
		ts.Check(err)
		wantError(ts, neg, st.cloud.SwitchFor(i.ID, args[2], strings.Join(args[3:], " ")))
	case "operate":
		needWords(ts, args, 3)
		i, err := st.machineNamed(args[1])
		ts.Check(err)
		wantError(ts, neg, st.cloud.Operate(i.ID, args[2]))
	case "tag":
		needWords(ts, args, 3)
		i, err := st.machineNamed(args[1])
		ts.Check(err)
		k, v, _ := strings.Cut(args[2], "=")
		ts.Check(st.cloud.SetTag(i.ID, k, &v))
	case "rename":
		needWords(ts, args, 3)
		i, err := st.machineNamed(args[1])
		ts.Check(err)
		ts.Check(st.cloud.SetName(i.ID, args[2]))
	case "drops-image":
		needWords(ts, args, 3)
		st.cloud.RemoveImage(args[1], args[2])
	case "balance":
		needWords(ts, args, 5)
		putBehindBalancer(ts, args[1], args[2], args[3], number(ts, args[4]))
	case "snapshots":
		i, err := st.machineNamed(args[1])
		ts.Check(err)
		ts.Check(addSnapshot(st, i, args[2:]))
	case "forgets":
		ts.Check(forgetLastOperation(st, args[1]))
	case "binds":
		ts.Check(setKeyPairs(st, args[1], args[2:]))
	case "has-bound":
		i, err := st.machineNamed(args[1])
		ts.Check(err)
		if got := strings.Join(i.KeyIDs, " "); got != strings.Join(args[2:], " ") {
			ts.Fatalf("%s has the key pairs %q", args[1], got)
		}
	case "address6":
		needWords(ts, args, 3)
		ts.Check(setIPv6(st, args[1], args[2]))
	case "holds":
		waitForHeldAnswer(ts, args[1])
	case "rotates-key":
		rotateKey(st, args[1])
	case "has-used-up":
		waitForSwitchOff(ts, args[1])
	case "has-heard":
		needWords(ts, args, 3)
		waitForResetRequests(ts, args[1], number(ts, args[2]))
	default:
		ts.Fatalf("the cloud cannot %s", args[0])
	}
}

// waitForSwitchOff waits until a switch that is on for a number of calls is off.
func waitForSwitchOff(ts *testscript.TestScript, name string) {
	st, p := stageOf(ts), playOf(ts)
	ctx, cancel := withPatience(p.ctx)
	defer cancel()
	ts.Check(tryUntil(ctx, patience, func() error {
		for _, s := range st.cloud.Switches() {
			if s.Name == name && s.Set != "" {
				return fmt.Errorf("%s is still %s", name, s.Set)
			}
		}
		return nil
	}))
}

// waitForResetRequests waits until so many requests for a reset of the machine have arrived.
func waitForResetRequests(ts *testscript.TestScript, machine string, n int) {
	st := stageOf(ts)
	i, err := st.machineNamed(machine)
	ts.Check(err)
	p := playOf(ts)
	ctx, cancel := withPatience(p.ctx)
	defer cancel()
	if err := st.cloud.WaitFor(ctx, func() bool { return st.cloud.ResetRequests(i.ID) >= n }); err != nil {
		ts.Fatalf("%d requests: %v\nthe bot's log ends:\n%s", st.cloud.ResetRequests(i.ID), err,
			st.bot.log.lastLines(12))
	}
}

func doResets(ts *testscript.TestScript, _ bool, args []string) {
	needWords(ts, args, 2)
	st := stageOf(ts)
	i, err := st.machineNamed(args[0])
	ts.Check(err)
	want := number(ts, args[1])
	if got := st.cloud.Resets(i.ID); got != want {
		ts.Fatalf("%s was reset %d times, not %d", args[0], got, want)
	}
	if got := st.cloud.ResetRequests(i.ID); got > 1 {
		ts.Fatalf("%d requests to reset %s arrived", got, args[0])
	}
}

func doRuns(ts *testscript.TestScript, neg bool, args []string) {
	needWords(ts, args, 2)
	i, err := stageOf(ts).machineNamed(args[0])
	ts.Check(err)
	if (i.ImageID == args[1]) == neg {
		ts.Fatalf("%s runs %s", args[0], i.ImageID)
	}
}

// putBehindBalancer puts a machine behind a load balancer, and nothing else.
func putBehindBalancer(ts *testscript.TestScript, machine, lb, protocol string, port int) {
	st := stageOf(ts)
	i, err := st.machineNamed(machine)
	ts.Check(err)
	ts.Check(st.cloud.Patch(i.ID, func(i *fakecvm.Instance) {
		i.Balancers = []fakecvm.Balancer{{ID: lb, Protocol: protocol, Port: port, Weight: 10}}
	}))
}

// doOneAlone waits until one of two machines is being reset, and fails if both
// are.
func doOneAlone(ts *testscript.TestScript, _ bool, args []string) {
	needWords(ts, args, 2)
	st := stageOf(ts)
	sum := func() (n int) {
		for _, name := range args {
			i, err := st.machineNamed(name)
			ts.Check(err)
			n += st.cloud.ResetRequests(i.ID)
		}
		return n
	}
	ts.Check(
		playOf(ts).waitUntil("one is reset", func() string { return fmt.Sprint(sum()) },
			func() bool { return sum() > 0 }),
	)
	if n := sum(); n != 1 {
		ts.Fatalf("%d resets of %q are under way", n, args)
	}
}

// addSnapshot adds a snapshot that somebody made in the console: one that
// counts, or one with something wrong about it.
func addSnapshot(st *stage, i fakecvm.Instance, what []string) error {
	s := fakecvm.Snapshot{
		ID: "snap-fr35h0n3", Region: i.Region, Zone: i.Zone, Name: "by hand", DiskID: i.SystemDisk.ID,
		Usage:  "SYSTEM_DISK",
		SizeGB: i.SystemDisk.SizeGB, State: "NORMAL", Percent: 100, Created: time.Now().Add(-time.Minute),
	}
	if len(what) > 0 {
		switch what[0] {
		case "creating":
			s.ID, s.State, s.Percent = "snap-unf1n1sh", "CREATING", 40
		case "old":
			s.ID, s.Created = "snap-0ld0ld01", time.Now().Add(-30*time.Hour)
		case "expiring":
			s.ID, s.Deadline = "snap-3xp1r1ng", time.Now().Add(time.Hour)
		case "data":
			s.ID, s.DiskID, s.Usage = "snap-datad1sk", i.DataDisks[0].ID, "DATA_DISK"
		default:
			return fmt.Errorf("a snapshot cannot be %s", what[0])
		}
	}
	st.cloud.AddSnapshot(s)
	return nil
}
