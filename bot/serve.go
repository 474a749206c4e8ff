package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"twokey/bot/chat"
	"twokey/bot/store"
	"twokey/cloud"
	"twokey/commands/policy"
	"twokey/commands/port"
	"twokey/commands/reinstall/model"
	"twokey/commands/seal"
	"twokey/commands/wiring"
)

// serveCommand is `bot serve`.
type serveCommand struct {
	Heads string `help:"${serve_heads}" placeholder:"FILE"`
}

// service is the running bot: its parts, connected.
type service struct {
	cfg        Config
	options    serveOptions
	policy     policy.File                  // as it was at the start
	rules      atomic.Pointer[model.Policy] // in force now
	log        *slog.Logger
	metrics    *metrics
	store      *store.Store
	cloud      *cloud.Cloud
	chat       *chat.Chat
	twokey     *wiring.Twokey
	seals      *seal.Keys
	stdout     io.Writer
	distrust   store.Doubt            // as it was reported last; only watchRedisTrust uses it
	durability atomic.Pointer[string] // what Redis said last of the record of a call
	shared     replicaCount
}

// serveOptions are what the command line sets, and what tests put around the parts.
// The zero value serves as usual.
type serveOptions struct {
	heads     string // a file of audit heads that were kept elsewhere
	wrapStore func(port.Store) port.Store
	wrapCloud func(port.Cloud) port.Cloud
	slackRate float64 // multiplies Slack's rate limits; 0 means 1
}

// serve runs until ctx ends. A brokeError is a fault of the running bot. Any other
// error says why nothing was started.
func serve(ctx context.Context, getenv func(string) string, stdout, stderr io.Writer, options serveOptions) error {
	cfg, err := LoadConfig(getenv)
	if err != nil {
		return err
	}
	s := &service{cfg: cfg, stdout: stdout, metrics: newMetrics(), options: options}
	s.log = slog.New(slog.NewJSONHandler(stderr, &slog.HandlerOptions{Level: cfg.LogLevel}))
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	defer signal.Stop(hangups)
	if s.policy, err = readPolicy(cfg.PolicyPath); err != nil {
		return err
	}
	s.rules.Store(&s.policy.Policy)
	if err := s.connectParts(ctx, getenv); err != nil {
		return err
	}
	defer s.closeParts()
	if err := s.serveUntilStopped(ctx, hangups); err != nil {
		return &brokeError{err}
	}
	return nil
}

// brokeError is a fault after the start.
type brokeError struct{ error }

func (e *brokeError) Unwrap() error { return e.error }

// serveUntilStopped serves both addresses and works off what is due, until ctx ends.
func (s *service) serveUntilStopped(ctx context.Context, hangups <-chan os.Signal) error {
	g, ctx := errgroup.WithContext(ctx)
	if s.cfg.SlackSigningSecret != "" {
		if err := s.startServer(ctx, g, "LISTEN_ADDR", s.cfg.ListenAddr, s.chat.Handler()); err != nil {
			return err
		}
	}
	if err := s.startServer(ctx, g, "ADMIN_ADDR", s.cfg.AdminAddr, s.adminHandler()); err != nil {
		return err
	}
	if s.cfg.SlackAppToken != "" {
		g.Go(func() error { return s.chat.Listen(ctx) })
	}
	g.Go(func() error { return s.twokey.Run(ctx) })
	g.Go(func() error { s.cloud.KeepFleet(ctx); return nil })
	g.Go(func() error { s.watchRedisTrust(ctx); return nil })
	g.Go(func() error { s.keepCountingReplicas(ctx); return nil })
	g.Go(func() error { s.keepReadingBacklog(ctx); return nil })
	g.Go(func() error { return s.shipAudit(ctx, s.policy.Audit) })
	g.Go(func() error { s.reloadOnHangup(ctx, hangups); return nil })
	s.log.Info("bot: serving",
		"slack", s.cfg.ListenAddr, "admin", s.cfg.AdminAddr, "socket", s.cfg.SlackAppToken != "")
	err := g.Wait()
	s.log.Info("bot: stopped")
	return err
}

// closeParts closes what is open, and waits shortly for answers to people.
func (s *service) closeParts() {
	ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
	defer cancel()
	if s.chat != nil {
		if err := s.chat.Close(ctx); err != nil {
			s.log.Warn("chat: some answers to people were cut off", "err", err)
		}
	}
	if s.cloud != nil {
		s.cloud.Close()
	}
	if s.store != nil {
		_ = s.store.Close()
	}
}

// workerName names this process in leases and in the log.
func workerName() string {
	host, _ := os.Hostname()
	return fmt.Sprintf("%s/%d", host, os.Getpid())
}
