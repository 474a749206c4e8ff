package store

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

// acked is a change that the store acknowledged.
type acked struct{ id, command string }

// crowd are callers that create operations and change them all the time,
// whatever happens to Redis meanwhile, and keep what was acknowledged.
type crowd struct {
	t *testing.T
	s *Store

	stop atomic.Bool
	all  sync.WaitGroup
	mu   sync.Mutex
	arms []acked
	made []acked // plain transitions
	fail int     // calls that failed; each may have had effect
}

// startCrowd starts so many callers; every second transition is an arming.
func startCrowd(t *testing.T, s *Store, callers int) *crowd {
	t.Helper()
	c := &crowd{t: t, s: s}
	for i := range callers {
		c.all.Go(func() {
			for n := 0; !c.stop.Load() && t.Context().Err() == nil; n++ {
				c.turn(ref(1_000_000*(i+1)+n), n%2 == 0)
			}
		})
	}
	t.Cleanup(c.end)
	return c
}

func (c *crowd) end() { c.stop.Store(true); c.all.Wait() }

func (c *crowd) turn(r model.Ref, arms bool) {
	rec, err := c.s.Create(c.t.Context(), proposal(c.s, r, "create "+r.Instance))
	if err == nil {
		switch {
		case arms:
			_, err = c.s.Arm(c.t.Context(), click(rec, "arm "+r.Instance, reinstall.Armed))
		default:
			_, err = c.s.Apply(c.t.Context(), click(rec, "ready "+r.Instance, reinstall.Ready))
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case err != nil:
		c.fail++
	case arms:
		c.arms = append(c.arms, acked{rec.Op.ID, "arm " + r.Instance})
	default:
		c.made = append(c.made, acked{rec.Op.ID, "ready " + r.Instance})
	}
}

func (c *crowd) counts() (arms, made int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.arms), len(c.made)
}

// more waits until so many more armings and transitions are acknowledged.
func (c *crowd) more(n int, when string) {
	c.t.Helper()
	arms, made := c.counts()
	eventually(c.t, fmt.Sprintf("%d armings and transitions %s", n, when), func() bool {
		a, m := c.counts()
		return a >= arms+n && m >= made+n
	})
}

// lost are those of the acknowledged that the store does not know.
func (c *crowd) lost(of []acked) (lost []acked) {
	c.t.Helper()
	for _, a := range of {
		var there bool
		eventually(c.t, "an answer about "+a.id, func() bool {
			var err error
			there, err = c.s.Happened(c.t.Context(), a.id, a.command)
			return err == nil
		})
		if !there {
			lost = append(lost, a)
		}
	}
	return lost
}

// judge ends the crowd: no arming that was acknowledged may be lost.
func (c *crowd) judge() {
	c.t.Helper()
	c.end()
	for _, a := range c.lost(c.arms) {
		c.t.Errorf("%s of %s was acknowledged and is lost", a.command, a.id)
	}
	c.t.Logf("armings: %d acknowledged; plain transitions: %d acknowledged, %d lost; %d calls failed",
		len(c.arms), len(c.made), len(c.lost(c.made)), c.fail)
}

// armsAgain waits until the store arms again, and so goes on by itself.
func armsAgain(t *testing.T, s *Store, r model.Ref) {
	t.Helper()
	rec := createdAnew(t, s, r)
	n := 0
	eventually(t, "arming anew", func() bool {
		n++
		_, err := s.Arm(t.Context(), click(rec, fmt.Sprint("arm ", n), reinstall.Armed))
		var stale *port.StaleError
		if errors.As(err, &stale) {
			rec = stale.Now
		}
		return err == nil
	})
}
