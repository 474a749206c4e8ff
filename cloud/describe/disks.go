package describe

import (
	"context"

	cbs "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cbs/v20170312"

	"twokey/cloud/api"
)

func SystemDiskPage(ctx context.Context, s *api.Region, offset, most int) ([]*cbs.Disk, error) {
	answer, err := api.Read(ctx, s, api.DescribeDisks, func(ctx context.Context) (*cbs.DescribeDisksResponseParams, *string, error) {
		q := cbs.NewDescribeDisksRequest()
		q.Filters = []*cbs.Filter{{Name: new("disk-usage"), Values: []*string{new("SYSTEM_DISK")}}}
		q.Offset, q.Limit = new(uint64(offset)), new(uint64(most))
		r, err := s.CBS.DescribeDisksWithContext(ctx, q)
		if err != nil || r.Response == nil {
			return nil, nil, err
		}
		return r.Response, r.Response.RequestId, nil
	})
	if err != nil {
		return nil, err
	}
	return answer.DiskSet, nil
}
