package cloud

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	cbs "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cbs/v20170312"
	cvm "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cvm/v20170312"

	"twokey/cloud/api"
	"twokey/cloud/describe"
	"twokey/commands/reinstall/model"
)

// maxDataSnapshots bounds the list of data disks' snapshots. People see them so that
// nobody takes one for a backup.
const maxDataSnapshots = 5

// futureSlack is how far a backup may lie ahead of the cloud's clock: it may be made
// between two reads. A backup beyond it has a time that we do not understand, and
// proves nothing.
const futureSlack = 30 * time.Second

// readBackups lists the backups that the cloud confirms, newest first. They are the
// snapshots of the attached system disk, the images built on them, the image that
// Twokey made, and what the wish names. Images do not name their source, so the way
// is over the snapshots (cloud/doc.go 6.4). It lists states other than NORMAL as
// well, for people to see.
func readBackups(ctx context.Context, r *api.Region, i model.Instance, w model.Request, made string,
	now time.Time,
) ([]model.Evidence, error) {
	kind, wished, _ := strings.Cut(w.Backup, ":")
	snapshots, err := systemSnapshots(ctx, r, i.SystemDisk, kind, wished)
	if err != nil {
		return nil, r.Fault(api.NotRead, api.DescribeSnapshots, err)
	}
	others, err := dataSnapshots(ctx, r, i)
	if err != nil {
		return nil, r.Fault(api.NotRead, api.DescribeSnapshots, err)
	}
	builtOn := imagesOn(snapshots, i.SystemDisk.ID)
	ids := slices.Collect(maps.Keys(builtOn))
	if made != "" {
		ids = append(ids, made)
	}
	if kind == model.EvidenceImage && describe.ImageID.MatchString(wished) {
		ids = append(ids, wished)
	}
	images, err := describe.ImagesByID(ctx, r, ids)
	if err != nil {
		return nil, r.Fault(api.NotRead, api.DescribeImages, err)
	}
	earlier, err := imagesMadeEarlier(ctx, r, i)
	if err != nil {
		return nil, r.Fault(api.NotRead, api.DescribeImages, err)
	}
	maps.Copy(images, earlier)
	out := []model.Evidence{}
	for _, snap := range slices.Concat(snapshots, others) {
		if e, ok := snapshotEvidence(snap); ok {
			out = append(out, e)
		}
	}
	for id, img := range images {
		if e, ok := imageEvidence(img, builtOn[id], id == made); ok {
			if earlier[id] != nil {
				e.MadeOf = i.Instance
			}
			out = append(out, e)
		}
	}
	out = slices.DeleteFunc(out, func(e model.Evidence) bool { return e.Created.After(now.Add(futureSlack)) })
	slices.SortFunc(out, func(a, b model.Evidence) int {
		return cmp.Or(b.Created.Compare(a.Created), strings.Compare(a.ID, b.ID))
	})
	return out, nil
}

// imagesOn maps the id of each image that is built on a snapshot of the disk to that
// snapshot.
func imagesOn(snapshots []*cbs.Snapshot, disk string) map[string]*cbs.Snapshot {
	out := map[string]*cbs.Snapshot{}
	for _, snap := range snapshots {
		for _, img := range snap.Images {
			if id := api.Val(img.ImageId); id != "" && api.Val(snap.DiskId) == disk {
				out[id] = snap
			}
		}
	}
	return out
}

// systemSnapshots lists the disk's snapshots, in every state, and the one that the
// wish names. That one may be of another disk; its DiskID shows it. Local disks have
// no snapshots.
func systemSnapshots(ctx context.Context, r *api.Region, disk model.Disk,
	kind, wished string,
) ([]*cbs.Snapshot, error) {
	var out []*cbs.Snapshot
	if disk.ID != "" && !disk.Local() {
		all, err := describe.Snapshots(ctx, r, "disk-id", disk.ID)
		if err != nil {
			return nil, err
		}
		out = slices.DeleteFunc(all, func(snap *cbs.Snapshot) bool { return api.Val(snap.DiskId) != disk.ID })
	}
	known := func(snap *cbs.Snapshot) bool { return api.Val(snap.SnapshotId) == wished }
	if kind != model.EvidenceSnapshot || wished == "" || slices.ContainsFunc(out, known) {
		return out, nil
	}
	all, err := describe.Snapshots(ctx, r, "snapshot-id", wished)
	if err != nil {
		return nil, err
	}
	return append(out, slices.DeleteFunc(all, func(snap *cbs.Snapshot) bool { return !known(snap) })...), nil
}

