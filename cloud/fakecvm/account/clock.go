package account

import "time"

// Clock keeps the two times of the double. The wall clock (Config.Now plus the
// clock_skew switch) stamps answers and judges signatures. The virtual clock
// drives jobs: real elapsed time x speed, plus everything advanced.
type Clock struct {
	now    func() time.Time
	anchor time.Time     // now() when base was taken
	base   time.Duration // virtual time at anchor
	Speed  float64
	Skew   time.Duration
}

func newClock(now func() time.Time, speed float64) Clock {
	return Clock{now: now, anchor: now(), Speed: speed}
}

// Wall is the time that the cloud believes it is.
func (c *Clock) Wall() time.Time { return c.now().Add(c.Skew) }

// Virtual is the time since New as jobs feel it. It never goes backwards.
func (c *Clock) Virtual() time.Duration {
	elapsed := max(c.now().Sub(c.anchor), 0)
	return c.base + time.Duration(float64(elapsed)*c.Speed)
}

// Advance moves the virtual time forward.
func (c *Clock) Advance(d time.Duration) { c.rebase(c.Virtual() + d) }

// SetSpeed sets how many virtual seconds pass in a real one.
func (c *Clock) SetSpeed(speed float64) {
	c.rebase(c.Virtual())
	c.Speed = speed
}

func (c *Clock) rebase(base time.Duration) {
	c.base, c.anchor = base, c.now()
}

// China is the zone of times without a zone. It has no daylight saving.
var China = time.FixedZone("CST", 8*60*60)
