package cloud

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	cvm "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cvm/v20170312"

	"twokey/cloud/api"
	"twokey/cloud/describe"
	"twokey/cloud/errcode"
	"twokey/commands/reinstall/model"
)

// Images returns the images that the instance's type takes, ready and not
// deprecated, from a cache like Fleet's. Own images come first, then shared ones,
// then public ones. It leaves out images with data disks, for ResetInstance refuses
// them (cloud/doc.go 6.3).
func (c *Cloud) Images(ctx context.Context, ref model.Ref) ([]model.Image, error) {
	r, err := c.oneRegion(api.NotFound, ref.Account, ref.Region)
	if err != nil {
		return nil, err
	}
	kind, err := c.typeOf(ctx, r, ref.Instance)
	if err != nil {
		return nil, err
	}
	return c.images.get(ctx, c, r.Account.Name+"/"+r.Name+"/"+kind, func(ctx context.Context) ([]model.Image, error) {
		return installableImages(ctx, r, kind)
	})
}

// typeOf is the instance's type, from the cached list or read.
func (c *Cloud) typeOf(ctx context.Context, r *api.Region, id string) (string, error) {
	if fleet, err := c.machinesOf(ctx, r); err == nil {
		for _, i := range fleet {
			if i.Instance == id {
				return i.Type, nil
			}
		}
	}
	i, found, err := describe.InstanceByID(ctx, r, id)
	switch {
	case err != nil:
		return "", r.Fault(api.NotRead, api.DescribeInstances, err)
	case !found:
		return "", model.Refuse(api.NotFound,
			"“"+errcode.Shorten(id, 60)+"” does not exist in "+r.Name+" of account "+r.Account.Name, "Pick the machine first")
	}
	return i.Type, nil
}

// installableImages lists the images that instances of the type take, in the order
// of imageOrder.
func installableImages(ctx context.Context, r *api.Region, instanceType string) ([]model.Image, error) {
	all, err := describe.Images(ctx, r, instanceType, describe.Filter("image-type", imageOrder...))
	if err != nil {
		return nil, r.Fault(api.NotRead, api.DescribeImages, err)
	}
	out := []model.Image{}
	for _, raw := range all {
		i := describe.ImageOf(raw)
		if i.State == model.ImageNormal && !i.Deprecated && slices.Contains(imageOrder, i.Type) && !isWholeMachine(raw) {
			out = append(out, i)
		}
	}
	slices.SortStableFunc(out, func(a, b model.Image) int {
		newest := 0
		if a.Type != model.ImagePublic {
			newest = b.Created.Compare(a.Created)
		}
		return cmp.Or(
			cmp.Compare(slices.Index(imageOrder, a.Type), slices.Index(imageOrder, b.Type)),
			newest, strings.Compare(a.Name, b.Name), strings.Compare(a.ID, b.ID),
		)
	})
	return out, nil
}

// isWholeMachine reports whether the image has data disks in it.
func isWholeMachine(i *cvm.Image) bool {
	return slices.ContainsFunc(i.SnapshotSet,
		func(s *cvm.Snapshot) bool { return s != nil && api.Val(s.DiskUsage) == "DATA_DISK" })
}

// resolveImage finds the one image that an id or an exact name names. Several images
// of one name are a refusal that lists them: never the first match.
func resolveImage(ctx context.Context, r *api.Region, named string) (img model.Image, found bool, err error) {
	if describe.ImageID.MatchString(named) {
		byID, err := describe.ImagesByID(ctx, r, []string{named})
		if err != nil || byID[named] == nil {
			return img, false, err
		}
		return describe.ImageOf(byID[named]), true, nil
	}
	all, err := describe.ImagesNamed(ctx, r, named)
	switch {
	case err != nil || len(all) == 0:
		return img, false, err
	case len(all) > 1:
		var ids []string
		for _, i := range all {
			ids = append(ids, api.Val(i.ImageId)+" ("+strings.ToLower(strings.TrimSuffix(api.Val(i.ImageType), "_IMAGE"))+")")
		}
		return img, false, model.Refuse(api.NotRead,
			fmt.Sprintf("%d images in %s are named “%s”", len(all), r.Name, errcode.Shorten(named, 60)),
			"Name one by its id: "+strings.Join(ids, ", "))
	}
	return describe.ImageOf(all[0]), true, nil
}

// imageOrder is the order of suggestions by their source.
var imageOrder = []string{model.ImagePrivate, model.ImageShared, model.ImagePublic}
