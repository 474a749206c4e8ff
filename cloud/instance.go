package cloud

import (
	"context"
	"slices"

	cvm "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cvm/v20170312"

	"twokey/commands/reinstall"
)

const describeInstances = "DescribeInstances"

// filter is one condition of a list: one of at most five values.
func filter(name string, values ...string) *cvm.Filter {
	f := &cvm.Filter{Name: new(name)}
	for _, v := range values {
		f.Values = append(f.Values, new(v))
	}
	return f
}

// instances lists the instances of the site that pass all filters; no filter
// is all of them.
func (s *site) instances(ctx context.Context, filters ...*cvm.Filter) ([]reinstall.Instance, error) {
	all, err := pages(func(offset int) ([]*answeredInstance, *int64, error) {
		answer, err := read(ctx, s, describeInstances, func(ctx context.Context) (*answeredInstances, *string, error) {
			q := cvm.NewDescribeInstancesRequest()
			q.Filters, q.Offset, q.Limit = filters, new(int64(offset)), new(int64(pageSize))
			return s.describe(ctx, q)
		})
		if err != nil {
			return nil, nil, err
		}
		return answer.InstanceSet, answer.TotalCount, nil
	})
	if err != nil {
		return nil, err
	}
	out := make([]reinstall.Instance, 0, len(all))
	for _, i := range all {
		if i != nil {
			out = append(out, s.instanceOf(i))
		}
	}
	return once(out, func(i reinstall.Instance) string { return i.Instance }), nil
}

// instance reads one instance by its id.
func (s *site) instance(ctx context.Context, id string) (i reinstall.Instance, found bool, err error) {
	all, err := s.instances(ctx, filter("instance-id", id))
	if err != nil {
		return i, false, err
	}
	for _, i := range all {
		if i.Instance == id {
			return i, true, nil
		}
	}
	return i, false, nil
}

// instanceOf says in our words what DescribeInstances says of one machine. Any
// of its fields may be null.
func (s *site) instanceOf(i *answeredInstance) reinstall.Instance {
	created, _ := cloudTime(i.CreatedTime)
	out := reinstall.Instance{
		Ref:  reinstall.Ref{Account: s.Name, Region: s.region, Instance: val(i.InstanceId)},
		Name: val(i.InstanceName), Type: val(i.InstanceType), CPU: int(val(i.CPU)), MemoryGB: int(val(i.Memory)),
		State: val(i.InstanceState), RestrictState: val(i.RestrictState), IsolatedSource: val(i.IsolatedSource),
		StopChargingMode: val(i.StopChargingMode), ChargeType: val(i.InstanceChargeType),
		ImageID: val(i.ImageId), OSName: val(i.OsName), Tags: map[string]string{},
		PrivateIPs: vals(i.PrivateIpAddresses), PublicIPs: vals(i.PublicIpAddresses),
		IPv6s:     slices.Concat(vals(i.IPv6Addresses), vals(i.PublicIPv6Addresses)),
		LoginUser: val(i.DefaultLoginUser), LoginPort: int(val(i.DefaultLoginPort)),
		Protected: val(i.DisableApiTermination), Role: val(i.CamRoleName), Created: created,
		Latest: reinstall.Latest{
			Operation: val(i.LatestOperation), State: val(i.LatestOperationState),
			RequestID: val(i.LatestOperationRequestId), Error: val(i.LatestOperationErrorMsg),
		},
	}
	if n := i.VirtualPrivateCloud; n != nil {
		out.VPC = val(n.VpcId)
	}
	if i.Placement != nil {
		out.Zone = val(i.Placement.Zone)
	}
	if d := i.SystemDisk; d != nil {
		out.SystemDisk = reinstall.Disk{
			ID: val(d.DiskId), Type: val(d.DiskType), SizeGB: int(val(d.DiskSize)),
			Encrypted: val(d.Encrypt) || val(d.KmsKeyID) != "", KmsKey: val(d.KmsKeyID),
		}
	}
	for _, d := range i.DataDisks {
		if d != nil {
			out.DataDisks = append(out.DataDisks, reinstall.Disk{ID: val(d.DiskId), Type: val(d.DiskType), SizeGB: int(val(d.DiskSize))})
		}
	}
	for _, t := range i.Tags {
		if t != nil {
			out.Tags[val(t.Key)] = val(t.Value)
		}
	}
	if i.LoginSettings != nil {
		out.KeyIDs = vals(i.LoginSettings.KeyIds)
	}
	return out
}

// vals drops what is null or empty.
func vals(ps []*string) []string {
	var out []string
	for _, p := range ps {
		if s := val(p); s != "" {
			out = append(out, s)
		}
	}
	return out
}
