package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// doOperator is whoever runs Twokey, at a terminal.
func doOperator(ts *testscript.TestScript, neg bool, args []string) {
	needWords(ts, args, 2)
	p, st := playOf(ts), stageOf(ts)
	switch args[0] {
	case "runs":
		cmd := exec.CommandContext(p.ctx, p.bin, args[1:]...)
		cmd.Env, cmd.Dir = st.settings, ts.MkAbs(".")
		out, err := cmd.CombinedOutput()
		p.printed = string(out)
		if err != nil && !neg {
			err = fmt.Errorf("%w\n%s", err, out)
		}
		wantError(ts, neg, err)
	case "will-read":
		needWords(ts, args, 3)
		willRead(ts, args[1:len(args)-1], args[len(args)-1])
	case "reads":
		if strings.Contains(p.printed, args[1]) == neg {
			ts.Fatalf("it printed:\n%s", p.printed)
		}
	case "reads-at-most":
		needWords(ts, args, 3)
		if n := strings.Count(p.printed, args[2]); n > number(ts, args[1]) {
			ts.Fatalf("it printed %q %d times", args[2], n)
		}
	case "writes":
		src, err := os.ReadFile(ts.MkAbs(args[1]))
		ts.Check(err)
		ts.Check(st.writePolicy(withMoments(src)))
	case "sends":
		if args[1] != "SIGHUP" {
			ts.Fatalf("operator cannot send %s", args[1])
		}
		ts.Check(st.bot.sendSignal(syscall.SIGHUP))
	case "gives": // a setting, from the bot's next start on
		st.settings = append(st.settings, args[1])
		st.bot.env = append(st.bot.env, args[1])
	case "keeps":
		ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(p.printed), 0o600))
	default:
		ts.Fatalf("operator cannot %s", args[0])
	}
}

var inAWhile = regexp.MustCompile(`IN-\d+[smh]`)

// withMoments puts moments into a policy file: IN-20s becomes the time in 20 seconds.
func withMoments(src []byte) []byte {
	return inAWhile.ReplaceAllFunc(src, func(b []byte) []byte {
		d, err := time.ParseDuration(string(b[len("IN-"):]))
		if err != nil {
			return b
		}
		return time.Now().Add(d).UTC().AppendFormat(nil, time.RFC3339)
	})
}

// doQuiet puts hours that it is now for QUIET into the policy file.
func doQuiet(ts *testscript.TestScript, _ bool, _ []string) {
	now := time.Now().UTC()
	hours := fmt.Sprintf("%q", now.Add(-time.Minute).Format("15:04")+"-"+now.Add(2*time.Hour).Format("15:04"))
	putIn(ts, filepath.Join(playOf(ts).dir, "twokey.yaml"), "QUIET", hours)
}

// doAuditFile puts the address of a file for AUDIT into the policy file, or waits
// until the file has something.
func doAuditFile(ts *testscript.TestScript, _ bool, args []string) {
	file := filepath.Join(playOf(ts).dir, "shipped.jsonl")
	if len(args) < 2 {
		putIn(ts, filepath.Join(playOf(ts).dir, "twokey.yaml"), "AUDIT", "file://"+file)
		return
	}
	ts.Check(tryUntil(playOf(ts).ctx, patience, func() error {
		b, err := os.ReadFile(file)
		if err == nil && !strings.Contains(string(b), args[1]) {
			err = fmt.Errorf("the shipped audit has no %q", args[1])
		}
		return err
	}))
}

// putIn puts something for a word of a policy file.
func putIn(ts *testscript.TestScript, file, word, what string) {
	src, err := os.ReadFile(file)
	ts.Check(err)
	ts.Check(os.WriteFile(file, []byte(strings.ReplaceAll(string(src), word, what)), 0o600))
}

// willSay waits until the bot's log has it.
func willSay(ts *testscript.TestScript, text string) {
	b := stageOf(ts).bot
	err := tryUntil(playOf(ts).ctx, patience, func() error {
		if strings.Contains(b.log.String(), text) {
			return nil
		}
		return fmt.Errorf("the bot never said %q", text)
	})
	if err != nil {
		ts.Fatalf("%v; its log ends:\n%s", err, b.log.lastLines(12))
	}
}

// doRedis is somebody at Redis' own console.
func doRedis(ts *testscript.TestScript, _ bool, args []string) {
	needWords(ts, args, 2)
	var lines []string
	switch args[0] {
	case "loses-audit-entry":
		for partition := range 16 {
			lines = append(lines, fmt.Sprintf("XDEL twokey:{%d}:audit %s-0", partition, args[1]))
		}
	case "sets":
		lines = append(lines, "CONFIG SET "+strings.Join(args[1:], " "))
	case "lets": // a user of its own run what the rules of ACL SETUSER say
		st := stageOf(ts)
		lines = append(lines, "ACL SETUSER twokey reset on >practice ~twokey:* "+strings.Join(args[1:], " "))
		url := "REDIS_URL=redis://twokey:practice@" + strings.TrimPrefix(st.redis.url, "redis://")
		st.settings = append(st.settings, url)
		st.bot.env = append(st.bot.env, url)
	case "follows": // a primary that is not there
		lines = append(lines, "REPLICAOF "+strings.Join(args[1:], " "))
	default:
		ts.Fatalf("redis cannot %s", args[0])
	}
	c, err := net.DialTimeout("tcp", strings.TrimPrefix(stageOf(ts).redis.url, "redis://"), patience)
	ts.Check(err)
	defer c.Close()
	for _, line := range lines {
		_, err := fmt.Fprint(c, line, "\r\n")
		ts.Check(err)
		_, err = c.Read(make([]byte, 64)) // the answer: it is done
		ts.Check(err)
	}
}

// willRead runs the operator's command until it prints a text.
func willRead(ts *testscript.TestScript, words []string, text string) {
	p, st := playOf(ts), stageOf(ts)
	if err := tryUntil(p.ctx, patience, func() error {
		cmd := exec.CommandContext(p.ctx, p.bin, words...)
		cmd.Env, cmd.Dir = st.settings, ts.MkAbs(".")
		out, _ := cmd.CombinedOutput() // what it prints counts, however it ends
		if p.printed = string(out); !strings.Contains(p.printed, text) {
			return fmt.Errorf("not yet: %s", text)
		}
		return nil
	}); err != nil {
		ts.Fatalf("%v\n%s", err, p.printed)
	}
}
