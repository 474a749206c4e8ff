package main

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"twokey/bot/store"
)

const (
	backlogEvery   = 5 * time.Second // the interval of reading what is not finished
	backlogTimeout = 3 * time.Second // how long one reading may take
)

// backlogMetrics are what is not finished, read from Redis. They are the same on every
// replica and outlive a restart. While Redis does not answer, they stay as they were,
// for nobody can finish anything then.
type backlogMetrics struct {
	answers    prometheus.Gauge
	operations *prometheus.GaugeVec
	oldest     *prometheus.GaugeVec
	posts      prometheus.Gauge
	oldestPost *prometheus.GaugeVec // without labels; empty if nothing waits
}

func newBacklogMetrics(registry *prometheus.Registry) backlogMetrics {
	b := backlogMetrics{
		answers: prometheus.NewGauge(prometheus.GaugeOpts{
			Namespace: "twokey", Name: "redis_up",
			Help: "Whether Redis answered when what is not finished was last read: 1 or 0.",
		}),
		operations: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Namespace: "twokey", Name: "operations",
			Help: "Operations that lock a machine, by state. Unknown: nobody has settled the outcome.",
		}, []string{"state"}),
		oldest: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Namespace: "twokey", Name: "operation_oldest_timestamp_seconds",
			Help: "Since when the oldest operation is armed, sent or unknown; not there if none is.",
		}, []string{"state"}),
		posts: prometheus.NewGauge(prometheus.GaugeOpts{
			Namespace: "twokey", Name: "outbox_posts",
			Help: "Posts in the outbox that Slack has not taken yet.",
		}),
		oldestPost: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Namespace: "twokey", Name: "outbox_oldest_timestamp_seconds",
			Help: "When the oldest post in the outbox was written; not there if none waits.",
		}, nil),
	}
	registry.MustRegister(b.answers, b.operations, b.oldest, b.posts, b.oldestPost)
	return b
}

// show sets the gauges to what was read.
func (b backlogMetrics) show(read store.Backlog) {
	b.answers.Set(1)
	for state, n := range read.Operations {
		b.operations.WithLabelValues(state).Set(float64(n))
		if _, any := read.Since[state]; !any {
			b.oldest.DeleteLabelValues(state)
		}
	}
	for state, at := range read.Since {
		b.oldest.WithLabelValues(state).Set(unixSeconds(at))
	}
	b.posts.Set(float64(read.Posts))
	if read.OldestPost.IsZero() {
		b.oldestPost.Reset()
		return
	}
	b.oldestPost.WithLabelValues().Set(unixSeconds(read.OldestPost))
}

func unixSeconds(at time.Time) float64 { return float64(at.UnixMilli()) / 1000 }

// keepReadingBacklog reads what is not finished, until ctx ends.
func (s *service) keepReadingBacklog(ctx context.Context) {
	t := time.NewTicker(backlogEvery)
	defer t.Stop()
	for {
		s.metrics.backlog.read(ctx, s.store.Backlog)
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// read reads once. What was read last stays if Redis does not answer.
func (b backlogMetrics) read(ctx context.Context, from func(context.Context) (store.Backlog, error)) {
	ctx, cancel := context.WithTimeout(ctx, backlogTimeout)
	defer cancel()
	read, err := from(ctx)
	if err != nil {
		b.answers.Set(0) // the log has why, of what needs Redis for people
		return
	}
	b.show(read)
}
