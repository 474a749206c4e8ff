package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// doOperator is whoever runs Twokey, at a terminal.
func doOperator(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, args, 2)
	p, st := of(ts), stageOf(ts)
	switch args[0] {
	case "runs":
		cmd := exec.CommandContext(p.ctx, p.bin, args[1:]...)
		cmd.Env, cmd.Dir = st.settings, ts.MkAbs(".")
		out, err := cmd.CombinedOutput()
		p.printed = string(out)
		if err != nil && !neg {
			err = fmt.Errorf("%w\n%s", err, out)
		}
		must(ts, neg, err)
	case "reads":
		if strings.Contains(p.printed, args[1]) == neg {
			ts.Fatalf("it printed:\n%s", p.printed)
		}
	case "keeps":
		ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(p.printed), 0o600))
	default:
		ts.Fatalf("operator cannot %s", args[0])
	}
}

// doRedis is somebody at Redis' own console.
func doRedis(ts *testscript.TestScript, _ bool, args []string) {
	need(ts, args, 2)
	var lines []string
	switch args[0] {
	case "loses-audit-entry":
		for partition := range 16 {
			lines = append(lines, fmt.Sprintf("XDEL twokey:{%d}:audit %s-0", partition, args[1]))
		}
	case "sets":
		lines = append(lines, "CONFIG SET "+strings.Join(args[1:], " "))
	default:
		ts.Fatalf("redis cannot %s", args[0])
	}
	c, err := net.DialTimeout("tcp", strings.TrimPrefix(stageOf(ts).redis.url, "redis://"), time.Second)
	ts.Check(err)
	defer c.Close()
	for _, line := range lines {
		_, err := fmt.Fprint(c, line, "\r\n")
		ts.Check(err)
		_, err = c.Read(make([]byte, 64)) // the answer: it is done
		ts.Check(err)
	}
}
