package main

import (
	"fmt"

	"github.com/rogpeppe/go-internal/testscript"

	"twokey/cloud/fakecvm"
)

// balance puts a machine behind a load balancer, and nothing else.
func balance(ts *testscript.TestScript, machine, lb, protocol string, port int) {
	st := stageOf(ts)
	i, err := st.instance(machine)
	ts.Check(err)
	ts.Check(st.cloud.Patch(i.ID, func(i *fakecvm.Instance) {
		i.Balancers = []fakecvm.Balancer{{ID: lb, Protocol: protocol, Port: port, Weight: 10}}
	}))
}

// doOneAlone waits until one of two machines is being reset, and fails if both
// are.
func doOneAlone(ts *testscript.TestScript, _ bool, args []string) {
	need(ts, args, 2)
	st := stageOf(ts)
	sum := func() (n int) {
		for _, name := range args {
			i, err := st.instance(name)
			ts.Check(err)
			n += st.cloud.ResetRequests(i.ID)
		}
		return n
	}
	ts.Check(of(ts).wait("one is reset", func() string { return fmt.Sprint(sum()) }, func() bool { return sum() > 0 }))
	if n := sum(); n != 1 {
		ts.Fatalf("%d resets of %q are under way", n, args)
	}
}
