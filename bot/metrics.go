package main

import (
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// metrics are what /metrics shows. Labels are Twokey's words, never anything that people
// typed. deploy/alerts.yaml and deploy/dashboard.json read them.
type metrics struct {
	registry  *prometheus.Registry
	counters  map[string]*prometheus.CounterVec // by name, without prefix and suffix
	acks      *prometheus.HistogramVec          // how long an ack to Slack took
	lastEvent *prometheus.GaugeVec              // when Slack sent something last
	unshipped prometheus.Gauge                  // entries of the audit that wait
	backlog   backlogMetrics
	outcomes  boundedLabel // of calls of Slack's Web API
}

// counterDefs are all counters, by name, without prefix and suffix.
var counterDefs = map[string]struct {
	help   string
	labels []string
}{
	"received":   {"What people did that was stored before it was acknowledged.", []string{"verb"}},
	"replayed":   {"Deliveries that were stored before and had no second effect.", []string{"verb"}},
	"refused":    {"What people did that was refused with a sentence.", []string{"verb"}},
	"transition": {"Transitions of proposals.", []string{"state", "event"}},
	"finding":    {"What was seen that Twokey did not do, such as a reset from outside.", []string{"what"}},
	"tampered": {
		"What was found changed in Redis outside Twokey: a record, a request, the audit, or Redis as a whole.",
		[]string{"what"},
	},
	"policy": {"Readings of the policy file on SIGHUP: taken, or refused for a mistake.", []string{"result"}},
	"fault":  {"Faults after which something is tried again.", []string{"where"}},
	"slack":  {"Calls of Slack's Web API, by outcome.", []string{"method", "outcome"}},
	"door":   {"Requests refused at the Slack endpoints.", []string{"reason"}},
}

// bornAtZero are the labels of what an alert looks at: Prometheus sees the first event
// only of a counter that was there before it.
var bornAtZero = map[string][][]string{
	"transition": {
		{"proposed", "propose"},
		{"armed", "arm"},
		{"done", "done"},
		{"failed", "failed"},
		{"refused", "refused"},
		{"not_sent", "not sent"},
		{"unknown", "unknown"},
		{"resolved", "resolve"},
	},
	"finding":  {{"foreign reset"}},
	"tampered": {{"record"}, {"request"}, {"audit"}, {"redis"}},
	"policy":   {{"taken"}, {"refused"}},
	"fault":    {{"claim"}, {"not durable"}, {"ship"}, {"post"}, {"countdown"}, {"unpostable"}, {"unreadable"}},
}

func newMetrics() *metrics {
	m := &metrics{registry: prometheus.NewRegistry(), counters: map[string]*prometheus.CounterVec{}}
	m.registry.MustRegister(collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), newBuildInfo())
	for name, v := range counterDefs {
		opts := prometheus.CounterOpts{Namespace: "twokey", Name: name + "_total", Help: v.help}
		m.counters[name] = prometheus.NewCounterVec(opts, v.labels)
		m.registry.MustRegister(m.counters[name])
		for _, labels := range bornAtZero[name] {
			m.counters[name].WithLabelValues(labels...)
		}
	}
	m.acks = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Namespace: "twokey", Name: "ack_seconds",
		Help:    "Time to acknowledge what Slack sent; it must stay below three seconds.",
		Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5},
	}, []string{"kind"})
	m.lastEvent = prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Namespace: "twokey", Name: "slack_last_event_timestamp_seconds",
		Help: "When Slack last sent this process something, by kind; not there before the first.",
	}, []string{"kind"})
	m.unshipped = prometheus.NewGauge(prometheus.GaugeOpts{
		Namespace: "twokey", Name: "audit_unshipped",
		Help: "Entries of the audit that the place named by audit: in the policy file has not taken yet.",
	})
	m.registry.MustRegister(m.acks, m.lastEvent, m.unshipped)
	m.backlog = newBacklogMetrics(m.registry)
	return m
}

// newBuildInfo shows which build this is. Its value is always 1.
func newBuildInfo() prometheus.Collector {
	revision := ""
	if b, ok := debug.ReadBuildInfo(); ok {
		for _, s := range b.Settings {
			if s.Key == "vcs.revision" {
				revision = s.Value
			}
		}
	}
	g := prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Namespace: "twokey", Name: "build_info", Help: "Which build this is; the value is always 1.",
	}, []string{"version", "revision", "goversion"})
	g.WithLabelValues(strings.TrimPrefix(version(), "twokey "), revision, runtime.Version()).Set(1)
	return g
}

// count adds one to a counter. It ignores a counter or labels that are not declared.
func (m *metrics) count(name string, labels ...string) {
	v, ok := m.counters[name]
	if !ok {
		return
	}
	if c, err := v.GetMetricWithLabelValues(labels...); err == nil {
		c.Inc()
	}
}

// Refused, Acked and Called make metrics a chat.Metrics.
func (m *metrics) Refused(reason string) { m.count("door", reason) }

func (m *metrics) Acked(kind string, took time.Duration) {
	m.acks.WithLabelValues(kind).Observe(took.Seconds())
	m.lastEvent.WithLabelValues(kind).SetToCurrentTime()
}

func (m *metrics) Called(method, outcome string) {
	m.count("slack", method, m.outcomes.bound(outcome))
}

// mostOutcomes is how many values a label takes that comes from outside.
const mostOutcomes = 60

// otherValue stands for values past that, and for what is no code.
const otherValue = "other"

var codeForm = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,63}$`)

// boundedLabel keeps a label that comes from outside from having ever more values. The
// zero value is ready.
type boundedLabel struct {
	mu   sync.Mutex
	seen map[string]bool
}

// bound returns the value, or otherValue if there are too many.
func (b *boundedLabel) bound(value string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.seen[value]:
		return value
	case len(b.seen) >= mostOutcomes || !codeForm.MatchString(value):
		return otherValue
	case b.seen == nil:
		b.seen = map[string]bool{}
	}
	b.seen[value] = true
	return value
}
