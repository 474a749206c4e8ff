// Package describe makes the calls of CVM and CBS that read: instances, images,
// snapshots, disks, key pairs, the quota of images, and prices. It returns them in
// the words of package reinstall, or as the SDK has them. A list is read to its end,
// or is an error.
package describe

import (
	"context"
	"slices"

	cvm "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cvm/v20170312"

	"twokey/cloud/api"
	"twokey/commands/reinstall/model"
)

// Filter is one condition of a list: any of at most five values.
func Filter(name string, values ...string) *cvm.Filter {
	f := &cvm.Filter{Name: new(name)}
	for _, v := range values {
		f.Values = append(f.Values, new(v))
	}
	return f
}

// Instances lists the instances of the region that pass all filters. Without a
// filter it lists all.
func Instances(ctx context.Context, r *api.Region, filters ...*cvm.Filter) ([]model.Instance, error) {
	all, err := api.AllPages(func(offset int) ([]*RawInstance, *int64, error) {
		answer, err := api.Read(ctx, r, api.DescribeInstances, func(ctx context.Context) (*RawInstances, *string, error) {
			q := cvm.NewDescribeInstancesRequest()
			q.Filters, q.Offset, q.Limit = filters, new(int64(offset)), new(int64(api.PageSize))
			return InstancePage(ctx, r, q)
		})
		if err != nil {
			return nil, nil, err
		}
		return answer.InstanceSet, answer.TotalCount, nil
	})
	if err != nil {
		return nil, err
	}
	out := make([]model.Instance, 0, len(all))
	for _, i := range all {
		if i != nil {
			out = append(out, InstanceOf(r, i))
		}
	}
	return api.Unique(out, func(i model.Instance) string { return i.Instance }), nil
}

// InstanceByID reads one instance by its id.
func InstanceByID(ctx context.Context, r *api.Region, id string) (i model.Instance, found bool, err error) {
	all, err := Instances(ctx, r, Filter("instance-id", id))
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

// InstanceOf is an instance of DescribeInstances in our words. Any of its fields may
// be null (cloud/doc.go 4.11).
func InstanceOf(r *api.Region, i *RawInstance) model.Instance {
	created, _ := api.Time(i.CreatedTime)
	out := model.Instance{
		Ref:  model.Ref{Account: r.Account.Name, Region: r.Name, Instance: api.Val(i.InstanceId)},
		Name: api.Val(i.InstanceName), Type: api.Val(i.InstanceType), CPU: int(api.Val(i.CPU)),
		MemoryGB: int(api.Val(i.Memory)),
		State:    api.Val(i.InstanceState), RestrictState: api.Val(i.RestrictState),
		IsolatedSource:   api.Val(i.IsolatedSource),
		StopChargingMode: api.Val(i.StopChargingMode), ChargeType: api.Val(i.InstanceChargeType),
		ImageID: api.Val(i.ImageId), OSName: api.Val(i.OsName), Tags: map[string]string{},
		PrivateIPs: values(i.PrivateIpAddresses), PublicIPs: values(i.PublicIpAddresses),
		IPv6s:     slices.Concat(values(i.IPv6Addresses), values(i.PublicIPv6Addresses)),
		LoginUser: api.Val(i.DefaultLoginUser), LoginPort: int(api.Val(i.DefaultLoginPort)),
		Protected: api.Val(i.DisableApiTermination), Role: api.Val(i.CamRoleName), Created: created,
		Latest: model.Latest{
			Operation: api.Val(i.LatestOperation), State: api.Val(i.LatestOperationState),
			RequestID: api.Val(i.LatestOperationRequestId), Error: api.Val(i.LatestOperationErrorMsg),
		},
	}
	if n := i.VirtualPrivateCloud; n != nil {
		out.VPC = api.Val(n.VpcId)
	}
	if i.Placement != nil {
		out.Zone = api.Val(i.Placement.Zone)
	}
	if d := i.SystemDisk; d != nil {
		out.SystemDisk = model.Disk{
			ID: api.Val(d.DiskId), Type: api.Val(d.DiskType), SizeGB: int(api.Val(d.DiskSize)),
			Encrypted: api.Val(d.Encrypt) || api.Val(d.KmsKeyID) != "", KmsKey: api.Val(d.KmsKeyID),
		}
	}
	for _, d := range i.DataDisks {
		if d != nil {
			out.DataDisks = append(out.DataDisks,
				model.Disk{ID: api.Val(d.DiskId), Type: api.Val(d.DiskType), SizeGB: int(api.Val(d.DiskSize))})
		}
	}
	for _, t := range i.Tags {
		if t != nil {
			out.Tags[api.Val(t.Key)] = api.Val(t.Value)
		}
	}
	if i.LoginSettings != nil {
		out.KeyIDs = values(i.LoginSettings.KeyIds)
	}
	return out
}

// values drops null and empty texts.
func values(ps []*string) []string {
	var out []string
	for _, p := range ps {
		if s := api.Val(p); s != "" {
			out = append(out, s)
		}
	}
	return out
}
