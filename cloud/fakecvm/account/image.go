package account

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// Types and states of images; a snapshot has some of the states.
const (
	PublicImage      = "PUBLIC_IMAGE"
	PrivateImage     = "PRIVATE_IMAGE"
	SharedImage      = "SHARED_IMAGE"
	MarketplaceImage = "MARKET_IMAGE"

	StateNormal       = "NORMAL"
	StateCreating     = "CREATING"
	StateCreateFailed = "CREATEFAILED"

	usualImageQuota = 500 // custom images a region, cloud/doc.go 5.4
)

var (
	// ImageIDForm is the form of an image id.
	ImageIDForm = regexp.MustCompile(`^img-[a-z0-9]{8}$`)
	KeyIDForm   = regexp.MustCompile(`^skey-[a-z0-9]{8}$`)
)

// ImageRecord is an image with the job that makes it, if it is being made.
type ImageRecord struct {
	Image
	job *job
}

// View is a copy of the image at a virtual time.
func (i *ImageRecord) View(now time.Duration) Image {
	v := i.Image
	v.Snapshots = slices.Clone(v.Snapshots)
	if i.job != nil {
		v.Progress = int(99 * i.job.progress(now))
	}
	return v
}

// findImage finds an image in a region, foreign ones included.
func (a *Account) findImage(id, region string) *ImageRecord {
	for _, i := range a.Images {
		if i.ID == id && i.Region == region {
			return i
		}
	}
	return nil
}

// ShownImages lists the images of a region as DescribeImages shows them.
func (a *Account) ShownImages(region string) (all []Image) {
	for _, i := range a.Images {
		if i.Region == region && !i.Foreign {
			all = append(all, i.View(a.Clock.Virtual()))
		}
	}
	return all
}

// ArchitectureOf is arm for the ARM families (SR1, ..) and x86_64 for the rest.
func ArchitectureOf(instanceType string) string {
	if strings.HasPrefix(instanceType, "SR") {
		return "arm"
	}
	return "x86_64"
}

// ImageQuota is how many custom images a region may have.
func (a *Account) ImageQuota() int {
	return int(a.Switches.Number("image_quota", "", usualImageQuota))
}

// KeyPairsIn lists the key pairs of a region.
func (a *Account) KeyPairsIn(region string) (all []KeyPair) {
	for _, k := range a.KeyPairs {
		if k.Region == region {
			all = append(all, k)
		}
	}
	return all
}

// PutImage adds an image, or replaces the one of that id and region.
func (a *Account) PutImage(i Image) {
	if old := a.findImage(i.ID, i.Region); old != nil {
		old.Image, old.job = i, nil
		return
	}
	a.Images = append(a.Images, &ImageRecord{Image: i})
}

// RemoveImage deletes an image that is not being made.
func (a *Account) RemoveImage(id, region string) {
	a.Images = slices.DeleteFunc(a.Images,
		func(i *ImageRecord) bool { return i.ID == id && i.Region == region && i.job == nil })
}
