package chat

import (
	"log/slog"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

// The log has at most refusalLines lines a second about what was turned away, after a
// burst of refusalBurst. An endless flood must not fill the disk. The metric counts all.
const (
	refusalLines = 1
	refusalBurst = 30
)

// refusalLog counts and logs what was turned away: never a header, a body, an
// address or a token.
type refusalLog struct {
	now      func() time.Time
	log      *slog.Logger
	metrics  Metrics
	lines    *rate.Limiter
	unlogged atomic.Int64
}

func newRefusalLog(cfg Config) *refusalLog {
	return &refusalLog{
		now:     cfg.Now,
		log:     cfg.Log,
		metrics: cfg.Metrics,
		lines:   rate.NewLimiter(refusalLines, refusalBurst),
	}
}

// noteRefusal counts one, at an HTTP path, socket or response_url.
func (r *refusalLog) noteRefusal(path, reason string) {
	r.metrics.Refused(reason)
	if !r.lines.AllowN(r.now(), 1) {
		r.unlogged.Add(1)
		return
	}
	r.log.Warn("request rejected", "path", path, "reason", reason, "unlogged", r.unlogged.Swap(0))
}
