package model

import (
	"fmt"
	"slices"
	"time"
)

// minBackupLife is how long a backup must still live to count: who finds out tomorrow
// that a wipe was wrong must still find it.
const minBackupLife = 24 * time.Hour

// Usable says why the evidence cannot be the backup key of the plan, or nil.
// It is asked when the backup is confirmed and again just before arming.
func (e Evidence) Usable(p Plan, now time.Time) *Refusal {
	no := func(why, next string) *Refusal { return Refuse(RefusalTitle(VerbBackup), why, next) }
	const other = "Pick another backup, or press Make backup image"
	age := now.Sub(e.Created)
	switch {
	case e.State != ImageNormal:
		return no(e.ID+" is not usable yet ("+e.State+")", "Wait until it is ready, or pick another backup")
	case e.Created.IsZero() || e.Created.After(now.Add(time.Minute)):
		return no("the cloud does not say when "+e.ID+" was made", other)
	case e.onDataDisk(p):
		return no(e.ID+" was taken of data disk "+e.DiskID+", not of the system disk, which is what is wiped", other)
	case !e.isOfSystemDisk(p):
		return no("the cloud does not show that "+e.ID+" was taken of the system disk that is attached now", other)
	case e.Kind == EvidenceSnapshot && p.ChangesPlatform():
		return no("after a change of platform "+e.ID+" may not fit the new system disk",
			"Use an image: press Make backup image")
	case e.Kind == EvidenceSnapshot && p.Disk.Local():
		return no("local disks have no snapshots", "Press Make backup image")
	case p.Terms.BackupMaxAge > 0 && age > p.Terms.BackupMaxAge:
		return no(fmt.Sprintf("%s is %s old, and the policy allows %s", e.ID, HumanDuration(age),
			HumanDuration(p.Terms.BackupMaxAge)), other)
	case !e.Expires.IsZero() && e.Expires.Before(now.Add(minBackupLife)):
		return no(e.ID+" expires within a day", other)
	}
	return nil
}

// isOfSystemDisk reports whether the evidence is of the system disk that the plan
// wipes. An image names its source only if it is built on a snapshot of the disk. A
// local disk has no snapshots: there Twokey's own note in the image's description
// counts.
func (e Evidence) isOfSystemDisk(p Plan) bool {
	switch {
	case e.Ours:
		return true
	case p.Disk.Local():
		return e.MadeOf != "" && e.MadeOf == p.Instance || e.DiskID != "" && e.DiskID == p.Disk.ID
	}
	return e.DiskID != "" && e.DiskID == p.Disk.ID
}

func (e Evidence) onDataDisk(p Plan) bool {
	return e.DiskID != "" && e.DiskID != p.Disk.ID && slices.ContainsFunc(p.DataDisks,
		func(d Disk) bool { return d.ID == e.DiskID })
}
