package fakecvm

import (
	"time"

	"twokey/cloud/fakecvm/account"
	"twokey/cloud/fakecvm/apierr"
)

// resetInstance begins a reset. It takes no ClientToken and remembers nothing: two
// accepted calls are two resets (cloud/doc.go 2.1).
func resetInstance(a *account.Account, r request) (any, *apierr.Error) {
	var in account.ResetParams
	if e := decode(r.body, &in); e != nil {
		return nil, e
	}
	plan, e := a.PlanReset(in, r.region)
	if e != nil {
		return nil, e
	}
	a.AcceptReset(plan, r.id)
	return struct{}{}, nil
}

// executeLate runs a ResetInstance after its connection was cut, like a request that
// waited in some queue.
func (c *Cloud) executeLate(r request, delay string) {
	d, err := time.ParseDuration(delay)
	if err != nil {
		panic("fakecvm: " + err.Error()) // checked when it was switched on
	}
	c.account.After(d, func() {
		_, e := resetInstance(c.account, r) // nobody is there to hear the answer
		c.auditCall(r, e)
	})
}
