package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"sync"
	"time"
)

// An answer of a probe holds this long, so that probing never loads what it probes:
// people need Slack's limits.
const (
	healthyFor = 30 * time.Second
	faultyFor  = 2 * time.Second
)

// probeTimeout is how long all probes together may take.
const probeTimeout = 5 * time.Second

// readiness answers /readyz: 200, or 503 if nothing can be taken, because Redis is
// unwell or Slack refuses what the bot needs. If Slack or an account of the cloud is
// away, it says so with 200: the rest, such as Hold, stays available.
type readiness struct {
	probes      map[string]probeFunc
	knownFaults map[string]func() error // by probe: an error ends the validity of a good answer
	durability  func() string           // nil if nothing is known

	mu   sync.Mutex
	last map[string]probeResult
}

// probeFunc asks one part. It returns warnings, and a fault, which may be a
// reportOnlyError.
type probeFunc func(context.Context) (warnings []string, err error)

// probeResult is what a probe returned, and when.
type probeResult struct {
	when     time.Time
	warnings []string
	err      error
}

// A reportOnlyError is a fault that /readyz shows without answering 503.
type reportOnlyError struct{ error }

func (e *reportOnlyError) Unwrap() error { return e.error }

// reportOnly makes a reportOnlyError of err, and nil of nil.
func reportOnly(err error) error {
	if err == nil {
		return nil
	}
	return &reportOnlyError{err}
}

// report is the body of /readyz.
type report struct {
	Ready bool              `json:"ready"`
	Parts map[string]string `json:"parts"`
	// Keeps is what keeps the record of a call, and what a power cut could take.
	Keeps    string   `json:"keeps,omitempty"`
	Warnings []string `json:"warnings,omitempty"`
}

func (r *readiness) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	rep := r.askProbes(req.Context())
	w.Header().Set("Content-Type", "application/json")
	if !rep.Ready {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false) // people read it
	_ = out.Encode(rep)
}

// askProbes asks the probes whose last answers no longer hold, all at once.
func (r *readiness) askProbes(ctx context.Context) report {
	r.mu.Lock()
	defer r.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), probeTimeout)
	defer cancel()
	if r.last == nil {
		r.last = map[string]probeResult{}
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for _, name := range r.expiredProbes() {
		wg.Go(func() {
			warnings, err := r.probes[name](ctx)
			mu.Lock()
			defer mu.Unlock()
			r.last[name] = probeResult{time.Now(), warnings, err}
		})
	}
	wg.Wait()
	return r.newReport()
}

// expiredProbes are the probes without an answer that still holds.
func (r *readiness) expiredProbes() []string {
	var out []string
	for name := range r.probes {
		if was, asked := r.last[name]; !asked || time.Since(was.when) >= r.validFor(name, was) {
			out = append(out, name)
		}
	}
	return out
}

// newReport words the last answers.
func (r *readiness) newReport() report {
	rep := report{Ready: true, Parts: map[string]string{}}
	for name, was := range r.last {
		rep.Warnings = append(rep.Warnings, was.warnings...)
		rep.Parts[name] = "ok"
		if was.err != nil {
			rep.Parts[name] = was.err.Error()
			_, onlyReported := errors.AsType[*reportOnlyError](was.err)
			rep.Ready = rep.Ready && onlyReported
		}
	}
	slices.Sort(rep.Warnings)
	if r.durability != nil {
		rep.Keeps = r.durability()
	}
	return rep
}

// validFor is how long an answer holds. Redis can be asked at any time, and the probe
// of Socket Mode asks nobody.
func (r *readiness) validFor(name string, was probeResult) time.Duration {
	fault := r.knownFaults[name]
	switch {
	case name == socketProbe:
		return 0
	case name == redisProbe || was.err != nil || fault != nil && fault() != nil:
		return faultyFor
	}
	return healthyFor
}
