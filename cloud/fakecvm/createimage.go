package fakecvm

import "twokey/cloud/fakecvm/apierr"

// createImage begins an image of an instance's system disk, or makes one from
// snapshots. It has no ClientToken: the name, which has to be new in its
// region, is the only key against doing it twice (cloud/doc.go 6.2).
func createImage(a *account, r request) (any, *apierr.Error) {
	var in createImageParams
	if e := decode(r.body, &in); e != nil {
		return nil, e
	}
	if e := in.check(); e != nil {
		return nil, e
	}
	plan, e := a.planImage(in, r.region)
	if e != nil {
		return nil, e
	}
	if e := a.roomForImage(in.ImageName, r.region); e != nil {
		return nil, e
	}
	if in.DryRun {
		return nil, apierr.Errorf("DryRunOperation", "The request would have succeeded, but `DryRun` is set.")
	}
	image := a.beginImage(plan, r)
	return struct {
		ImageID string `json:"ImageId"`
	}{image.ID}, nil
}
