package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"time"

	"github.com/cenkalti/backoff/v5"

	"twokey/bot/ship"
	"twokey/bot/store/audit"
	"twokey/commands/reinstall"
	"twokey/commands/seal"
)

const (
	shipEvery   = time.Second // how often it is looked whether something waits
	shipMaxWait = time.Minute // between two tries of a place that takes nothing
)

// shipAudit brings the audit to the place that the policy names, until ctx ends.
func (s *service) shipAudit(ctx context.Context, to reinstall.AuditTo, seals *seal.Keys, stdout io.Writer) error {
	if !to.Set() {
		return nil
	}
	c := ship.Config{To: to, Stdout: stdout}
	if keys := seals.Secrets(seal.Ship); len(keys) > 0 {
		c.Key = keys[0]
	}
	place, err := ship.Open(c)
	if err != nil {
		return err
	}
	defer func() { _ = place.Close() }()
	back := backoff.NewExponentialBackOff()
	back.InitialInterval, back.MaxInterval = shipEvery, shipMaxWait
	back.Reset()
	failed := time.Time{} // since when it takes nothing
	for wait := shipEvery; ; {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
		wait = shipEvery
		switch err := s.shipOnce(ctx, to, place); {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			wait = back.NextBackOff()
			if failed.IsZero() {
				failed = time.Now()
			}
			s.metrics.count("fault", "ship")
			s.log.Warn("the audit waits, and nothing of it is lost; will try again", "to", destinationName(to), "since", failed.UTC(), "in", wait.Round(time.Millisecond).String(), "err", err)
		case !failed.IsZero():
			s.log.Info("the audit goes out again", "to", destinationName(to))
			failed = time.Time{}
			back.Reset()
		}
	}
}

// shipOnce sends what waits, and shows how much waits still. A Redis that is not
// believed is not shipped.
func (s *service) shipOnce(ctx context.Context, to reinstall.AuditTo, place ship.Destination) error {
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
		return place.Send(ctx, lines)
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

// destinationName names a place in the log, without what may be a secret in its address.
func destinationName(to reinstall.AuditTo) string {
	if to.Kind == "https" {
		if u, err := url.Parse(to.At); err == nil {
			return "https://" + u.Host + u.Path
		}
	}
	return to.String()
}

// printAuditKey prints the keys that sign what is posted.
func printAuditKey(getenv func(string) string, stdout io.Writer) error {
	seals, err := sealsOf(getenv)
	if err != nil {
		return err
	}
	if seals == nil {
		return errors.New("set TWOKEY_SEAL_KEY, or SLACK_BOT_TOKEN where there is none: the key is derived from it")
	}
	fmt.Fprintln(stdout, "What is posted of the audit has "+ship.TimeHeader+" (in seconds) and "+ship.SignatureHeader+": v1= and the HMAC-SHA-256, in hex, of v1:TIME:BODY.")
	fmt.Fprintln(stdout, "Its receiver needs this key, in hex, and no other secret of Twokey; behind it those of older sealing keys:")
	for _, k := range seals.Secrets(seal.Ship) {
		fmt.Fprintf(stdout, "%x\n", k)
	}
	return nil
}
