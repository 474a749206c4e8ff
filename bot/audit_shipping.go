package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/url"
	"time"

	"github.com/cenkalti/backoff/v5"

	"twokey/bot/ship"
	"twokey/bot/store/audit"
	"twokey/commands/reinstall/model"
	"twokey/commands/seal"
)

const (
	shipEvery   = time.Second // the interval of looking for entries that wait
	shipMaxWait = time.Minute // the longest back-off
)

// shipAudit brings the audit to the destination that the policy names, until ctx ends.
func (s *service) shipAudit(ctx context.Context, to model.AuditTo) error {
	if !to.Set() {
		return nil
	}
	c := ship.Config{To: to, Stdout: s.stdout}
	if keys := s.seals.Secrets(seal.Ship); len(keys) > 0 {
		c.Key = keys[0]
	}
	destination, err := ship.Open(c)
	if err != nil {
		return err
	}
	defer func() { _ = destination.Close() }()
	retry := newShipRetry(s.log.With("to", destinationName(to)))
	for wait := shipEvery; ; {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
		err := s.shipOnce(ctx, to, destination)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			s.metrics.count("fault", "ship")
		}
		wait = retry.nextWait(err)
	}
}

// shipRetry waits longer after each failure, and logs when one begins and ends.
type shipRetry struct {
	log    *slog.Logger
	back   *backoff.ExponentialBackOff
	failed time.Time // when the first failure in a row was; zero after a success
}

func newShipRetry(log *slog.Logger) *shipRetry {
	back := backoff.NewExponentialBackOff()
	back.InitialInterval, back.MaxInterval = shipEvery, shipMaxWait
	back.Reset()
	return &shipRetry{log: log, back: back}
}

// nextWait returns how long to wait after an attempt that ended with err.
func (r *shipRetry) nextWait(err error) time.Duration {
	if err != nil {
		wait := r.back.NextBackOff()
		if r.failed.IsZero() {
			r.failed = time.Now()
		}
		r.log.Warn("ship: the audit waits and loses nothing, retrying",
			"since", r.failed.UTC(), "in", wait.Round(time.Millisecond).String(), "err", err)
		return wait
	}
	if !r.failed.IsZero() {
		r.log.Info("ship: the audit is shipped again")
		r.failed = time.Time{}
		r.back.Reset()
	}
	return shipEvery
}

// shipOnce sends what waits, and shows how much still waits. While Redis is not
// believed, nothing is shipped.
func (s *service) shipOnce(ctx context.Context, to model.AuditTo, destination ship.Destination) error {
	if s.store.Forgotten() != "" {
		now, err := s.store.Shipping(ctx, to.String())
		if err == nil {
			s.metrics.unshipped.Set(float64(now.Left))
		}
		return err
	}
	left, err := s.store.Ship(ctx, to.String(), func(ctx context.Context, page []audit.Entry) error {
		lines, err := shipLines(page)
		if err != nil {
			return err
		}
		return destination.Send(ctx, lines)
	})
	s.metrics.unshipped.Set(float64(left))
	return err
}

// shipLines are entries as bot audit export writes them.
func shipLines(page []audit.Entry) ([]ship.Line, error) {
	out := make([]ship.Line, len(page))
	for i, e := range page {
		j, err := json.Marshal(exportEntry(e))
		if err != nil {
			return nil, fmt.Errorf("entry %d of chain %s: %w", e.Seq, e.Chain, err)
		}
		out[i] = ship.Line{Chain: e.Chain, Seq: e.Seq, At: e.Time(), JSON: j}
	}
	return out, nil
}

// destinationName names a destination in the log, without what may be a secret in its
// address.
func destinationName(to model.AuditTo) string {
	if to.Kind == "https" {
		if u, err := url.Parse(to.At); err == nil {
			return "https://" + u.Host + u.Path
		}
	}
	return to.String()
}
