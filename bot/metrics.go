package main

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// metrics are what /metrics shows. Labels are Twokey's words, never anything that people
// typed.
type metrics struct {
	registry  *prometheus.Registry
	counters  map[string]*prometheus.CounterVec // by name, without prefix and suffix
	acks      *prometheus.HistogramVec          // how long an ack to Slack took
	unshipped prometheus.Gauge                  // entries of the audit that wait
}

func newMetrics() *metrics {
	m := &metrics{registry: prometheus.NewRegistry(), counters: map[string]*prometheus.CounterVec{}}
	m.registry.MustRegister(collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	for name, v := range map[string]struct {
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
	} {
		opts := prometheus.CounterOpts{Namespace: "twokey", Name: name + "_total", Help: v.help}
		m.counters[name] = prometheus.NewCounterVec(opts, v.labels)
		m.registry.MustRegister(m.counters[name])
	}
	m.acks = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Namespace: "twokey", Name: "ack_seconds",
		Help:    "Time to acknowledge what Slack sent; it must stay below three seconds.",
		Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5},
	}, []string{"kind"})
	m.registry.MustRegister(m.acks)
	m.unshipped = prometheus.NewGauge(prometheus.GaugeOpts{
		Namespace: "twokey", Name: "audit_unshipped",
		Help: "Entries of the audit that the place named by audit: in the policy file has not taken yet.",
	})
	m.registry.MustRegister(m.unshipped)
	return m
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
}

func (m *metrics) Called(method, outcome string) { m.count("slack", method, outcome) }
