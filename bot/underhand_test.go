package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"testing"
	"time"

	"twokey/commands/parallel"
	"twokey/commands/port"
	"twokey/commands/reinstall/model"
)

// variantSetting makes this test binary a bot that differs from the shipped one: the
// chaos of bot/practice runs it. The shipped binary has none of this.
const variantSetting = "TWOKEY_UNDERHAND"

// variants by name. "fast" has Slack's rate limits raised, so that minutes of chaos hold
// hundreds of proposals. "canary" is a mutant that trusts leases alone: the harness must
// catch it at double reinstalls.
var variants = map[string]serveOptions{
	"fast":   {slackRate: 1000},
	"canary": {slackRate: 1000, wrapStore: trustLeases, wrapCloud: blindToResets},
}

func TestMain(m *testing.M) {
	name, ok := os.LookupEnv(variantSetting)
	if !ok {
		os.Exit(parallel.Run(m, parallel.Waiting))
	}
	options, ok := variants[name]
	if !ok {
		fmt.Fprintf(os.Stderr, "there is no bot %q\n", name)
		os.Exit(2)
	}
	os.Exit(serveVariant(options, os.Stderr))
}

func serveVariant(options serveOptions, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := serve(ctx, os.Getenv, io.Discard, stderr, options); err != nil {
		fmt.Fprintln(stderr, "error:", err)
		return 1
	}
	return 0
}

// leaseTrustingStore leaves out the burned intent: it writes after the call what belongs
// before it, when the record is next read. Meanwhile only the lease keeps another worker
// from the same call.
type leaseTrustingStore struct {
	port.Store
	mu   sync.Mutex
	late map[string]port.Change
}

func trustLeases(s port.Store) port.Store {
	return &leaseTrustingStore{Store: s, late: map[string]port.Change{}}
}

func (l *leaseTrustingStore) Arm(_ context.Context, c port.Change) (port.Record, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.late[c.Op.ID] = c
	return port.Record{Op: c.Op, Rev: c.Rev + 1}, nil
}

func (l *leaseTrustingStore) Recent(ctx context.Context, id string) (port.Record, error) {
	l.mu.Lock()
	c, ok := l.late[id]
	delete(l.late, id)
	l.mu.Unlock()
	if ok {
		if _, err := l.Apply(ctx, c); err != nil {
			return port.Record{}, err
		}
	}
	return l.Store.Recent(ctx, id)
}

// blindCloud leaves out the baseline: the machine looks as if nothing had ever been done
// with it. So a reset by another worker stays unseen.
type blindCloud struct {
	port.Cloud
	read sync.Map // machines that were read; the next look is the last one
}

func blindToResets(c port.Cloud) port.Cloud { return &blindCloud{Cloud: c} }

func (b *blindCloud) Look(ctx context.Context, account, region string, ids []string) (map[string]port.InstanceStatus,
	error,
) {
	seen, err := b.Cloud.Look(ctx, account, region, ids)
	for id, s := range seen {
		if _, last := b.read.LoadAndDelete(id); last && len(ids) == 1 {
			s.Instance.Latest, s.Instance.State = model.Latest{}, "RUNNING"
			seen[id] = s
		}
	}
	return seen, err
}

func (b *blindCloud) Events(context.Context, model.Ref, time.Time) ([]model.CloudEvent, error) {
	return nil, nil
}

func (b *blindCloud) Read(
	ctx context.Context, ref model.Ref, w model.Request, made string,
) (model.Facts, error) {
	f, err := b.Cloud.Read(ctx, ref, w, made)
	b.read.Store(ref.Instance, true)
	f.Instance.Latest, f.Instance.State = model.Latest{}, "RUNNING"
	return f, err
}
