package port

import (
	"log/slog"
	"time"
)

// FaultLog logs faults that may last: each once at its beginning, and then ever
// more rarely (see Hush). All methods may be called from any goroutine.
type FaultLog struct {
	log      *slog.Logger
	now      func() time.Time
	throttle Throttle
}

// NewFaultLog returns one that writes to log, by the clock now.
func NewFaultLog(log *slog.Logger, now func() time.Time) *FaultLog {
	return &FaultLog{log: log, now: now}
}

// Error logs a fault at what is being done.
func (l *FaultLog) Error(say, doing string, err error, at ...any) {
	if silent, yes := l.throttle.ShouldLog(say+"|"+doing+"|"+ErrorKind(err), l.now()); yes {
		l.log.Error(say, append(at, "doing", doing, "silent", silent, "err", err)...)
	}
}

// Warn logs what goes on in spite of a fault.
func (l *FaultLog) Warn(say, about string, err error, at ...any) {
	if silent, yes := l.throttle.ShouldLog(say+"|"+about+"|"+ErrorKind(err), l.now()); yes {
		l.log.Warn(say, append(at, "silent", silent, "err", err)...)
	}
}

// ShouldLog reports whether a fault is to be logged now, and how often it was not since
// it last was.
func (l *FaultLog) ShouldLog(key string) (silent int, yes bool) {
	return l.throttle.ShouldLog(key, l.now())
}

// Recovered ends a fault; it reports how long it lasted, if there was one.
func (l *FaultLog) Recovered(key string) (lasted time.Duration, was bool) {
	return l.throttle.Recovered(key, l.now())
}
