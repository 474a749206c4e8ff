package main

import (
	"net"

	"github.com/rogpeppe/go-internal/testscript"

	"twokey/bot/practice/sshd"
	"twokey/cloud/fakecvm"
)

// doMachine plays a machine's login service.
//
//	machine M is-at-a-port     of this computer, where nothing listens yet; PORT in the
//	                           story's twokey.yaml stands for it; before the bot starts
//	machine M answers WHAT     there: ssh, rdp or nonsense
//	machine M shows-its-keys   in the thread: those of its system now, and none of an earlier one
func doMachine(ts *testscript.TestScript, _ bool, args []string) {
	needWords(ts, args, 2)
	st, p := stageOf(ts), playOf(ts)
	i, err := st.machineNamed(args[0])
	ts.Check(err)
	switch args[1] {
	case "is-at-a-port":
		addr, err := st.leaseAddress()
		ts.Check(err)
		host, port, err := net.SplitHostPort(addr)
		ts.Check(err)
		ts.Check(st.cloud.Patch(i.ID, func(i *fakecvm.Instance) { i.PrivateIPs = []string{host} }))
		putIn(ts, st.policyPath(), "PORT", port)
		p.port = addr
	case "answers":
		needWords(ts, args, 3)
		s, stop, err := sshd.Serve(p.port, args[2], func() int { return st.cloud.Resets(i.ID) })
		ts.Check(err)
		st.stops = append(st.stops, stop)
		p.sshd = s
	case "shows-its-keys":
		now := st.cloud.Resets(i.ID)
		for n := range now + 1 {
			prints, err := p.sshd.Fingerprints(n)
			ts.Check(err)
			for _, print := range prints {
				wantText(ts, n < now, "the thread shows "+print, print, p.threadText)
			}
		}
	default:
		ts.Fatalf("a machine cannot %s", args[1])
	}
}
