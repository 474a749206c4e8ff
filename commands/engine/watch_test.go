package engine

import (
	"testing"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall"
)

func TestLooksAtEndedProposalsFallOnOneGridAndTheFirstComesLate(t *testing.T) {
	now := time.Date(2026, 11, 24, 3, 0, 20, 0, time.UTC)
	op := func(ago time.Duration, s reinstall.State) reinstall.Operation {
		return reinstall.Operation{State: s, End: &reinstall.End{At: now.Add(-ago)}}
	}
	for what, c := range map[string]struct {
		op    reinstall.Operation
		every time.Duration
		want  time.Duration
	}{
		"just ended":   {op(0, reinstall.Rejected), time.Minute, 100 * time.Second},
		"an hour ago":  {op(time.Hour, reinstall.Done), time.Minute, 40 * time.Second},
		"a week ago":   {op(reinstall.WatchFor, reinstall.Done), time.Minute, port.Never},
		"still locked": {op(time.Hour, reinstall.Unknown), time.Minute, port.Never},
		"on the grid":  {op(time.Hour, reinstall.Done), 20 * time.Second, 20 * time.Second},
	} {
		if got := watchIn(c.op, c.every, now); got != c.want {
			t.Errorf("%s: in %s, want %s", what, got, c.want)
		}
	}
}
