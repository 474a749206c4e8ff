package cloud

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	cvm "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cvm/v20170312"
	"golang.org/x/sync/errgroup"

	"twokey/cloud/api"
	"twokey/cloud/errcode"
	"twokey/commands/reinstall"
)

var imageID = regexp.MustCompile(`^img-[0-9a-z]{8}$`)

// listImages lists the site's images that pass all filters, and that fit the
// instance type where one is given.
func listImages(ctx context.Context, s *api.Region, instanceType string, filters ...*cvm.Filter) ([]*cvm.Image, error) {
	all, err := api.AllPages(func(offset int) ([]*cvm.Image, *int64, error) {
		return imagePage(ctx, s, offset, api.PageSize, instanceType, filters...)
	})
	return api.Unique(slices.DeleteFunc(all, func(i *cvm.Image) bool { return i == nil }), func(i *cvm.Image) string { return api.Val(i.ImageId) }), err
}

// imagePage is one page of that list, and how many there are in all, where the
// cloud says it.
func imagePage(ctx context.Context, s *api.Region, offset, most int, instanceType string, filters ...*cvm.Filter) ([]*cvm.Image, *int64, error) {
	answer, err := api.Read(ctx, s, api.DescribeImages, func(ctx context.Context) (*cvm.DescribeImagesResponseParams, *string, error) {
		q := cvm.NewDescribeImagesRequest()
		q.Filters, q.Offset, q.Limit = filters, new(uint64(offset)), new(uint64(most))
		if instanceType != "" {
			q.InstanceType = new(instanceType)
		}
		r, err := s.CVM.DescribeImagesWithContext(ctx, q)
		if err != nil || r.Response == nil {
			return nil, nil, err
		}
		return r.Response, r.Response.RequestId, nil
	})
	if err != nil {
		return nil, nil, err
	}
	return answer.ImageSet, answer.TotalCount, nil
}

// imagesByID reads the images that still exist among the ids, which the cloud
// takes five at a time in a filter. (By parameter it would refuse all of them
// for one that was deleted.)
func imagesByID(ctx context.Context, s *api.Region, ids []string) (map[string]*cvm.Image, error) {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	chunks := slices.Collect(slices.Chunk(ids, 5))
	found := make([][]*cvm.Image, len(chunks))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(8)
	for n, chunk := range chunks {
		g.Go(func() (err error) {
			found[n], err = listImages(ctx, s, "", filter("image-id", chunk...))
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

// resolveImage finds the one image that is named by id or by exact name (the
// cloud's filter by name is fuzzy). Several with one name are a refusal that
// lists them: never the first match.
func resolveImage(ctx context.Context, s *api.Region, named string) (img reinstall.Image, found bool, err error) {
	if imageID.MatchString(named) {
		byID, err := imagesByID(ctx, s, []string{named})
		if err != nil || byID[named] == nil {
			return img, false, err
		}
		return imageOf(byID[named]), true, nil
	}
	all, err := imagesNamed(ctx, s, named)
	switch {
	case err != nil || len(all) == 0:
		return img, false, err
	case len(all) > 1:
		var ids []string
		for _, i := range all {
			ids = append(ids, api.Val(i.ImageId)+" ("+strings.ToLower(strings.TrimSuffix(api.Val(i.ImageType), "_IMAGE"))+")")
		}
		return img, false, reinstall.Refuse(api.NotRead, fmt.Sprintf("%d images in %s are named “%s”", len(all), s.Name, errcode.Shorten(named, 60)),
			"Name one by its id: "+strings.Join(ids, ", "))
	}
	return imageOf(all[0]), true, nil
}

func imagesNamed(ctx context.Context, s *api.Region, name string, more ...*cvm.Filter) ([]*cvm.Image, error) {
	all, err := listImages(ctx, s, "", append(more, filter("image-name", name))...)
	return slices.DeleteFunc(all, func(i *cvm.Image) bool { return api.Val(i.ImageName) != name }), err
}

// imageOf says in our words what DescribeImages says of one image.
func imageOf(i *cvm.Image) reinstall.Image {
	created, _ := api.Time(i.CreatedTime)
	return reinstall.Image{
		ID: api.Val(i.ImageId), Name: api.Val(i.ImageName), Type: api.Val(i.ImageType), State: api.Val(i.ImageState),
		OSName: api.Val(i.OsName), Platform: api.Val(i.Platform), Arch: api.Val(i.Architecture), License: api.Val(i.LicenseType),
		SizeGB: int(api.Val(i.ImageSize)), Deprecated: api.Val(i.ImageDeprecated), Created: created,
		Percent: int(api.Val(i.SyncPercent)),
	}
}

// CreateImage starts an image of the instance's system disk alone, since
// ResetInstance refuses whole-machine images. It is sent once. A name that is
// taken is the name of our own earlier call, whose answer was lost: then the
// image of that name is the answer (facts/tencent.md section 4).
func (c *Cloud) CreateImage(ctx context.Context, ref reinstall.Ref, name string, stop bool) (string, error) {
	s, err := c.oneRegion(api.NotMade, ref.Account, ref.Region)
	if err != nil {
		return "", err
	}
	if ref.Instance == "" || name == "" || len([]rune(name)) > 60 {
		return "", reinstall.Refuse(api.NotMade, "an image needs a machine and a name of at most 60 characters", "Name both")
	}
	answer, err := api.Attempt(ctx, s, api.CreateImage, func(ctx context.Context) (*cvm.CreateImageResponseParams, *string, error) {
		q := cvm.NewCreateImageRequest()
		q.InstanceId, q.ImageName = new(ref.Instance), new(name)
		q.ImageDescription = new(madeOf(ref.Instance))
		q.ForcePoweroff = new(strings.ToUpper(fmt.Sprint(stop)))
		r, err := s.CVM.CreateImageWithContext(ctx, q)
		if err != nil || r.Response == nil {
			return nil, nil, err
		}
		return r.Response, r.Response.RequestId, nil
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
		return "", s.Fault(api.NotMade, api.CreateImage, err)
	}
	if id := api.Val(answer.ImageId); id != "" {
		return id, nil
	}
	return "", s.Fault(api.NotMade, api.CreateImage, api.ErrNoAnswer)
}

// ImageByName looks an own image up by its exact name.
func (c *Cloud) ImageByName(ctx context.Context, ref reinstall.Ref, name string) (img reinstall.Image, found bool, err error) {
	s, err := c.oneRegion(api.NotRead, ref.Account, ref.Region)
	if err != nil {
		return img, false, err
	}
	if name == "" {
		return img, false, reinstall.Refuse(api.NotRead, "no image was named", "Name it")
	}
	all, err := imagesNamed(ctx, s, name, filter("image-type", reinstall.ImagePrivate))
	switch {
	case err != nil:
		return img, false, s.Fault(api.NotRead, api.DescribeImages, err)
	case len(all) == 0:
		return img, false, nil
	case len(all) > 1:
		return img, false, reinstall.Refuse(api.NotRead, fmt.Sprintf("%d own images are named “%s”", len(all), errcode.Shorten(name, 60)), "Name one by its id")
	}
	return imageOf(all[0]), true, nil
}
