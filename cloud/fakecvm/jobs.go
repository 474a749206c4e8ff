package fakecvm

import (
	"time"
)

// clock keeps the two times of the double. The wall clock (Config.Now plus the
// clock_skew switch) stamps answers and judges signatures. The virtual clock
// drives jobs: real elapsed time x speed, plus everything advanced.
type clock struct {
	now    func() time.Time
	anchor time.Time     // now() when base was taken
	base   time.Duration // virtual time at anchor
	speed  float64
	skew   time.Duration
}

func newClock(now func() time.Time, speed float64) clock {
	return clock{now: now, anchor: now(), speed: speed}
}

// cloud is the time that the cloud believes it is.
func (c *clock) cloud() time.Time { return c.now().Add(c.skew) }

// virtual is the time since New as jobs feel it. It never goes backwards.
func (c *clock) virtual() time.Duration {
	elapsed := max(c.now().Sub(c.anchor), 0)
	return c.base + time.Duration(float64(elapsed)*c.speed)
}

func (c *clock) rebase(base time.Duration) {
	c.base, c.anchor = base, c.now()
}

// job is something that takes virtual time. It holds no goroutine: whoever
// looks at the Cloud settles first what has become due.
type job struct {
	start    time.Duration
	visible  time.Duration // readers see nothing of it before (stale read)
	end      time.Duration
	instance string                    // that it is about, "" for none
	stuck    bool                      // never ends until released
	stuckBy  string                    // the switch that holds it, "" for none
	phase    func(done float64) string // InstanceState while it runs; nil: unchanged
	finish   func(at time.Duration)
}

// done is the share of the job that is behind it, 0 to 1. A stuck job never
// gets past its middle.
func (j *job) done(now time.Duration) float64 {
	if j.end <= j.start {
		return 1
	}
	f := min(float64(now-j.start)/float64(j.end-j.start), 1)
	if j.stuck {
		return min(f, 0.5)
	}
	return max(f, 0)
}

// unstick lets the jobs go on that a switch holds up: those of one instance, or all
// if instance is empty.
func (a *account) unstick(instance, name string) {
	for j := range a.jobs {
		if j.stuckBy == name && (instance == "" || instance == j.instance) {
			j.stuck = false
		}
	}
}

// settle finishes every job that is due, in the order of their ends.
// The caller holds c.mu.
func (a *account) settle() {
	now := a.clock.virtual()
	for {
		var next *job
		for j := range a.jobs {
			if !j.stuck && j.end <= now && (next == nil || j.end < next.end) {
				next = j
			}
		}
		if next == nil {
			return
		}
		delete(a.jobs, next)
		next.finish(next.end)
	}
}

func (a *account) begin(j *job) { a.jobs[j] = struct{}{} }

// china is the zone of times that are written without one; it has no daylight
// saving.
var china = time.FixedZone("CST", 8*60*60)
