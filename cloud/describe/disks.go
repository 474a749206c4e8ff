package describe

import (
	"context"

	cbs "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cbs/v20170312"

	"twokey/cloud/api"
)

// SystemDiskPage is one page of the system disks that CBS lists in the region.
func SystemDiskPage(ctx context.Context, r *api.Region, offset, most int) ([]*cbs.Disk, error) {
	answer, err := api.Read(ctx, r, api.DescribeDisks,
		func(ctx context.Context) (*cbs.DescribeDisksResponseParams, *string, error) {
			q := cbs.NewDescribeDisksRequest()
			q.Filters = []*cbs.Filter{{Name: new("disk-usage"), Values: []*string{new("SYSTEM_DISK")}}}
			q.Offset, q.Limit = new(uint64(offset)), new(uint64(most))
			resp, err := r.CBS.DescribeDisksWithContext(ctx, q)
			if err != nil || resp.Response == nil {
				return nil, nil, err
			}
			return resp.Response, resp.Response.RequestId, nil
		})
	if err != nil {
		return nil, err
	}
	return answer.DiskSet, nil
}
