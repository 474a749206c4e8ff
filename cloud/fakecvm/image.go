package fakecvm

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

const (
	publicImage  = "PUBLIC_IMAGE"
	privateImage = "PRIVATE_IMAGE"
	sharedImage  = "SHARED_IMAGE"
	marketImage  = "MARKET_IMAGE"

	imageNormal   = "NORMAL"
	imageCreating = "CREATING"
	imageFailed   = "CREATEFAILED"

	usualImageQuota = 500 // custom images a region, cloud/doc.go 5.4
)

var imageIDForm = regexp.MustCompile(`^img-[a-z0-9]{8}$`)
var keyIDForm = regexp.MustCompile(`^skey-[a-z0-9]{8}$`)

// imageRecord is an image with the job that makes it, if it is being made.
type imageRecord struct {
	Image
	job *job
}

func (i *imageRecord) view(now time.Duration) Image {
	v := i.Image
	v.Snapshots = slices.Clone(v.Snapshots)
	if i.job != nil {
		v.Progress = int(99 * i.job.done(now))
	}
	return v
}

// image finds an image in a region, foreign ones included.
func (a *account) image(id, region string) *imageRecord {
	for _, i := range a.images {
		if i.ID == id && i.Region == region {
			return i
		}
	}
	return nil
}

func (a *account) shownImages(region string) (all []Image) {
	for _, i := range a.images {
		if i.Region == region && !i.Foreign {
			all = append(all, i.view(a.clock.virtual()))
		}
	}
	return all
}

// architectureOf tells ARM families (SR1, ..) from the rest.
func architectureOf(instanceType string) string {
	if strings.HasPrefix(instanceType, "SR") {
		return "arm"
	}
	return "x86_64"
}

func (a *account) imageQuota() int {
	return int(a.switches.Number("image_quota", "", usualImageQuota))
}

// keysIn lists the key pairs of a region.
func (a *account) keysIn(region string) (all []KeyPair) {
	for _, k := range a.keys {
		if k.Region == region {
			all = append(all, k)
		}
	}
	return all
}
