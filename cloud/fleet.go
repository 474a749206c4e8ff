package cloud

import (
	"context"
	"sync"
	"time"

	"twokey/cloud/api"
	"twokey/cloud/describe"
	"twokey/commands/reinstall/model"
)

// Fleet returns the cached list of all machines, by account and region, in the order
// of the policy file. A list older than a minute is read again behind the answer. A
// list that was never read is waited for until ctx ends. A region that cannot be
// read says why; the others are there.
func (c *Cloud) Fleet(ctx context.Context) []model.FleetPart {
	regions, err := c.chooseRegions(api.NotFound, "", "")
	if err != nil {
		return nil
	}
	out := make([]model.FleetPart, len(regions))
	var g sync.WaitGroup
	for n, r := range regions {
		g.Go(func() {
			machines, err := c.machinesOf(ctx, r)
			out[n] = model.FleetPart{Account: r.Account.Name, Region: r.Name, Machines: machines, Err: err}
		})
	}
	g.Wait()
	return out
}

// KeepFleet reads all machines now, and again before the cache is too old, until ctx
// ends. So nobody's first question waits.
func (c *Cloud) KeepFleet(ctx context.Context) {
	for {
		c.Fleet(ctx)
		wait := time.NewTimer(cacheInterval)
		select {
		case <-ctx.Done():
			wait.Stop()
			return
		case <-wait.C:
		}
	}
}

// machinesOf lists all instances of the region, from the cache.
func (c *Cloud) machinesOf(ctx context.Context, r *api.Region) ([]model.Instance, error) {
	return c.fleets.get(ctx, c, r.Account.Name+"/"+r.Name, func(ctx context.Context) ([]model.Instance, error) {
		all, err := describe.Instances(ctx, r)
		if err != nil {
			return nil, r.Fault(api.NotRead, api.DescribeInstances, err)
		}
		return all, nil
	})
}
