package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"
)

// stopTimeout is how long requests under way have to end at the stop.
const stopTimeout = 2 * time.Second

// newServer returns a server that cuts off slow senders and endless headers, so that
// nobody can hold it up.
func newServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// startServer serves h at addr until ctx ends; then it finishes what is under way.
// The error names the setting.
func (s *service) startServer(ctx context.Context, g *errgroup.Group, setting, addr string, h http.Handler) error {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("%s: cannot listen on %s: %w", setting, addr, err)
	}
	srv := newServer(h, s.log)
	g.Go(func() error {
		if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	g.Go(func() error {
		<-ctx.Done()
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
		defer cancel()
		if err := srv.Shutdown(stop); err != nil {
			return srv.Close() // cuts off connections that have sent nothing by now
		}
		return nil
	})
	return nil
}
