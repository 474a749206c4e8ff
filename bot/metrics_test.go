package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"twokey/bot/store"
)

// shownMetrics are the lines of Twokey's own metrics, as Prometheus reads them.
func shownMetrics(t *testing.T, m *metrics) string {
	t.Helper()
	w := httptest.NewRecorder()
	promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}).ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	var own strings.Builder
	for line := range strings.Lines(w.Body.String()) {
		if strings.HasPrefix(line, "twokey_") {
			own.WriteString(line)
		}
	}
	return own.String()
}

func TestWhatAlertsLookAtBeginsAtZero(t *testing.T) {
	shown := shownMetrics(t, newMetrics())
	for _, want := range []string{
		`twokey_tampered_total{what="record"} 0`, `twokey_tampered_total{what="redis"} 0`,
		`twokey_policy_total{result="refused"} 0`, `twokey_fault_total{where="claim"} 0`,
		`twokey_fault_total{where="not durable"} 0`, `twokey_transition_total{event="unknown",state="unknown"} 0`,
		`twokey_redis_up 0`, `twokey_build_info{`,
	} {
		if !strings.Contains(shown, want) {
			t.Errorf("there is no %s in\n%s", want, shown)
		}
	}
}

// Prometheus' own linter holds names, units and help to its conventions.
func TestMetricsKeepPrometheusConventions(t *testing.T) {
	m := newMetrics()
	for name, v := range counterDefs {
		m.count(name, make([]string, len(v.labels))...)
	}
	m.Acked("press", time.Millisecond)
	m.backlog.show(store.Backlog{
		Operations: map[string]int{"unknown": 1}, Since: map[string]time.Time{"unknown": time.Now()},
		Posts: 1, OldestPost: time.Now(),
	})
	w := httptest.NewRecorder()
	promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}).ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	body, err := io.ReadAll(w.Body)
	if err != nil || !strings.Contains(string(body), "twokey_outbox_oldest_timestamp_seconds ") {
		t.Fatalf("%v\n%s", err, body)
	}
	checkNames(t, string(body))
	problems, err := promlint.New(strings.NewReader(string(body))).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		if strings.HasPrefix(p.Metric, "twokey_") {
			t.Errorf("%s: %s", p.Metric, p.Text)
		}
	}
}

// checkNames holds the names against those that deploy's alerts and dashboard have.
func checkNames(t *testing.T, body string) {
	t.Helper()
	own := regexp.MustCompile(`\btwokey_\w+`)
	read := func(name string) string {
		b, err := os.ReadFile("../deploy/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	alerts, dashboard := read("alerts.yaml"), read("dashboard.json")
	for _, name := range own.FindAllString(alerts+dashboard, -1) {
		if !regexp.MustCompile(`(?m)^` + name + `[{ ]`).MatchString(body) {
			t.Errorf("there is no metric %s", name)
		}
	}
	for _, m := range regexp.MustCompile(`(?m)^# TYPE (twokey_\w+)`).FindAllStringSubmatch(body, -1) {
		if !strings.Contains(dashboard, m[1]) {
			t.Errorf("the dashboard does not show %s", m[1])
		}
	}
}

func TestTheBacklogStaysAsItWasWhileRedisIsAway(t *testing.T) {
	m := newMetrics()
	b := store.Backlog{
		Operations: map[string]int{"unknown": 1}, Since: map[string]time.Time{"unknown": time.UnixMilli(1500)},
		Posts: 2, OldestPost: time.UnixMilli(2500),
	}
	m.backlog.read(t.Context(), func(context.Context) (store.Backlog, error) { return b, nil })
	const all = `twokey_operation_oldest_timestamp_seconds{state="unknown"} 1.5
twokey_operations{state="unknown"} 1
twokey_outbox_oldest_timestamp_seconds 2.5
twokey_outbox_posts 2
`
	expect := func(when, want string) {
		t.Helper()
		if shown := shownMetrics(t, m); !strings.Contains(shown, want) {
			t.Errorf("%s: there is no\n%sin\n%s", when, want, shown)
		}
	}
	expect("read", all)
	expect("read", "twokey_redis_up 1\n")
	m.backlog.read(t.Context(), func(context.Context) (store.Backlog, error) {
		return store.Backlog{}, errors.New("away")
	})
	expect("away", all)
	expect("away", "twokey_redis_up 0\n")
	b = store.Backlog{Operations: map[string]int{"unknown": 0}}
	m.backlog.read(t.Context(), func(context.Context) (store.Backlog, error) { return b, nil })
	expect("settled", "twokey_operations{state=\"unknown\"} 0\ntwokey_outbox_posts 0\n")
	if shown := shownMetrics(t, m); strings.Contains(shown, "oldest") {
		t.Errorf("something old is left:\n%s", shown)
	}
}

// Whoever answers in Slack's place cannot fill Prometheus.
func TestAnswersOfSlackMakeSoManySeriesAtMost(t *testing.T) {
	m := newMetrics()
	m.Called("chat.postMessage", "not_in_channel")
	for i := range 1000 {
		m.Called("chat.postMessage", fmt.Sprintf("made_up_%d", i))
	}
	m.Called("chat.postMessage", "A \"sentence\".\n")
	m.Called("chat.postMessage", "not_in_channel")
	shown := shownMetrics(t, m)
	if n := strings.Count(shown, "twokey_slack_total{"); n != mostOutcomes+1 {
		t.Errorf("%d series", n)
	}
	for _, want := range []string{`outcome="not_in_channel"} 2`, `outcome="other"} 942`} {
		if !strings.Contains(shown, want) {
			t.Errorf("there is no %s in\n%s", want, shown)
		}
	}
}
