package fakecvm

import (
	"slices"
	"time"

	"twokey/cloud/fakecvm/apierr"
)

// snapshotRecord is a snapshot with the job that makes it, if it is being made.
type snapshotRecord struct {
	Snapshot
	job *job
}

func (s *snapshotRecord) view(now time.Duration) Snapshot {
	v := s.Snapshot
	if s.job != nil {
		v.Percent = int(99 * s.job.done(now))
	}
	return v
}

// snapshot finds a snapshot in a region, whether or not it is still to be seen.
func (a *account) snapshot(id, region string) *snapshotRecord {
	for _, s := range a.snapshots {
		if s.ID == id && s.Region == region {
			return s
		}
	}
	return nil
}

// liveSnapshot finds a snapshot that has not passed its deadline.
func (a *account) liveSnapshot(id, region string) *snapshotRecord {
	s := a.snapshot(id, region)
	if s == nil || a.gone(s) {
		return nil
	}
	return s
}

// gone: a snapshot is deleted at its deadline.
func (a *account) gone(s *snapshotRecord) bool {
	return !s.Deadline.IsZero() && !a.clock.cloud().Before(s.Deadline) ||
		a.switches.On("snapshot_expired", a.owner(s.DiskID))
}

func (a *account) shownSnapshots(region string) (all []Snapshot) {
	for _, s := range a.snapshots {
		if s.Region != region || a.gone(s) {
			continue
		}
		v := s.view(a.clock.virtual())
		if left := a.switches.Duration("snapshot_expiring", a.owner(s.DiskID), 0); left > 0 {
			v.Deadline = a.clock.cloud().Add(left)
		}
		all = append(all, v)
	}
	return all
}

// snapshotable finds a disk of which a snapshot can be begun now.
func (a *account) snapshotable(id, region string) (attached, *apierr.Error) {
	all := a.disksIn(region)
	n := slices.IndexFunc(all, func(d attached) bool { return d.ID == id })
	if n < 0 {
		return attached{}, apierr.Errorf("InvalidDiskId.NotFound", "The disk `%s` is not found.", id)
	}
	if m := a.machine(all[n].of.ID); m.job != nil && all[n].usage == usageSystem {
		return attached{}, apierr.Errorf("InvalidDisk.Busy", "The disk `%s` is in use by an operation on `%s`.", id, m.ID)
	}
	for _, s := range a.snapshots {
		if s.DiskID == id && s.job != nil {
			return attached{}, apierr.Errorf("ResourceUnavailable.SnapshotCreating", "A snapshot of the disk `%s` is being created.", id)
		}
	}
	return all[n], nil
}

// addSnapshot makes a snapshot that is CREATING until j completes it.
func (a *account) addSnapshot(d Disk, region, zone, name string, j *job) *snapshotRecord {
	s := &snapshotRecord{job: j, Snapshot: Snapshot{
		ID: a.newID("snap-"), Region: region, Zone: zone, Name: name, DiskID: d.ID, Usage: usageData, SizeGB: d.SizeGB,
		State: imageCreating, Created: a.clock.cloud(),
	}}
	if m := a.machine(a.owner(d.ID)); m != nil && m.SystemDisk.ID == d.ID {
		s.Usage = usageSystem
	}
	a.snapshots = append(a.snapshots, s)
	return s
}

func (a *account) completeSnapshots(ids []string) {
	for _, s := range a.snapshots {
		if slices.Contains(ids, s.ID) {
			s.job, s.State, s.Percent = nil, imageNormal, 100
		}
	}
}

func (a *account) dropSnapshots(ids []string) {
	a.snapshots = slices.DeleteFunc(a.snapshots, func(s *snapshotRecord) bool { return slices.Contains(ids, s.ID) })
}
