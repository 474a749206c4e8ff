package account

import (
	"time"
)

// job is something that takes virtual time. It holds no goroutine: whoever looks at
// the account first finishes the jobs that are due.
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

// Unstick releases the jobs that a switch holds up: those of one instance, or all if
// instance is empty.
func (a *Account) Unstick(instance, name string) {
	for j := range a.jobs {
		if j.stuckBy == name && (instance == "" || instance == j.instance) {
			j.stuck = false
		}
	}
}

// FinishDueJobs finishes every job that is due, in the order of their ends.
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
