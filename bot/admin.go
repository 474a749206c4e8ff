package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"twokey/commands"
)

// admin serves /healthz (the process lives), /readyz (it can do its work, with
// what is missing in words) and /metrics.
func (s *service) admin() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write([]byte("ok\n"))
	})
	r := &readiness{probes: map[string]func(context.Context) ([]string, error){
		"redis": s.probeRedis,
		"slack": func(ctx context.Context) ([]string, error) { _, err := s.chat.Hello(ctx); return nil, err },
		"cloud": func(ctx context.Context) ([]string, error) { return nil, s.cloud.Ping(ctx) },
	}, keeps: s.kept}
	mux.Handle("GET /readyz", r)
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{}))
	return mux
}

// redisHealth asks Redis what it can promise, and adds to the warnings what
// follows from it.
func (s *service) redisHealth(ctx context.Context) (commands.Health, error) {
	h, err := s.store.Health(ctx)
	switch {
	case err != nil:
	case h.Unkept != "":
		h.Warnings = append(h.Warnings, "No call is armed until that is mended, or the policy file says durability: best-effort: "+h.Unkept+".")
	case !h.AOF || s.policy.BestEffort:
		h.Warnings = append(h.Warnings, "Calls are armed all the same: the policy file says durability: best-effort.")
	}
	return h, err
}

// probeRedis tells what Redis cannot promise, and then what it does.
func (s *service) probeRedis(ctx context.Context) ([]string, error) {
	h, err := s.redisHealth(ctx)
	var no *commands.RefusedError
	if errors.As(err, &no) {
		return nil, fmt.Errorf("%s. %s: %w", no.Why, no.Next, err)
	}
	if err != nil {
		return h.Warnings, err
	}
	s.keeps.Store(&h.Keeps)
	for _, id := range s.store.Spoiled() {
		h.Warnings = append(h.Warnings, "The record of "+id+" was changed outside Twokey: nothing is done with it until an approver settles it.")
	}
	if why := s.store.Forgotten(); why != "" {
		return h.Warnings, fmt.Errorf("%s. Nothing is armed, and all counts as frozen. Find out what happened, then run bot adopt", why)
	}
	return h.Warnings, nil
}

// kept is what Redis last said of the record of a call; empty where none is safe.
func (s *service) kept() string {
	if k := s.keeps.Load(); k != nil {
		return *k
	}
	return ""
}

// How long an answer of the probes is believed, so that probing never loads
// what it probes: Slack's share is needed for people.
const (
	wellFor = 30 * time.Second
	illFor  = 2 * time.Second
)

// readiness asks its probes, now and then, and answers 200 where all are well
// and 503 where Redis is not: without it nothing can be taken. Slack or an
// account of the cloud being away is told, and no reason to take the rest, such
// as Hold, away as well.
type readiness struct {
	probes map[string]func(context.Context) ([]string, error)
	keeps  func() string // nil: nothing is known
	mu     sync.Mutex
	last   map[string]probed
}

// report is the answer of /readyz.
type report struct {
	Ready    bool              `json:"ready"`
	Parts    map[string]string `json:"parts"`
	Keeps    string            `json:"keeps,omitempty"` // what keeps the record of a call, and what a power cut could take
	Warnings []string          `json:"warnings,omitempty"`
}

func (r *readiness) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	rep := r.ask(req.Context())
	w.Header().Set("Content-Type", "application/json")
	if !rep.Ready {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(rep)
}

func (r *readiness) ask(ctx context.Context) report {
	r.mu.Lock()
	defer r.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if r.last == nil {
		r.last = map[string]probed{}
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for name, probe := range r.probes {
		if was, ok := r.last[name]; ok && time.Since(was.when) < was.believed(name) {
			continue
		}
		wg.Go(func() {
			warnings, err := probe(ctx)
			mu.Lock()
			defer mu.Unlock()
			r.last[name] = probed{time.Now(), warnings, err}
		})
	}
	wg.Wait()
	rep := report{Ready: true, Parts: map[string]string{}}
	for name, was := range r.last {
		rep.Warnings = append(rep.Warnings, was.warnings...)
		rep.Parts[name] = "ok"
		if was.err != nil {
			rep.Parts[name] = was.err.Error()
			rep.Ready = rep.Ready && name != "redis"
		}
	}
	slices.Sort(rep.Warnings)
	if r.keeps != nil {
		rep.Keeps = r.keeps()
	}
	return rep
}

// probed is what a probe said.
type probed struct {
	when     time.Time
	warnings []string
	err      error
}

// believed is for how long: Redis can be asked at any time.
func (p probed) believed(name string) time.Duration {
	if p.err == nil && name != "redis" {
		return wellFor
	}
	return illFor
}
