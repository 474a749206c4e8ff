package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/alicebob/miniredis/v2"

	"twokey/bot/practice/loopback"
)

// redisProcess is a Redis of practice's own.
type redisProcess struct {
	url     string
	warning string // why it is not a real one, if it is not
	stop    func()

	addr string // of a real one
	args []string
	log  *os.File
	cmd  *exec.Cmd
}

// startRedis starts a redis-server child with an append-only file in dir, or,
// if there is none, miniredis, which forgets everything when practice ends.
func startRedis(ctx context.Context, dir string) (*redisProcess, error) {
	bin, err := exec.LookPath("redis-server")
	if err != nil {
		m := miniredis.NewMiniRedis()
		if err := m.Start(); err != nil {
			return nil, fmt.Errorf("start miniredis: %w", err)
		}
		return &redisProcess{
			url: "redis://" + m.Addr(), stop: m.Close,
			warning: "no redis-server is installed: an in-memory stand-in is used, which forgets everything when " +
				"practice ends",
		}, nil
	}
	addr, release, err := loopback.Lease()
	if err != nil {
		return nil, err
	}
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	log, err := os.Create(filepath.Join(dir, "redis.log"))
	if err != nil {
		return nil, err
	}
	m := &redisProcess{
		url: "redis://" + addr, addr: addr, log: log,
		args: []string{
			bin, "--bind", "127.0.0.1", "--port", port, "--dir", dir, "--appendonly", "yes",
			"--appendfsync", "always", "--save", "", "--maxmemory-policy", "noeviction",
		},
	}
	m.stop = func() { m.kill(); _ = log.Close(); release() }
	if err := m.start(ctx); err != nil {
		m.stop()
		return nil, err
	}
	return m, nil
}

// start starts the server, with what its file remembers.
func (m *redisProcess) start(ctx context.Context) error {
	m.cmd = exec.Command(m.args[0], m.args[1:]...)
	m.cmd.Stdout, m.cmd.Stderr = m.log, m.log
	if err := m.cmd.Start(); err != nil {
		return fmt.Errorf("start redis-server: %w", err)
	}
	if err := tryUntil(ctx, 10*time.Second, func() error { return canDial(ctx, m.addr) }); err != nil {
		return fmt.Errorf("redis-server does not answer: %w", err)
	}
	return nil
}

// kill ends the server as kill -9 does.
func (m *redisProcess) kill() {
	if m.cmd != nil && m.cmd.Process != nil {
		_ = m.cmd.Process.Kill()
		_, _ = m.cmd.Process.Wait()
	}
}

func canDial(ctx context.Context, addr string) error {
	c, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	return c.Close()
}

// tryUntil tries again and again until try succeeds, ctx ends or the time is over.
func tryUntil(ctx context.Context, limit time.Duration, try func() error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := try()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-tick.C:
		}
	}
}
