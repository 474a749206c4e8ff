package cloud

import (
	"context"
	"slices"

	cbs "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cbs/v20170312"
	cvm "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cvm/v20170312"

	"twokey/cloud/api"
	"twokey/cloud/describe"
	"twokey/commands/reinstall"
)

// maxDataSnapshots bounds the snapshots of data disks that are listed: they are no
// evidence, and only shown so that nobody takes one for it.
const maxDataSnapshots = 5

// dataSnapshots lists the newest snapshots of the machine's data disks.
func dataSnapshots(ctx context.Context, r *api.Region, i reinstall.Instance) ([]*cbs.Snapshot, error) {
	var ids []string
	for _, d := range i.DataDisks {
		if d.ID != "" && !d.Local() {
			ids = append(ids, d.ID)
		}
	}
	var out []*cbs.Snapshot
	for chunk := range slices.Chunk(ids, 5) { // values that a filter takes
		some, _, err := describe.SnapshotPage(ctx, r, 0, maxDataSnapshots, "disk-id", chunk...)
		if err != nil {
			return nil, err
		}
		out = append(out, slices.DeleteFunc(some, func(snap *cbs.Snapshot) bool {
			return snap == nil || api.Val(snap.SnapshotId) == "" || !slices.Contains(chunk, api.Val(snap.DiskId))
		})...)
	}
	return out, nil
}

// backupDescription is the description by which an image of Twokey's own is found to be of
// a machine: images name no source otherwise (cloud/doc.go 6.4).
func backupDescription(instance string) string {
	return "Backup of " + instance + " before a reinstall, made by twokey"
}

// imagesMadeEarlier lists the images that Twokey made of the machine for any
// proposal. They are asked for only where no snapshot tells them: on local
// disks.
func imagesMadeEarlier(ctx context.Context, r *api.Region, i reinstall.Instance) (map[string]*cvm.Image, error) {
	out := map[string]*cvm.Image{}
	if i.SystemDisk.ID != "" && !i.SystemDisk.Local() {
		return out, nil
	}
	all, err := describe.Images(ctx, r, "", describe.Filter("image-type", reinstall.ImagePrivate), describe.Filter("image-name", "twokey-"))
	for _, img := range all {
		if api.Val(img.ImageDescription) == backupDescription(i.Instance) {
			out[api.Val(img.ImageId)] = img
		}
	}
	return out, err
}
