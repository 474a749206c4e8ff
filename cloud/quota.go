package cloud

import (
	"context"

	cvm "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cvm/v20170312"

	"twokey/commands/reinstall"
)

const describeImageQuota = "DescribeImageQuota"

// ImageRoom counts the own images of the machine's region, and how many may be
// there. The cloud tells only the latter by itself (facts/tencent.md section 4).
func (c *Cloud) ImageRoom(ctx context.Context, ref reinstall.Ref) (used, most int, err error) {
	s, err := c.site(notMade, ref.Account, ref.Region)
	if err != nil {
		return 0, 0, err
	}
	quota, err := s.imageQuota(ctx)
	if err == nil && quota.ImageNumQuota == nil {
		err = errNoAnswer
	}
	if err != nil {
		return 0, 0, s.failed(notMade, describeImageQuota, err)
	}
	_, own, err := s.imagePage(ctx, 0, 1, "", filter("image-type", reinstall.ImagePrivate))
	if err == nil && own == nil {
		err = errNoAnswer
	}
	if err != nil {
		return 0, 0, s.failed(notMade, describeImages, err)
	}
	return int(*own), int(*quota.ImageNumQuota), nil
}

func (s *site) imageQuota(ctx context.Context) (*cvm.DescribeImageQuotaResponseParams, error) {
	return read(ctx, s, describeImageQuota, func(ctx context.Context) (*cvm.DescribeImageQuotaResponseParams, *string, error) {
		r, err := s.cvm.DescribeImageQuotaWithContext(ctx, cvm.NewDescribeImageQuotaRequest())
		if err != nil || r.Response == nil {
			return nil, nil, err
		}
		return r.Response, r.Response.RequestId, nil
	})
}
