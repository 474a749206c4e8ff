package main

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
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
	}}
	mux.Handle("GET /readyz", r)
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{}))
	return mux
}

// probeRedis tells what Redis cannot promise, and what follows from it.
func (s *service) probeRedis(ctx context.Context) ([]string, error) {
	h, err := s.store.Health(ctx)
	switch {
	case err != nil || h.AOF:
	case s.policy.BestEffort:
		h.Warnings = append(h.Warnings, "Calls are armed all the same: the policy file says durability: best-effort.")
	default:
		h.Warnings = append(h.Warnings, "No call is armed until that is mended, or the policy file says durability: best-effort.")
	}
	return h.Warnings, err
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
	mu     sync.Mutex
	when   time.Time
	answer report
}

// report is the answer of /readyz.
type report struct {
	Ready    bool              `json:"ready"`
	Parts    map[string]string `json:"parts"`
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
	believed := illFor
	if r.answer.Ready {
		believed = wellFor
	}
	if time.Since(r.when) < believed {
		return r.answer
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	rep := report{Ready: true, Parts: map[string]string{}}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for name, probe := range r.probes {
		wg.Go(func() {
			warnings, err := probe(ctx)
			mu.Lock()
			defer mu.Unlock()
			rep.Warnings = append(rep.Warnings, warnings...)
			rep.Parts[name] = "ok"
			if err != nil {
				rep.Parts[name] = err.Error()
				rep.Ready = rep.Ready && name != "redis"
			}
		})
	}
	wg.Wait()
	r.when, r.answer = time.Now(), rep
	return rep
}
