package account

import (
	"slices"
	"time"

	"twokey/cloud/fakecvm/apierr"
)

// SnapshotRecord is a snapshot with the job that makes it, if it is being made.
type SnapshotRecord struct {
	Snapshot
	job *job
}

// View is a copy of the snapshot at a virtual time.
func (s *SnapshotRecord) View(now time.Duration) Snapshot {
	v := s.Snapshot
	if s.job != nil {
		v.Percent = int(99 * s.job.progress(now))
	}
	return v
}

// FindSnapshot finds a snapshot in a region, also one past its deadline.
func (a *Account) FindSnapshot(id, region string) *SnapshotRecord {
	for _, s := range a.Snapshots {
		if s.ID == id && s.Region == region {
			return s
		}
	}
	return nil
}

// liveSnapshot finds a snapshot that has not passed its deadline.
func (a *Account) liveSnapshot(id, region string) *SnapshotRecord {
	s := a.FindSnapshot(id, region)
	if s == nil || a.isGone(s) {
		return nil
	}
	return s
}

// isGone reports whether the snapshot is past its deadline: then the cloud deletes
// it.
func (a *Account) isGone(s *SnapshotRecord) bool {
	return !s.Deadline.IsZero() && !a.Clock.Wall().Before(s.Deadline) ||
		a.Switches.On("snapshot_expired", a.ownerOf(s.DiskID))
}

// ShownSnapshots lists the snapshots of a region as DescribeSnapshots shows them.
func (a *Account) ShownSnapshots(region string) (all []Snapshot) {
	for _, s := range a.Snapshots {
		if s.Region != region || a.isGone(s) {
			continue
		}
		v := s.View(a.Clock.Virtual())
		if left := a.Switches.Duration("snapshot_expiring", a.ownerOf(s.DiskID), 0); left > 0 {
			v.Deadline = a.Clock.Wall().Add(left)
		}
		all = append(all, v)
	}
	return all
}

// SnapshotableDisk finds a disk of which a snapshot can be begun now.
func (a *Account) SnapshotableDisk(id, region string) (AttachedDisk, *apierr.Error) {
	all := a.DisksIn(region)
	n := slices.IndexFunc(all, func(d AttachedDisk) bool { return d.ID == id })
	if n < 0 {
		return AttachedDisk{}, apierr.Errorf("InvalidDiskId.NotFound", "The disk `%s` is not found.", id)
	}
	if m := a.FindMachine(all[n].Of.ID); m.job != nil && all[n].Usage == UsageSystem {
		return AttachedDisk{}, apierr.Errorf("InvalidDisk.Busy", "The disk `%s` is in use by an operation on `%s`.", id,
			m.ID)
	}
	for _, s := range a.Snapshots {
		if s.DiskID == id && s.job != nil {
			return AttachedDisk{}, apierr.Errorf("ResourceUnavailable.SnapshotCreating",
				"A snapshot of the disk `%s` is being created.", id)
		}
	}
	return all[n], nil
}

// addSnapshot makes a snapshot that is CREATING until j completes it.
func (a *Account) addSnapshot(d Disk, region, zone, name string, j *job) *SnapshotRecord {
	s := &SnapshotRecord{job: j, Snapshot: Snapshot{
		ID: a.newID("snap-"), Region: region, Zone: zone, Name: name, DiskID: d.ID, Usage: UsageData, SizeGB: d.SizeGB,
		State: StateCreating, Created: a.Clock.Wall(),
	}}
	if m := a.FindMachine(a.ownerOf(d.ID)); m != nil && m.SystemDisk.ID == d.ID {
		s.Usage = UsageSystem
	}
	a.Snapshots = append(a.Snapshots, s)
	return s
}

func (a *Account) completeSnapshots(ids []string) {
	for _, s := range a.Snapshots {
		if slices.Contains(ids, s.ID) {
			s.job, s.State, s.Percent = nil, StateNormal, 100
		}
	}
}

func (a *Account) dropSnapshots(ids []string) {
	a.Snapshots = slices.DeleteFunc(a.Snapshots, func(s *SnapshotRecord) bool { return slices.Contains(ids, s.ID) })
}

// PutSnapshot adds a snapshot, or replaces the one of that id and region.
func (a *Account) PutSnapshot(s Snapshot) {
	if old := a.FindSnapshot(s.ID, s.Region); old != nil {
		old.Snapshot, old.job = s, nil
		return
	}
	a.Snapshots = append(a.Snapshots, &SnapshotRecord{Snapshot: s})
}

// CreateSnapshot begins a snapshot of a disk and returns its id. It does not touch
// LatestOperation, which is the instance's and not the disk's.
func (a *Account) CreateSnapshot(disk AttachedDisk, region, name string, deadline time.Time) string {
	j := a.newJob("", SnapshotTakes)
	s := a.addSnapshot(disk.Disk, region, disk.Of.Zone, name, j)
	s.Deadline, s.Usage = deadline, disk.Usage
	j.finish = func(time.Duration) { a.completeSnapshots([]string{s.ID}) }
	a.beginJob(j)
	return s.ID
}
