package beliefs

import (
	"context"
	"fmt"
	"time"

	cbs "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cbs/v20170312"
	cvm "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cvm/v20170312"

	"twokey/cloud/api"
	"twokey/cloud/around"
	"twokey/cloud/describe"
	"twokey/commands/port"
	"twokey/commands/reinstall/model"
)

const (
	// madeTogether is how far apart the times of a machine and of its system disk may
	// be; seven recorded ones were the same to the second.
	madeTogether = 5 * time.Minute
	// widestZone is the greatest difference between two zones.
	widestZone = 14 * time.Hour
)

// eachPair calls f for each machine with the system disk that CBS lists for it.
func eachPair(machines []*describe.RawInstance, disks []*cbs.Disk, f func(*describe.RawInstance, *cbs.Disk)) {
	byMachine := map[string]*cbs.Disk{}
	for _, d := range disks {
		if d != nil && api.Val(d.InstanceId) != "" {
			byMachine[api.Val(d.InstanceId)] = d
		}
	}
	for _, i := range machines {
		if i != nil && byMachine[api.Val(i.InstanceId)] != nil {
			f(i, byMachine[api.Val(i.InstanceId)])
		}
	}
}

// withDisks is eachRegion for looks that need the system disks too.
func (v *survey) withDisks(ctx context.Context, f func(*surveyed, []*cbs.Disk) (port.BeliefState, string)) port.BeliefResult {
	return v.eachRegion(ctx, func(r *api.Region, one *surveyed) (port.BeliefState, string) {
		disks, err := v.disksOf(ctx, r)
		if err != nil {
			return port.Inconclusive, around.WhyUnchecked(api.DescribeDisks, err)
		}
		return f(one, disks)
	})
}

// diskTimes compares the times of machines and their disks. A disk that was made
// long after its machine proves nothing. One that is whole hours off shows another
// zone.
func (v *survey) diskTimes(ctx context.Context) port.BeliefResult {
	return v.withDisks(ctx, func(one *surveyed, disks []*cbs.Disk) (port.BeliefState, string) {
		same, apart, shifted, off := 0, 0, 0, counted{}
		eachPair(one.machines, disks, func(i *describe.RawInstance, d *cbs.Disk) {
			made, ok := api.Time(i.CreatedTime)
			at, read := api.Time(d.CreateTime)
			if !ok || !read {
				shifted++
				off["unreadable"]++
				return
			}
			diff := at.Sub(made)
			zone := diff.Round(time.Hour)
			switch {
			case diff.Abs() <= madeTogether:
				same++
			case (diff-zone).Abs() <= madeTogether && zone.Abs() <= widestZone:
				shifted++
				off[fmt.Sprintf("%+g h", zone.Hours())]++
			default:
				apart++
			}
		})
		seen := fmt.Sprintf("system disks as old as their machine %d, made at another time %d, whole hours off: %s", same,
			apart, off)
		switch {
		case 10*shifted > same:
			return port.Differs, seen
		case same > 0: // one disk in ten may be a later one, made at such an hour by chance
			return port.Holds, seen
		}
		return port.Inconclusive, seen
	})
}

// diskIDs leaves out machines that name no disk, and local disks, which CBS does not
// know.
func (v *survey) diskIDs(ctx context.Context) port.BeliefResult {
	return v.withDisks(ctx, func(one *surveyed, disks []*cbs.Disk) (port.BeliefState, string) {
		same, other, none := 0, 0, 0
		eachPair(one.machines, disks, func(i *describe.RawInstance, d *cbs.Disk) {
			switch {
			case i.SystemDisk == nil || api.Val(i.SystemDisk.DiskId) == "":
				none++
			case api.Val(i.SystemDisk.DiskId) == api.Val(d.DiskId):
				same++
			default:
				other++
			}
		})
		seen := fmt.Sprintf("system disks with the same id %d, with another id %d, machines that name no disk %d", same,
			other, none)
		switch {
		case other > 0:
			return port.Differs, seen
		case same > 0:
			return port.Holds, seen
		}
		return port.Inconclusive, seen
	})
}

// imageTimes looks at the machines, one page of own images and one of public ones.
func (v *survey) imageTimes(ctx context.Context) port.BeliefResult {
	var g gathered
	for _, r := range v.allRegions() {
		shapes := counted{}
		note := func(at *string) {
			if api.Val(at) == "" {
				shapes["absent"]++
			} else if _, err := time.Parse(time.RFC3339, *at); err == nil {
				shapes["with a zone"]++
			} else {
				shapes["other"]++
			}
		}
		for _, i := range v.region(ctx, r).machines {
			if i != nil {
				note(i.CreatedTime)
			}
		}
		images, err := ownAndPublicImages(api.WithAttemptTimeout(ctx, v.client.AroundTimeout), r)
		for _, i := range images {
			note(i.CreatedTime)
		}
		switch seen := "times of machines and images: " + shapes.String(); {
		case shapes["other"] > 0:
			g.add(v.placeOf(r), port.Differs, seen)
		case err != nil:
			g.add(v.placeOf(r), port.Inconclusive, around.WhyUnchecked(api.DescribeImages, err))
		case shapes["with a zone"] > 0:
			g.add(v.placeOf(r), port.Holds, seen)
		default:
			g.add(v.placeOf(r), port.Inconclusive, seen)
		}
	}
	return g.result()
}

func ownAndPublicImages(ctx context.Context, r *api.Region) (all []*cvm.Image, err error) {
	for _, kind := range []string{model.ImagePrivate, model.ImagePublic} {
		page, _, err := describe.ImagePage(ctx, r, 0, api.PageSize, "", describe.Filter("image-type", kind))
		if err != nil {
			return all, err
		}
		for _, i := range page {
			if i != nil {
				all = append(all, i)
			}
		}
	}
	return all, nil
}
