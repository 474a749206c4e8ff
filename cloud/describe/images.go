package describe

import (
	"context"
	"regexp"
	"slices"

	cvm "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cvm/v20170312"
	"golang.org/x/sync/errgroup"

	"twokey/cloud/api"
	"twokey/cloud/errcode"
	"twokey/commands/reinstall/model"
)

// ImageID matches the id of an image.
var ImageID = regexp.MustCompile(`^img-[0-9a-z]{8}$`)

// Images lists the region's images that pass all filters. If instanceType is not
// empty, it lists only images for that type.
func Images(ctx context.Context, r *api.Region, instanceType string, filters ...*cvm.Filter) ([]*cvm.Image, error) {
	all, err := api.AllPages(func(offset int) ([]*cvm.Image, *int64, error) {
		return ImagePage(ctx, r, offset, api.PageSize, instanceType, filters...)
	})
	return api.Unique(slices.DeleteFunc(all, func(i *cvm.Image) bool { return i == nil }),
		func(i *cvm.Image) string { return api.Val(i.ImageId) }), err
}

// ImagePage is one page of that list. The count is of all pages, or nil if the cloud
// does not say it.
func ImagePage(ctx context.Context, r *api.Region, offset, most int, instanceType string,
	filters ...*cvm.Filter,
) ([]*cvm.Image, *int64, error) {
	answer, err := api.Read(ctx, r, api.DescribeImages,
		func(ctx context.Context) (*cvm.DescribeImagesResponseParams, *string, error) {
			q := cvm.NewDescribeImagesRequest()
			q.Filters, q.Offset, q.Limit = filters, new(uint64(offset)), new(uint64(most))
			if instanceType != "" {
				q.InstanceType = new(instanceType)
			}
			resp, err := r.CVM.DescribeImagesWithContext(ctx, q)
			if err != nil || resp.Response == nil {
				return nil, nil, err
			}
			return resp.Response, resp.Response.RequestId, nil
		})
	if err != nil {
		return nil, nil, err
	}
	return answer.ImageSet, answer.TotalCount, nil
}

// ImagesByID reads the images that still exist among the ids. A filter takes five at
// a time; the parameter ImageIds would refuse all for one deleted image.
func ImagesByID(ctx context.Context, r *api.Region, ids []string) (map[string]*cvm.Image, error) {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	chunks := slices.Collect(slices.Chunk(ids, 5))
	found := make([][]*cvm.Image, len(chunks))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(8)
	for n, chunk := range chunks {
		g.Go(func() (err error) {
			found[n], err = Images(ctx, r, "", Filter("image-id", chunk...))
			if code := errcode.Of(err); code == "InvalidImageId.NotFound" || code == "InvalidImageId.Malformed" {
				return nil
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	out := map[string]*cvm.Image{}
	for _, i := range slices.Concat(found...) {
		if slices.Contains(ids, api.Val(i.ImageId)) {
			out[*i.ImageId] = i
		}
	}
	return out, nil
}

// ImagesNamed lists the images of exactly that name; the cloud's filter is fuzzy.
func ImagesNamed(ctx context.Context, r *api.Region, name string, more ...*cvm.Filter) ([]*cvm.Image, error) {
	all, err := Images(ctx, r, "", append(more, Filter("image-name", name))...)
	return slices.DeleteFunc(all, func(i *cvm.Image) bool { return api.Val(i.ImageName) != name }), err
}

// ImageOf is an image of DescribeImages in our words.
func ImageOf(i *cvm.Image) model.Image {
	created, _ := api.Time(i.CreatedTime)
	return model.Image{
		ID: api.Val(i.ImageId), Name: api.Val(i.ImageName), Type: api.Val(i.ImageType), State: api.Val(i.ImageState),
		OSName: api.Val(i.OsName), Platform: api.Val(i.Platform), Arch: api.Val(i.Architecture),
		License: api.Val(i.LicenseType),
		SizeGB:  int(api.Val(i.ImageSize)), Deprecated: api.Val(i.ImageDeprecated), Created: created,
		Percent: int(api.Val(i.SyncPercent)),
	}
}

// ImageQuota reads how many custom images the region may have.
func ImageQuota(ctx context.Context, r *api.Region) (*cvm.DescribeImageQuotaResponseParams, error) {
	return api.Read(ctx, r, api.DescribeImageQuota,
		func(ctx context.Context) (*cvm.DescribeImageQuotaResponseParams, *string, error) {
			resp, err := r.CVM.DescribeImageQuotaWithContext(ctx, cvm.NewDescribeImageQuotaRequest())
			if err != nil || resp.Response == nil {
				return nil, nil, err
			}
			return resp.Response, resp.Response.RequestId, nil
		})
}
