package cloud

import (
	"context"
	"errors"
	"slices"

	cvm "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cvm/v20170312"
	"golang.org/x/sync/errgroup"

	"twokey/cloud/api"
	"twokey/cloud/describe"
	"twokey/cloud/errcode"
	"twokey/commands/port"
)

// Look reads many instances of one account and region, 100 ids a call. The map
// leaves out those that the cloud does not know.
func (c *Cloud) Look(ctx context.Context, accountName, region string, ids []string) (map[string]port.InstanceStatus, error) {
	r, err := c.oneRegion(api.NotRead, accountName, region)
	if err != nil {
		return nil, err
	}
	ids = slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(ids))), func(id string) bool { return id == "" })
	out := map[string]port.InstanceStatus{}
	for chunk := range slices.Chunk(ids, api.PageSize) {
		if err := readStatuses(ctx, r, chunk, out); err != nil {
			return nil, r.Fault(api.NotRead, api.DescribeInstances, err)
		}
	}
	return out, nil
}

// readStatuses reads up to 100 instances into out. If the cloud refuses the call
// because of one unknown id, it asks for each half by itself.
func readStatuses(ctx context.Context, r *api.Region, ids []string, out map[string]port.InstanceStatus) error {
	ctx, clock := api.WithClock(ctx)
	answer, err := api.Read(ctx, r, api.DescribeInstances,
		func(ctx context.Context) (*describe.RawInstances, *string, error) {
			q := cvm.NewDescribeInstancesRequest()
			for _, id := range ids {
				q.InstanceIds = append(q.InstanceIds, new(id))
			}
			q.Limit = new(int64(api.PageSize))
			return describe.InstancePage(ctx, r, q)
		})
	if code := errcode.Of(err); code == "InvalidInstanceId.NotFound" || code == "InvalidInstanceId.Malformed" ||
		code == "InvalidParameterValue.InstanceIdMalformed" {
		if len(ids) == 1 {
			return nil
		}
		half := len(ids) / 2
		if err := readStatuses(ctx, r, ids[:half], out); err != nil {
			return err
		}
		return readStatuses(ctx, r, ids[half:], out)
	}
	if err == nil && api.IsMissing(answer.InstanceSet, answer.TotalCount) {
		err = api.ErrNoAnswer
	}
	if err != nil {
		return err
	}
	server, skew, err := clock.Server()
	if err != nil {
		return err
	}
	for _, i := range answer.InstanceSet {
		if i == nil {
			continue
		}
		seen := port.InstanceStatus{Instance: describe.InstanceOf(r, i), ServerTime: server, Skew: skew, Asked: clock.SentAt()}
		if slices.Contains(ids, seen.Instance.Instance) {
			out[seen.Instance.Instance] = seen
		}
	}
	return nil
}

// Ping asks every account for one instance, so that wrong credentials, a missing
// permission or a closed network show at the start. One region that answers is
// enough for an account. The error has one sentence for each account that fails,
// about its first region.
func (c *Cloud) Ping(ctx context.Context) error {
	ctx = api.WithAttemptTimeout(ctx, c.findTimeout)
	errs := make([]error, len(c.accounts))
	var g errgroup.Group
	for n, a := range c.accounts {
		g.Go(func() error {
			errs[n] = pingAccount(ctx, a)
			return nil
		})
	}
	_ = g.Wait() // the tasks leave their errors in errs
	return errors.Join(errs...)
}

func pingAccount(ctx context.Context, a *api.Account) (first error) {
	for _, r := range a.Regions {
		_, err := api.Read(ctx, r, api.DescribeInstances, func(ctx context.Context) (*describe.RawInstances, *string, error) {
			q := cvm.NewDescribeInstancesRequest()
			q.Limit = new(int64(1))
			return describe.InstancePage(ctx, r, q)
		})
		if err == nil {
			return nil
		}
		if first == nil {
			first = r.Fault(api.NotRead, api.DescribeInstances, err)
		}
		if errcode.IsAboutCredentials(errcode.Of(err)) || ctx.Err() != nil {
			return first // no other region would take the key
		}
	}
	return first
}
