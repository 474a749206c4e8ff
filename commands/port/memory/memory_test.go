package memory

import (
	"testing"
	"time"

	"twokey/bot/store/storetest"
	"twokey/commands/port"
)

// What every port.Store promises holds here, too.
func TestSuite(t *testing.T) {
	storetest.Run(t, func(*testing.T) storetest.Opener {
		m := New(nil)
		return func(testing.TB) port.Store { return m.Open() }
	})
}

// Time is what the clock says: nothing waits.
func TestLeasesAndDelaysFollowTheClock(t *testing.T) {
	now := time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)
	m := New(func() time.Time { return now })
	s := m.Open()
	c := storetest.Proposal(s, storetest.Ref(1), "X1")
	c.WakeAfter = time.Minute
	if _, err := s.Create(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	claim := func() int {
		cs, err := s.Claim(t.Context(), 10*time.Second, 10)
		if err != nil {
			t.Fatal(err)
		}
		return len(cs)
	}
	for _, step := range []struct {
		pass time.Duration
		want int
	}{
		{0, 0}, {time.Minute - time.Millisecond, 0}, {time.Millisecond, 1}, {9 * time.Second, 0}, {time.Second, 1},
	} {
		now = now.Add(step.pass)
		if got := claim(); got != step.want {
			t.Errorf("at %s %d are due, want %d", now.Format(time.TimeOnly), got, step.want)
		}
	}
}