// snapshotEvidence is not ok if the snapshot's times cannot be read.
func snapshotEvidence(snap *cbs.Snapshot) (model.Evidence, bool) {
	created, ok := api.Time(snap.CreateTime)
	if !ok {
		return model.Evidence{}, false
	}
	expires, ok := snapshotDeadline(snap)
	if !ok {
		return model.Evidence{}, false
	}
	e := model.Evidence{
		Kind: model.EvidenceSnapshot, ID: api.Val(snap.SnapshotId), Name: api.Val(snap.SnapshotName),
		DiskID: api.Val(snap.DiskId),
		State:  api.Val(snap.SnapshotState), Created: created, Expires: expires, SizeGB: int(api.Val(snap.DiskSize)),
	}
	if e.State == model.ImageNormal && snap.Percent != nil && *snap.Percent < 100 {
		e.State = "CREATING"
	}
	return e, true
}

// snapshotDeadline is when the snapshot ends, or the zero time if it is permanent.
// It is not ok if the cloud says neither.
func snapshotDeadline(snap *cbs.Snapshot) (time.Time, bool) {
	if api.Val(snap.DeadlineTime) == "" {
		return time.Time{}, snap.IsPermanent == nil || *snap.IsPermanent
	}
	if api.Val(snap.IsPermanent) {
		return time.Time{}, true
	}
	return api.Time(snap.DeadlineTime)
}

// imageEvidence is an image as a backup. Its content is as old as the snapshot below
// it, and it counts as ending with that snapshot. The image that Twokey made of this
// machine counts by its own time. It is not ok for an image of another account,
// which can take it back, nor if its time cannot be read.
func imageEvidence(img *cvm.Image, snap *cbs.Snapshot, ours bool) (model.Evidence, bool) {
	i := describe.ImageOf(img)
	if i.Created.IsZero() || i.Type != model.ImagePrivate {
		return model.Evidence{}, false
	}
	e := model.Evidence{
		Kind: model.EvidenceImage, ID: i.ID, Name: i.Name, State: i.State, Created: i.Created, SizeGB: i.SizeGB,
		Ours: ours,
	}
	if snap == nil {
		return e, true
	}
	s, ok := snapshotEvidence(snap)
	if !ok {
		return e, ours
	}
	e.DiskID, e.Expires = s.DiskID, s.Expires
	if !ours && s.Created.Before(e.Created) {
		e.Created = s.Created
	}
	return e, true
}

// dataSnapshots lists the newest snapshots of the machine's data disks.
func dataSnapshots(ctx context.Context, r *api.Region, i model.Instance) ([]*cbs.Snapshot, error) {
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

// backupDescription is the description of an image that Twokey makes. Nothing else
// says which machine an image is of (cloud/doc.go 6.4).
func backupDescription(instance string) string {
	return "Backup of " + instance + " before a reinstall, made by twokey"
}

// imagesMadeEarlier lists the images that Twokey made of the machine for any
// proposal. It asks for them only if no snapshot can lead to them: on local disks.
func imagesMadeEarlier(ctx context.Context, r *api.Region, i model.Instance) (map[string]*cvm.Image, error) {
	out := map[string]*cvm.Image{}
	if i.SystemDisk.ID != "" && !i.SystemDisk.Local() {
		return out, nil
	}
	all, err := describe.Images(ctx, r, "", describe.Filter("image-type", model.ImagePrivate),
		describe.Filter("image-name", "twokey-"))
	for _, img := range all {
		if api.Val(img.ImageDescription) == backupDescription(i.Instance) {
			out[api.Val(img.ImageId)] = img
		}
	}
	return out, err
}
