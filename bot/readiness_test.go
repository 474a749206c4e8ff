package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// askReady returns the status and the body of /readyz.
func askReady(t *testing.T, r *readiness) (int, report) {
	t.Helper()
	w := httptest.NewRecorder()
	r.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/readyz", nil))
	var rep report
	if err := json.Unmarshal(w.Body.Bytes(), &rep); err != nil {
		t.Fatal(err)
	}
	return w.Code, rep
}

func TestReadinessFailsOnlyForWhatStopsEverything(t *testing.T) {
	away := errors.New("away")
	for _, c := range []struct {
		name  string
		redis error
		cloud error
		code  int
	}{
		{"all is well", nil, nil, http.StatusOK},
		{"the cloud is away", nil, reportOnly(away), http.StatusOK},
		{"Redis is away", away, nil, http.StatusServiceUnavailable},
		{"both are away", away, reportOnly(away), http.StatusServiceUnavailable},
	} {
		r := &readiness{probes: map[string]probeFunc{
			redisProbe: func(context.Context) ([]string, error) { return []string{"b"}, c.redis },
			cloudProbe: func(context.Context) ([]string, error) { return []string{"a"}, c.cloud },
		}}
		code, rep := askReady(t, r)
		if code != c.code || rep.Ready != (c.code == http.StatusOK) {
			t.Errorf("%s: %d, %+v", c.name, code, rep)
		}
		if want := []string{"a", "b"}; !slices.Equal(rep.Warnings, want) {
			t.Errorf("%s: warnings %v, want %v", c.name, rep.Warnings, want)
		}
		for part, err := range map[string]error{redisProbe: c.redis, cloudProbe: c.cloud} {
			want := "ok"
			if err != nil {
				want = "away"
			}
			if rep.Parts[part] != want {
				t.Errorf("%s: %s is %q, want %q", c.name, part, rep.Parts[part], want)
			}
		}
	}
}

// countingProbe is a probe that is well, and how often it was asked.
func countingProbe() (probeFunc, *atomic.Int64) {
	var n atomic.Int64
	return func(context.Context) ([]string, error) { n.Add(1); return nil, nil }, &n
}

// A good answer of Slack holds for long, so that probing leaves its limits to people. It
// holds shortly once Slack refuses the bot's token.
func TestReadinessAsksAgainWhenAnAnswerNoLongerHolds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var refused error
		redis, redisAsked := countingProbe()
		slack, slackAsked := countingProbe()
		socket, socketAsked := countingProbe()
		r := &readiness{
			probes:      map[string]probeFunc{redisProbe: redis, slackProbe: slack, socketProbe: socket},
			knownFaults: map[string]func() error{slackProbe: func() error { return refused }},
		}
		for _, step := range []struct {
			after                time.Duration
			refused              error
			redis, slack, socket int64
		}{
			{0, nil, 1, 1, 1},
			{time.Second, nil, 1, 1, 2},
			{time.Second, nil, 2, 1, 3},
			{time.Second, errors.New("invalid_auth"), 2, 2, 4},
			{healthyFor, nil, 3, 3, 5},
		} {
			time.Sleep(step.after)
			refused = step.refused
			askReady(t, r)
			got := [3]int64{redisAsked.Load(), slackAsked.Load(), socketAsked.Load()}
			if want := [3]int64{step.redis, step.slack, step.socket}; got != want {
				t.Errorf("after %s: asked %v times, want %v", step.after, got, want)
			}
		}
	})
}
