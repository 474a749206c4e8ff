package cloud

import (
	"context"

	"twokey/cloud/api"
	"twokey/cloud/describe"
	"twokey/commands/reinstall"
)

// ImageRoom counts the own images of the machine's region, and how many may be
// there. The cloud tells only the latter by itself (cloud/doc.go 5.4).
func (c *Cloud) ImageRoom(ctx context.Context, ref reinstall.Ref) (used, most int, err error) {
	r, err := c.oneRegion(api.NotMade, ref.Account, ref.Region)
	if err != nil {
		return 0, 0, err
	}
	quota, err := describe.ImageQuota(ctx, r)
	if err == nil && quota.ImageNumQuota == nil {
		err = api.ErrNoAnswer
	}
	if err != nil {
		return 0, 0, r.Fault(api.NotMade, api.DescribeImageQuota, err)
	}
	_, own, err := describe.ImagePage(ctx, r, 0, 1, "", describe.Filter("image-type", reinstall.ImagePrivate))
	if err == nil && own == nil {
		err = api.ErrNoAnswer
	}
	if err != nil {
		return 0, 0, r.Fault(api.NotMade, api.DescribeImages, err)
	}
	return int(*own), int(*quota.ImageNumQuota), nil
}
