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

	"twokey/bot/chat"
	"twokey/commands/port"
)

// adminHandler serves /healthz (the process lives), /readyz (it can do its work, with
// what is missing in words) and /metrics.
func (s *service) adminHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write([]byte("ok\n"))
	})
	r := &readiness{probes: map[string]probeFunc{
		"redis": s.probeRedis,
		"slack": s.probeSlack,
		"cloud": func(ctx context.Context) ([]string, error) { return nil, reportOnly(s.cloud.Ping(ctx)) },
	}, knownFaults: map[string]func() error{"slack": s.chat.BotTokenRefused}, durability: s.lastDurability}
	if s.cfg.SlackAppToken != "" {
		r.probes["socket mode"] = s.probeSocket
	}
	mux.Handle("GET /readyz", r)
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{}))
	return mux
}

// redisHealth asks Redis what it can promise, and adds to the warnings what
// follows from it.
func (s *service) redisHealth(ctx context.Context) (port.Health, error) {
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
	if no, ok := errors.AsType[*port.RefusedError](err); ok {
		return nil, fmt.Errorf("%s. %s: %w", no.Why, no.Next, err)
	}
	if err != nil {
		return h.Warnings, err
	}
	s.durability.Store(&h.Keeps)
	for _, id := range s.store.Spoiled() {
		h.Warnings = append(h.Warnings, "The record of "+id+" was changed outside Twokey: nothing is done with it until an approver settles it.")
	}
	if d := s.store.Doubt(); d.Why != "" {
		return h.Warnings, &distrustedError{fmt.Errorf("%s. Nothing is armed, and all counts as frozen. Find out what happened, then run %s --why TEXT", d.Why, d.Way)}
	}
	return h.Warnings, nil
}

// distrustedError is that Redis answers, and is not believed.
type distrustedError struct{ error }

// lastDurability is what Redis last said of the record of a call; empty where none is safe.
func (s *service) lastDurability() string {
	if k := s.durability.Load(); k != nil {
		return *k
	}
	return ""
}

// probeSlack asks who the bot is. A Slack that is away is borne; a refusal lasts
// until an operator mends it, and until then nobody's key can count.
func (s *service) probeSlack(ctx context.Context) ([]string, error) {
	who, err := s.chat.Hello(ctx)
	no, refused := errors.AsType[*chat.Permanent](err)
	switch {
	case refused:
		return nil, errors.New(chat.Words(no))
	case err != nil:
		return nil, reportOnly(err)
	}
	return s.missingScopes(who), nil
}

// missingScopes words the scopes that the bot token has not.
func (s *service) missingScopes(who chat.Identity) []string {
	var out []string
	for _, scope := range who.Missing {
		out = append(out, chat.Lacks(s.cfg.SlackBotTokenName, scope))
	}
	if s.rules.Load().TellsDirectly() {
		for _, scope := range chat.MissingDirect(who.Granted) {
			out = append(out, chat.Lacks(s.cfg.SlackBotTokenName, scope))
		}
	}
	return out
}

// probeSocket tells whether Slack takes the app token. Where it does not, and
// Slack cannot reach the bot over HTTP either, nothing can arrive.
func (s *service) probeSocket(context.Context) ([]string, error) {
	err := s.chat.AppTokenRefused()
	switch {
	case err == nil && s.cfg.SlackSigningSecret == "" && !s.chat.AppTokenTaken():
		return nil, errors.New("Slack was not reached yet: without Socket Mode nothing arrives")
	case err == nil && s.chat.Crowded():
		return []string{chat.CrowdedWords() + "."}, nil
	case err == nil:
		return nil, nil
	}
	say := chat.Words(err)
	if s.cfg.SlackSigningSecret == "" {
		return nil, errors.New(say)
	}
	return []string{"Socket Mode is down; what Slack sends over HTTP is still taken. " + say}, reportOnly(errors.New("down"))
}

// reportOnly is a fault that is told, and no reason to take the rest away.
func reportOnly(err error) error {
	if err == nil {
		return nil
	}
	return &reportOnlyError{err}
}

type reportOnlyError struct{ error }

func (e *reportOnlyError) Unwrap() error { return e.error }

// How long an answer of the probes is believed, so that probing never loads
// what it probes: Slack's share is needed for people.
const (
	healthyFor = 30 * time.Second
	faultyFor  = 2 * time.Second
)

// readiness asks its probes, now and then, and answers 200 where all are well
// and 503 where Redis is not, or Slack refuses what it needs: nothing can be
// taken then. Slack or an account of the cloud being away is told, and no reason
// to take the rest, such as Hold, away as well.
type readiness struct {
	probes      map[string]probeFunc
	knownFaults map[string]func() error // of a part that was well: an error has it asked again at once
	durability  func() string           // nil: nothing is known
	mu          sync.Mutex
	last        map[string]probeResult
}

// report is the answer of /readyz.
type report struct {
	Ready    bool              `json:"ready"`
	Parts    map[string]string `json:"parts"`
	Keeps    string            `json:"keeps,omitempty"` // what keeps the record of a call, and what a power cut could take
	Warnings []string          `json:"warnings,omitempty"`
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

func (r *readiness) askProbes(ctx context.Context) report {
	r.mu.Lock()
	defer r.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if r.last == nil {
		r.last = map[string]probeResult{}
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for name, ask := range r.probes {
		if was, ok := r.last[name]; ok && time.Since(was.when) < r.validFor(name, was) {
			continue
		}
		wg.Go(func() {
			warnings, err := ask(ctx)
			mu.Lock()
			defer mu.Unlock()
			r.last[name] = probeResult{time.Now(), warnings, err}
		})
	}
	wg.Wait()
	rep := report{Ready: true, Parts: map[string]string{}}
	for name, was := range r.last {
		rep.Warnings = append(rep.Warnings, was.warnings...)
		rep.Parts[name] = "ok"
		if was.err != nil {
			rep.Parts[name] = was.err.Error()
			_, borne := errors.AsType[*reportOnlyError](was.err)
			rep.Ready = rep.Ready && borne
		}
	}
	slices.Sort(rep.Warnings)
	if r.durability != nil {
		rep.Keeps = r.durability()
	}
	return rep
}

// probeFunc is a question to one part: warnings, and a fault, which bearable may be around.
type probeFunc func(context.Context) (warnings []string, err error)

// probeResult is what a probe said.
type probeResult struct {
	when     time.Time
	warnings []string
	err      error
}

// validFor is for how long: Redis can be asked at any time, and of Socket Mode
// nobody is asked.
func (r *readiness) validFor(name string, was probeResult) time.Duration {
	doubt := r.knownFaults[name]
	switch {
	case name == "socket mode":
		return 0
	case name == "redis" || was.err != nil || doubt != nil && doubt() != nil:
		return faultyFor
	}
	return healthyFor
}
