package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
)

// buildBot compiles the bot as it is shipped and returns the binary's path.
// TWOKEY_BOT names one that is built already. Anywhere but in the checkout there is
// nothing to build: the error says what to do.
func buildBot(ctx context.Context, dir string) (string, error) {
	if b := os.Getenv("TWOKEY_BOT"); b != "" {
		return b, nil
	}
	out := filepath.Join(dir, "bot")
	if err := exec.CommandContext(ctx, "go", "list", "twokey/bot").Run(); err != nil && ctx.Err() == nil {
		return "", errElsewhere
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-o", out, "twokey/bot")
	if msg, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the bot: %w\n%s", err, msg)
	}
	return out, nil
}

// errElsewhere: practice was started where the bot cannot be built.
var errElsewhere = errors.New("this is not the folder of Twokey's checkout, or Go is missing: practice builds the bot " +
	"from its source.\nGo to that folder, then: go run ./bot/practice\n" +
	"Or build the bot there, and name it: TWOKEY_BOT=/path/to/bot practice")

// bot is the bot's process. It can be killed and started again; its settings
// stay.
type bot struct {
	bin   string
	env   []string
	slack string // host:port of its Slack endpoints
	admin string // host:port of its admin endpoints

	mu   sync.Mutex
	cmd  *exec.Cmd
	done chan struct{}
	log  tail
}

var errRuns = errors.New("the bot runs already")

// isRunning reports whether the bot was started and has not ended since. Callers
// hold b.mu.
func (b *bot) isRunning() bool {
	if b.cmd == nil {
		return false
	}
	select {
	case <-b.done:
		return false
	default:
		return true
	}
}

// readyWithin is how long a bot may take to be ready, on a machine that is busy.
const readyWithin = 40 * time.Second

// starting are the bots that start. A start computes: many at once on few processors
// would all come late.
var starting = make(chan struct{}, max(4, runtime.NumCPU()))

// start runs the bot until it is ready. The error is what the bot itself said.
func (b *bot) start(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.isRunning() {
		return errRuns
	}
	starting <- struct{}{}
	defer func() { <-starting }()
	cmd := exec.Command(b.bin, "serve")
	cmd.Env, cmd.Stdout, cmd.Stderr = b.env, &b.log, &b.log
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start the bot: %w", err)
	}
	done := make(chan struct{})
	go func() { _ = cmd.Wait(); close(done) }()
	b.cmd, b.done = cmd, done
	err := tryUntil(ctx, readyWithin, func() error {
		select {
		case <-done:
			return nil // ended; reported below
		default:
			return checkReady(ctx, b.admin)
		}
	})
	select {
	case <-done:
		b.cmd = nil
		return fmt.Errorf("the bot ended at once: %s", b.log.lastLines(5))
	default:
	}
	if err != nil {
		return fmt.Errorf("the bot is not ready: %w\n%s", err, b.log.lastLines(10))
	}
	return nil
}

func checkReady(ctx context.Context, admin string) error {
	_, err := getPage(ctx, "http://"+admin+"/readyz")
	return err
}

// getPage returns what a page answers; anything but 200 is an error with it.
func getPage(ctx context.Context, url string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return "", err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answers %s: %s", url, resp.Status, bytes.TrimSpace(body))
	}
	return string(body), err
}

// stop ends the bot by a signal and waits for its end.
func (b *bot) stop(sig os.Signal) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.cmd == nil {
		return errors.New("the bot does not run")
	}
	if err := b.cmd.Process.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	_ = b.cmd.Process.Signal(syscall.SIGCONT) // one that is frozen would not notice
	select {
	case <-b.done:
	case <-time.After(15 * time.Second):
		_ = b.cmd.Process.Kill()
		<-b.done
		b.cmd = nil
		return errors.New("the bot did not stop in 15 s and was killed")
	}
	b.cmd = nil
	return nil
}

// sendSignal sends it a signal that it goes on after.
func (b *bot) sendSignal(sig os.Signal) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.cmd == nil {
		return errors.New("the bot does not run")
	}
	return b.cmd.Process.Signal(sig)
}

// downSentence says in a sentence that the bot does not run, "" if it does. It never
// waits.
func (b *bot) downSentence() string {
	if !b.mu.TryLock() {
		return "The bot is being started or stopped."
	}
	defer b.mu.Unlock()
	if b.isRunning() {
		return ""
	}
	return "The bot is down: what people press reaches nobody."
}

func (b *bot) kill() error { return b.stop(syscall.SIGKILL) }

// misbehaviour says what a bot's log must never hold: a panic, a data race (if
// it was built to see them), a secret of its settings.
func (b *bot) misbehaviour() string {
	log := b.log.String()
	for _, sign := range []string{"panic: ", "WARNING: DATA RACE"} {
		if i := strings.Index(log, sign); i >= 0 {
			return "the bot's log has: " + log[i:min(len(log), i+2000)]
		}
	}
	for _, e := range b.env {
		name, value, _ := strings.Cut(e, "=")
		if (strings.HasSuffix(name, "_TOKEN") || strings.HasSuffix(name, "_SECRET") ||
			strings.HasSuffix(name, "_KEY")) && strings.Contains(log, value) {
			return "the bot's log has the value of " + name
		}
	}
	return ""
}

// tail keeps what a child wrote.
type tail struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.buf.Write(p)
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.buf.String()
}

// countLines counts those that have the text in them.
func (t *tail) countLines(text string) int {
	n := 0
	for line := range strings.Lines(t.String()) {
		if strings.Contains(line, text) {
			n++
		}
	}
	return n
}

// lastLines returns the last n lines.
func (t *tail) lastLines(n int) string {
	lines := strings.Split(strings.TrimRight(t.String(), "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
