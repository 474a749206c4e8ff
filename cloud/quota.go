package cloud

import (
	"context"

	cvm "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cvm/v20170312"

	"twokey/cloud/api"
	"twokey/commands/reinstall"
)

// ImageRoom counts the own images of the machine's region, and how many may be
// there. The cloud tells only the latter by itself (facts/tencent.md section 4).
func (c *Cloud) ImageRoom(ctx context.Context, ref reinstall.Ref) (used, most int, err error) {
	s, err := c.oneRegion(api.NotMade, ref.Account, ref.Region)
	if err != nil {
		return 0, 0, err
	}
	quota, err := imageQuota(ctx, s)
	if err == nil && quota.ImageNumQuota == nil {
		err = api.ErrNoAnswer
	}
	if err != nil {
		return 0, 0, s.Fault(api.NotMade, api.DescribeImageQuota, err)
	}
	_, own, err := imagePage(ctx, s, 0, 1, "", filter("image-type", reinstall.ImagePrivate))
	if err == nil && own == nil {
		err = api.ErrNoAnswer
	}
	if err != nil {
		return 0, 0, s.Fault(api.NotMade, api.DescribeImages, err)
	}
	return int(*own), int(*quota.ImageNumQuota), nil
}

func imageQuota(ctx context.Context, s *api.Region) (*cvm.DescribeImageQuotaResponseParams, error) {
	return api.Read(ctx, s, api.DescribeImageQuota, func(ctx context.Context) (*cvm.DescribeImageQuotaResponseParams, *string, error) {
		r, err := s.CVM.DescribeImageQuotaWithContext(ctx, cvm.NewDescribeImageQuotaRequest())
		if err != nil || r.Response == nil {
			return nil, nil, err
		}
		return r.Response, r.Response.RequestId, nil
	})
}
