package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// underhand builds the bots of bot/underhand_test.go, once.
var underhand = sync.OnceValues(func() (string, error) {
	out := filepath.Join(binaries, "underhand")
	msg, err := exec.Command("go", "test", "-c", "-o", out, "twokey/bot").CombinedOutput()
	if err != nil {
		return "", errors.Join(err, errors.New(string(msg)))
	}
	return out, nil
})

// replicas are bots of one deployment behind a load balancer, each reached and
// reaching out by a wire of its own.
type replicas struct {
	stage *stage
	all   []*replica
	down  chan struct{} // of three, two may be down at once
}

type replica struct {
	*bot
	wire *wire

	down chan struct{}
	mu   sync.Mutex // one accident at a time
}

// newReplicas prepares n bots of a name (bot/underhand_test.go). hook is told
// which of them a point belongs to.
func newReplicas(t testing.TB, st *stage, name string, n int, hook func(*replica, point, moment) bool) *replicas {
	t.Helper()
	bin, err := underhand()
	if err != nil {
		t.Fatal(err)
	}
	rs := &replicas{stage: st, down: make(chan struct{}, max(n-1, 1))}
	front := rs.openFront(t)
	st.slack.SetURL(front)
	for i := range n {
		b, err := st.newReplica(bin)
		if err != nil {
			t.Fatal(err)
		}
		r := &replica{bot: b, down: rs.down}
		r.wire = newWire(t, st.otherSides(), func(p point, m moment) bool { return hook(r, p, m) })
		b.env = append(b.env, r.wire.botSettings()...)
		b.env = append(b.env, "TWOKEY_UNDERHAND="+name, fmt.Sprintf("SLACK_API_URL=%s/%d/api/", front, i))
		rs.all = append(rs.all, r)
	}
	return rs
}

func (rs *replicas) start(t testing.TB) {
	t.Helper()
	for _, r := range rs.all {
		if err := r.start(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	rs.openBalancer(t)
}

// errBusy: there was no accident.
var errBusy = errors.New("something is done to it already, or too many are down")

// haveAccident does something to one replica, or returns errBusy.
func (r *replica) haveAccident(do func() error) error {
	select {
	case r.down <- struct{}{}:
		defer func() { <-r.down }()
	default:
		return errBusy
	}
	if !r.mu.TryLock() {
		return errBusy
	}
	defer r.mu.Unlock()
	return do()
}

// killAndStart is kill -9 and a start after a while.
func (r *replica) killAndStart(ctx context.Context, after time.Duration) error {
	return r.haveAccident(func() error {
		_ = r.kill()
		waitFor(ctx, after)
		return r.comesBack(ctx)
	})
}

// comesBack starts it again; where Redis or Slack is away meanwhile, again and
// again, as a supervisor would, and waits until it is ready.
func (r *replica) comesBack(ctx context.Context) error {
	return tryUntil(ctx, 2*time.Minute, func() error {
		err := r.start(ctx)
		if errors.Is(err, errRuns) {
			return checkReady(ctx, r.admin)
		}
		return err
	})
}

// freezeFor is SIGSTOP for a while.
func (r *replica) freezeFor(ctx context.Context, d time.Duration) error {
	return r.haveAccident(func() error {
		if err := r.signalIfRunning(syscall.SIGSTOP); err != nil {
			return err
		}
		waitFor(ctx, d)
		return r.signalIfRunning(syscall.SIGCONT)
	})
}

// stopAndStart is SIGTERM, a wait for its end, and a start.
func (r *replica) stopAndStart(ctx context.Context) (took time.Duration, err error) {
	err = r.haveAccident(func() error {
		begun := time.Now()
		if err := r.stop(syscall.SIGTERM); err != nil {
			return err
		}
		took = time.Since(begun)
		return r.comesBack(ctx)
	})
	return took, err
}

func (b *bot) signalIfRunning(sig os.Signal) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.cmd == nil {
		return nil
	}
	if err := b.cmd.Process.Signal(sig); err != nil || sig != syscall.SIGSTOP {
		return err
	}
	return awaitStop(b.cmd.Process.Pid)
}

// awaitStop waits until no thread of a process runs any more: one that has a processor
// goes on for a moment after SIGSTOP, and could still send what the stop is to prevent.
// Without /proc there is nothing to look at.
func awaitStop(pid int) error {
	return tryUntil(context.Background(), 5*time.Second, func() error {
		threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
		if err != nil {
			return err
		}
		for _, t := range threads {
			stat, err := os.ReadFile(t)
			if err != nil { // it has ended
				continue
			}
			state := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))[0]
			if !strings.Contains("TtZX", state) {
				return fmt.Errorf("a thread of the stopped process is in state %s", state)
			}
		}
		return nil
	})
}

// waitFor lets an accident last.
func waitFor(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// openBalancer opens a load balancer before the replicas: it goes on to the next one
// only where nothing listens, and gives up when Slack would.
func (rs *replicas) openBalancer(t testing.TB) {
	t.Helper()
	client := &http.Client{
		Timeout:   2900 * time.Millisecond,
		Transport: &http.Transport{MaxIdleConnsPerHost: 32, IdleConnTimeout: time.Second},
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var turn sync.Mutex
	next := 0
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		turn.Lock()
		next++
		first := next
		turn.Unlock()
		for i := range rs.all {
			if passOn(r, client, rs.all[(first+i)%len(rs.all)].slack, body, w) {
				return
			}
		}
		w.WriteHeader(http.StatusServiceUnavailable)
	})}
	go func() { _ = srv.Serve(l) }()
	t.Cleanup(func() { _ = srv.Close(); client.CloseIdleConnections() })
	base := "http://" + l.Addr().String() + "/slack/"
	rs.stage.slack.SetBot(base+"commands", base+"interactions")
}

// openFront is where all replicas find Slack, /N/api/ for each, for Slack gives one
// origin to its response_urls. Behind it is each one's wire.
func (rs *replicas) openFront(t testing.TB) (origin string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{MaxIdleConnsPerHost: 32}
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i := 0
		if at := strings.Index(r.URL.Path, "/api/"); at > 0 {
			i, _ = strconv.Atoi(r.URL.Path[1:at])
			r.URL.Path = r.URL.Path[at:]
		}
		sent, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		resp, body, err := forwardRequest(transport, r, sent, rs.all[i].wire.addrs["slack"])
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		for k, v := range resp.Header {
			w.Header()[k] = v
		}
		w.WriteHeader(resp.StatusCode)
		_, _ = w.Write(body)
	})}
	go func() { _ = srv.Serve(l) }()
	t.Cleanup(func() { _ = srv.Close(); transport.CloseIdleConnections() })
	return "http://" + l.Addr().String()
}

// passOn reports false where nothing listens.
func passOn(r *http.Request, client *http.Client, to string, body []byte, w http.ResponseWriter) bool {
	req, err := http.NewRequestWithContext(r.Context(), r.Method, "http://"+to+r.URL.RequestURI(),
		bytes.NewReader(body))
	if err != nil {
		return false
	}
	req.Header = r.Header.Clone()
	resp, err := client.Do(req)
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" {
		return false
	}
	if err != nil {
		w.WriteHeader(http.StatusGatewayTimeout)
		return true
	}
	defer resp.Body.Close()
	for k, v := range resp.Header {
		w.Header()[k] = v
	}
	w.WriteHeader(resp.StatusCode)
	_, _ = io.Copy(w, resp.Body)
	return true
}
