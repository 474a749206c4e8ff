package fakecvm

import (
	"time"

	"twokey/cloud/fakecvm/apierr"
)

// resetInstance begins a reset. It has no ClientToken and remembers nothing:
// two accepted calls are two resets (cloud/doc.go 2.1).
func resetInstance(a *account, r request) (any, *apierr.Error) {
	var in resetParams
	if e := decode(r.body, &in); e != nil {
		return nil, e
	}
	plan, e := a.planReset(in, r.region)
	if e != nil {
		return nil, e
	}
	a.beginReset(plan, r.id)
	a.accepted[plan.machine.ID] = append(a.accepted[plan.machine.ID], a.now())
	return struct{}{}, nil
}

// executeLate runs a ResetInstance after its connection was cut, as a request
// that lingered in some queue would be.
func (c *Cloud) executeLate(r request, delay string) {
	d, err := time.ParseDuration(delay)
	if err != nil {
		panic("fakecvm: " + err.Error()) // checked when it was switched on
	}
	now := c.account.clock.virtual()
	c.account.begin(&job{start: now, visible: now, end: now + d, finish: func(time.Duration) {
		_, e := resetInstance(c.account, r) // nobody is there to hear the answer
		c.audit(r, e)
	}})
}
