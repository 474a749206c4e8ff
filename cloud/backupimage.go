package cloud

import (
	"context"
	"fmt"
	"strings"

	cvm "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cvm/v20170312"

	"twokey/cloud/api"
	"twokey/cloud/describe"
	"twokey/cloud/errcode"
	"twokey/commands/reinstall/model"
)

// CreateImage starts an image of the instance's system disk alone, for ResetInstance
// refuses whole-machine images. It sends the call once. If the name is taken, an
// earlier call of ours took it and its answer was lost: then the image of that name
// is the answer (cloud/doc.go 6.2).
func (c *Cloud) CreateImage(ctx context.Context, ref model.Ref, name string, stop bool) (string, error) {
	r, err := c.oneRegion(api.NotMade, ref.Account, ref.Region)
	if err != nil {
		return "", err
	}
	if ref.Instance == "" || name == "" || len([]rune(name)) > 60 {
		return "", model.Refuse(api.NotMade, "an image needs a machine and a name of at most 60 characters", "Name both")
	}
	answer, err := api.Attempt(ctx, r, api.CreateImage,
		func(ctx context.Context) (*cvm.CreateImageResponseParams, *string, error) {
			q := cvm.NewCreateImageRequest()
			q.InstanceId, q.ImageName = new(ref.Instance), new(name)
			q.ImageDescription = new(backupDescription(ref.Instance))
			q.ForcePoweroff = new(strings.ToUpper(fmt.Sprint(stop)))
			resp, err := r.CVM.CreateImageWithContext(ctx, q)
			if err != nil || resp.Response == nil {
				return nil, nil, err
			}
			return resp.Response, resp.Response.RequestId, nil
		})
	if errcode.Of(err) == "InvalidImageName.Duplicate" {
		img, found, lookErr := c.ImageByName(ctx, ref, name)
		switch {
		case lookErr != nil:
			return "", lookErr
		case found:
			return img.ID, nil
		}
	}
	if err != nil {
		return "", r.Fault(api.NotMade, api.CreateImage, err)
	}
	if id := api.Val(answer.ImageId); id != "" {
		return id, nil
	}
	return "", r.Fault(api.NotMade, api.CreateImage, api.ErrNoAnswer)
}

// ImageByName looks an image of the account up by its exact name.
func (c *Cloud) ImageByName(ctx context.Context, ref model.Ref,
	name string,
) (img model.Image, found bool, err error) {
	r, err := c.oneRegion(api.NotRead, ref.Account, ref.Region)
	if err != nil {
		return img, false, err
	}
	if name == "" {
		return img, false, model.Refuse(api.NotRead, "no image was named", "Name it")
	}
	all, err := describe.ImagesNamed(ctx, r, name, describe.Filter("image-type", model.ImagePrivate))
	switch {
	case err != nil:
		return img, false, r.Fault(api.NotRead, api.DescribeImages, err)
	case len(all) == 0:
		return img, false, nil
	case len(all) > 1:
		return img, false, model.Refuse(api.NotRead,
			fmt.Sprintf("%d own images are named “%s”", len(all), errcode.Shorten(name, 60)), "Name one by its id")
	}
	return describe.ImageOf(all[0]), true, nil
}

// ImageRoom counts the account's own images in the machine's region, and how many
// may be there. The quota's call answers the limit alone (cloud/doc.go 5.4).
func (c *Cloud) ImageRoom(ctx context.Context, ref model.Ref) (used, most int, err error) {
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
	_, own, err := describe.ImagePage(ctx, r, 0, 1, "", describe.Filter("image-type", model.ImagePrivate))
	if err == nil && own == nil {
		err = api.ErrNoAnswer
	}
	if err != nil {
		return 0, 0, r.Fault(api.NotMade, api.DescribeImages, err)
	}
	return int(*own), int(*quota.ImageNumQuota), nil
}
