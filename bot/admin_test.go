package main

import (
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
)

// unconnectedAdmin is the admin port of a bot of which nothing else is there: what
// asked Redis, Slack or the cloud for anything would break.
func unconnectedAdmin(t *testing.T) http.Handler {
	t.Helper()
	cfg, err := LoadConfig(testSettings())
	if err != nil {
		t.Fatal(err)
	}
	s := &service{cfg: cfg, metrics: newMetrics(), log: slog.New(slog.DiscardHandler)}
	if s.chat, err = openChat(cfg, s.log, s.metrics, 0); err != nil {
		t.Fatal(err)
	}
	return s.adminHandler()
}

func TestTheAdminPortTakesNothingThatCouldChangeAnything(t *testing.T) {
	admin := unconnectedAdmin(t)
	ask := func(method, path string) int {
		w := httptest.NewRecorder()
		admin.ServeHTTP(w, httptest.NewRequest(method, path, nil))
		return w.Code
	}
	for _, path := range []string{"/healthz", "/readyz", "/metrics"} {
		for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE", "PURGE"} {
			if code := ask(method, path); code != http.StatusMethodNotAllowed {
				t.Errorf("%s %s: %d", method, path, code)
			}
		}
	}
	for _, path := range []string{
		"/", "/debug/pprof/", "/debug/vars", "/reload", "/-/reload", "/-/quit", "/adopt",
		"/freeze", "/slack/commands", "/slack/interactions",
	} {
		for _, method := range []string{"GET", "POST"} {
			if code := ask(method, path); code != http.StatusNotFound {
				t.Errorf("%s %s: %d", method, path, code)
			}
		}
	}
	for _, path := range []string{"/healthz", "/metrics"} {
		if code := ask("GET", path); code != http.StatusOK {
			t.Errorf("GET %s: %d", path, code)
		}
	}
}

func TestTheAdminPortIsForItsOwnMachineUnlessItIsToldOtherwise(t *testing.T) {
	for given, want := range map[string]bool{"": true, ":9090": false, "0.0.0.0:9090": false} {
		cfg, err := LoadConfig(testSettings("ADMIN_ADDR", given))
		if err != nil {
			t.Fatal(err)
		}
		host, _, err := net.SplitHostPort(cfg.AdminAddr)
		if err != nil {
			t.Fatal(err)
		}
		if got := net.ParseIP(host).IsLoopback(); got != want {
			t.Errorf("ADMIN_ADDR=%q listens on %s", given, cfg.AdminAddr)
		}
	}
}
