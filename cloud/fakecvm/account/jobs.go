package account

import (
	"time"
)

// Clock keeps the two times of the double. The wall clock (Config.Now plus the
// clock_skew switch) stamps answers and judges signatures. The virtual clock
// drives jobs: real elapsed time x speed, plus everything advanced.
type Clock struct {
	now    func() time.Time
	anchor time.Time     // now() when base was taken
	base   time.Duration // virtual time at anchor
	Speed  float64
	Skew   time.Duration
}

func newClock(now func() time.Time, speed float64) Clock {
	return Clock{now: now, anchor: now(), Speed: speed}
}

// Wall is the time that the cloud believes it is.
func (c *Clock) Wall() time.Time { return c.now().Add(c.Skew) }

// Virtual is the time since New as jobs feel it. It never goes backwards.
func (c *Clock) Virtual() time.Duration {
	elapsed := max(c.now().Sub(c.anchor), 0)
	return c.base + time.Duration(float64(elapsed)*c.Speed)
}

// Advance moves the virtual time forward.
func (c *Clock) Advance(d time.Duration) { c.rebase(c.Virtual() + d) }

// SetSpeed sets how many virtual seconds pass in a real one.
func (c *Clock) SetSpeed(speed float64) {
	c.rebase(c.Virtual())
	c.Speed = speed
}

func (c *Clock) rebase(base time.Duration) {
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

// progress is the share of the job that is behind it, 0 to 1. A stuck job never
// gets past its middle.
func (j *job) progress(now time.Duration) float64 {
	if j.end <= j.start {
		return 1
	}
	f := min(float64(now-j.start)/float64(j.end-j.start), 1)
	if j.stuck {
		return min(f, 0.5)
	}
	return max(f, 0)
}

// Unstick lets the jobs go on that a switch holds up: those of one instance, or all
// if instance is empty.
func (a *Account) Unstick(instance, name string) {
	for j := range a.jobs {
		if j.stuckBy == name && (instance == "" || instance == j.instance) {
			j.stuck = false
		}
	}
}

// FinishDueJobs finishes every job that is due, in the order of their ends.
// The caller holds c.mu.
func (a *Account) FinishDueJobs() {
	now := a.Clock.Virtual()
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

// After calls f when d of virtual time has passed.
func (a *Account) After(d time.Duration, f func()) {
	now := a.Clock.Virtual()
	a.beginJob(&job{start: now, visible: now, end: now + d, finish: func(time.Duration) { f() }})
}

func (a *Account) beginJob(j *job) { a.jobs[j] = struct{}{} }

// China is the zone of times that are written without one; it has no daylight
// saving.
var China = time.FixedZone("CST", 8*60*60)
