package fakecvm

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"time"

	"twokey/cloud/fakecvm/account"
	"twokey/cloud/fakecvm/switchboard"
)

// Config says who may call the double and how fast it lives.
type Config struct {
	SecretID  string
	SecretKey string
	Token     string // X-TC-Token that the credentials come with; "": none

	// Speed is how many seconds of virtual time pass in one real second; 0
	// means 1. SetSpeed(0) stops virtual time.
	Speed float64

	// Now is the wall clock; nil means time.Now.
	Now func() time.Time

	// Fleet is what the account owns; nil means SampleFleet(Now()).
	Fleet *account.Fleet

	// Rand is where request and resource ids come from; nil means crypto/rand.
	Rand io.Reader
}

// Cloud is one account of the doubled cloud. It is safe for concurrent use and
// needs no closing: it starts no goroutine.
type Cloud struct {
	cfg   Config
	calls map[string]call

	mu       sync.Mutex // guards everything below
	account  *account.Account
	limits   limiter
	requests []Request
	arrived  map[string]int // ResetInstance requests by instance
	changed  chan struct{}
	released chan struct{}            // closed when hung answers are let go
	held     map[string]chan struct{} // the same for those that are held, by switch
}

// New makes a Cloud that holds cfg.Fleet. It panics when the fleet names an
// id twice, since no caller could go on.
func New(cfg Config) *Cloud {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Speed == 0 {
		cfg.Speed = 1
	}
	if cfg.Rand == nil {
		cfg.Rand = rand.Reader
	}
	if cfg.Fleet == nil {
		fleet := SampleFleet(cfg.Now())
		cfg.Fleet = &fleet
	}
	calls := callTable()
	owned, err := account.New(*cfg.Fleet, cfg.Now, cfg.Speed, cfg.Rand,
		switchboard.New(slices.Sorted(maps.Keys(calls))))
	if err != nil {
		panic("fakecvm: " + err.Error())
	}
	return &Cloud{
		cfg: cfg, calls: calls, account: owned, limits: limiter{}, arrived: map[string]int{},
		changed: make(chan struct{}), released: make(chan struct{}), held: map[string]chan struct{}{},
	}
}

// update runs f under the lock, finishes the jobs that are due before and after it,
// and wakes everybody who waits.
func (c *Cloud) update(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.account.FinishDueJobs()
	f()
	c.account.FinishDueJobs()
	close(c.changed)
	c.changed = make(chan struct{})
}

// readState runs f under the lock, after the jobs that are due.
func (c *Cloud) readState(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.account.FinishDueJobs()
	f()
}

// Changed returns a channel that is closed at the next request that arrives or
// is answered, and at the next control call. Time passing does not close it.
func (c *Cloud) Changed() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.changed
}

// lookAgain is how often WaitFor asks again when nothing but time has moved.
const lookAgain = 5 * time.Millisecond

// WaitFor returns nil as soon as cond holds, or why ctx ended. cond is asked
// without any lock held, after each change and every few milliseconds of real
// time (jobs end by time alone); it may call any method of c.
func (c *Cloud) WaitFor(ctx context.Context, cond func() bool) error {
	tick := time.NewTicker(lookAgain)
	defer tick.Stop()
	for {
		changed := c.Changed()
		if cond() {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for the doubled cloud: %w", context.Cause(ctx))
		case <-changed:
		case <-tick.C:
		}
	}
}

// Instance returns a copy of the instance as it truly is now, without the
// delay that readers of the API suffer.
func (c *Cloud) Instance(id string) (i account.Instance, ok bool) {
	c.readState(func() {
		if m := c.account.FindMachine(id); m != nil {
			i, ok = m.Truth(c.account.Clock.Virtual()), true
		}
	})
	return i, ok
}

// Instances returns copies of all instances, in the order of the fleet.
func (c *Cloud) Instances() (all []account.Instance) {
	c.readState(func() {
		for _, m := range c.account.Machines {
			all = append(all, m.Truth(c.account.Clock.Virtual()))
		}
	})
	return all
}

// Images returns copies of all images of a region, foreign ones included.
func (c *Cloud) Images(region string) (all []account.Image) {
	c.readState(func() {
		for _, i := range c.account.Images {
			if i.Region == region {
				all = append(all, i.View(c.account.Clock.Virtual()))
			}
		}
	})
	return all
}

// Snapshots returns copies of all snapshots of a region.
func (c *Cloud) Snapshots(region string) (all []account.Snapshot) {
	c.readState(func() {
		for _, s := range c.account.Snapshots {
			if s.Region == region {
				all = append(all, s.View(c.account.Clock.Virtual()))
			}
		}
	})
	return all
}

// Resets is how many ResetInstance requests the cloud accepted for the
// instance. A reset from the console (Operate) does not count.
func (c *Cloud) Resets(instanceID string) (n int) {
	c.readState(func() { n = len(c.account.Accepted[instanceID]) })
	return n
}

// ResetsAt is when each of those requests was taken, oldest first: by Config.Now,
// whatever the cloud's own clock says.
func (c *Cloud) ResetsAt(instanceID string) (at []time.Time) {
	c.readState(func() { at = slices.Clone(c.account.Accepted[instanceID]) })
	return at
}

// ResetRequests is how many ResetInstance requests for the instance arrived,
// whatever the answer was: refused, badly signed and dropped ones count.
func (c *Cloud) ResetRequests(instanceID string) (n int) {
	c.readState(func() { n = c.arrived[instanceID] })
	return n
}

// keepRequests bounds Requests, so that a long practice does not grow.
const keepRequests = 100_000

// Requests returns the API requests that arrived, oldest first; the oldest are
// forgotten beyond 100,000.
func (c *Cloud) Requests() (all []Request) {
	c.readState(func() { all = slices.Clone(c.requests) })
	return all
}
