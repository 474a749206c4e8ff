package conform_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"twokey/bot/fakeslack"
	"twokey/bot/fakeslack/page"
)

// runNode prepares a script of this folder. With -short it skips the test.
func runNode(t *testing.T, script string, env ...string) *exec.Cmd {
	t.Helper()
	if testing.Short() {
		t.Skip("-short starts no node: make test runs this")
	}
	if _, err := os.Stat("node_modules/.package-lock.json"); errors.Is(err, fs.ErrNotExist) {
		t.Fatal(
			"Slack's own clients are not here: `make test` installs them into bot/fakeslack/conform/node_modules " +
				"(npm ci)",
		)
	}
	path, err := exec.LookPath("node")
	if err != nil {
		t.Fatal("node is not here: `make test` installs it")
	}
	cmd := exec.CommandContext(t.Context(), path, script)
	cmd.Env = append(os.Environ(), env...)
	return cmd
}

// newWorkspace is a double that listens.
func newWorkspace(t *testing.T, change func(*fakeslack.Config)) (*fakeslack.Slack, []string) {
	t.Helper()
	cfg := fakeslack.Config{
		RateScale: 60, BotToken: "xoxb-test", AppToken: "xapp-1-A0TWOKEY-1-test",
		SigningSecret: "s3cret", Shortcuts: []fakeslack.Shortcut{
			{Name: "Anywhere", CallbackID: "anywhere"}, {
				Name: "On a message", CallbackID: "on-message",
				OnMessage: true,
			},
		},
	}
	if change != nil {
		change(&cfg)
	}
	s := fakeslack.New(cfg)
	page.Open(s, nil, nil) // its control calls set switches
	origin, stop, err := s.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return s, []string{
		"SLACK_API_URL=" + origin + "/api/", "ORIGIN=" + origin, "SLACK_BOT_TOKEN=xoxb-test",
		"SLACK_APP_TOKEN=xapp-1-A0TWOKEY-1-test", "SLACK_SIGNING_SECRET=s3cret",
	}
}

// An app is the running process, and what it said that it saw.
type app struct {
	*fakeslack.Slack
	t   *testing.T
	ctx context.Context

	complaints string // that it is expected to make on standard error

	mu   sync.Mutex
	saw  []map[string]any
	more chan struct{} // closed and replaced with each line
}

// startApp starts the app and waits until it takes requests.
func startApp(t *testing.T, socket bool) *app {
	t.Helper()
	s, env := newWorkspace(t, func(c *fakeslack.Config) { c.SocketMode = socket })
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	a := &app{Slack: s, t: t, ctx: ctx, more: make(chan struct{})}
	mode := "http"
	if socket {
		mode = "socket"
	}
	cmd := runNode(t, "app.mjs", append(env, "MODE="+mode)...)
	var complaints strings.Builder
	cmd.Stderr = &complaints
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	read := make(chan struct{})
	go func() {
		defer close(read)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			a.takeLine(lines.Bytes())
		}
	}()
	t.Cleanup(func() {
		_ = in.Close()
		<-read
		_ = cmd.Wait()
		for l := range strings.Lines(complaints.String()) {
			if a.complaints == "" || !strings.Contains(l, a.complaints) {
				t.Errorf("the app complains: %s", l)
			}
		}
		if n := a.countHeard("error"); n > 0 {
			t.Errorf("the app met %d errors: %v", n, a.saw)
		}
	})
	a.waitForHeard("ready", 1)
	if port, ok := a.lastHeard("ready")["port"].(float64); ok {
		base := "http://127.0.0.1:" + strconv.Itoa(int(port)) + "/slack/"
		s.SetBot(base+"commands", base+"interactions")
	}
	return a
}

func (a *app) takeLine(line []byte) {
	var m map[string]any
	if json.Unmarshal(line, &m) != nil {
		m = map[string]any{"saw": "error", "message": string(line)}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.saw = append(a.saw, m)
	close(a.more)
	a.more = make(chan struct{})
}

func (a *app) countHeard(what string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	n := 0
	for _, m := range a.saw {
		if m["saw"] == what {
			n++
		}
	}
	return n
}

func (a *app) lastHeard(what string) map[string]any {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, m := range slices.Backward(a.saw) {
		if m["saw"] == what {
			return m
		}
	}
	return nil
}

// waitForHeard waits until the app has seen something so many times.
func (a *app) waitForHeard(what string, n int) {
	a.t.Helper()
	for {
		a.mu.Lock()
		more := a.more
		a.mu.Unlock()
		if a.countHeard(what) >= n {
			return
		}
		select {
		case <-more:
		case <-a.ctx.Done():
			a.t.Fatalf("the app saw %q %d times, not %d; it said %v", what, a.countHeard(what), n, a.saw)
		}
	}
}

// waitUntil waits for something in the workspace.
func (a *app) waitUntil(what string, cond func() bool) {
	a.t.Helper()
	if err := a.Wait(a.ctx, cond); err != nil {
		a.t.Fatalf("%s: %v", what, err)
	}
}

func (a *app) failOn(err error) {
	a.t.Helper()
	if err != nil {
		a.t.Fatal(err)
	}
}

// typeCommand types the command and expects nobody to be warned.
func (a *app) typeCommand(text string) fakeslack.Reply {
	a.t.Helper()
	r, err := a.Command(a.ctx, "U0ANN", "C0INFRA", text)
	if err != nil || r.Warning != "" {
		a.t.Fatalf("%s: %q %v", text, r.Warning, err)
	}
	return r
}

// card is the newest message of the channel.
func (a *app) newestMessage() fakeslack.Message {
	ms := a.Messages("C0INFRA")
	if len(ms) == 0 {
		return fakeslack.Message{}
	}
	return ms[len(ms)-1]
}
