package fakecvm

import (
	"twokey/cloud/fakecvm/account"
	"twokey/cloud/fakecvm/apierr"
)

// createImage begins an image of an instance's system disk, or makes one from
// snapshots. It takes no ClientToken: only the name, which must be new in its
// region, prevents a second image (cloud/doc.go 6.2).
func createImage(a *account.Account, r request) (any, *apierr.Error) {
	var in account.CreateImageParams
	if e := decode(r.body, &in); e != nil {
		return nil, e
	}
	if e := in.Check(); e != nil {
		return nil, e
	}
	plan, e := a.PlanImage(in, r.region)
	if e != nil {
		return nil, e
	}
	if e := a.CheckImageRoom(in.ImageName, r.region); e != nil {
		return nil, e
	}
	if in.DryRun {
		return nil, apierr.Errorf("DryRunOperation", "The request would have succeeded, but `DryRun` is set.")
	}
	image := a.BeginImage(plan, r.region, r.id)
	return struct {
		ImageID string `json:"ImageId"`
	}{image.ID}, nil
}
