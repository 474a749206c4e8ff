package fakecvm_test

import (
	"fmt"
	"testing"
	"time"

	cbs "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cbs/v20170312"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"

	"twokey/cloud/fakecvm"
)

// snapshotsOf reads the NORMAL snapshots of a disk, newest first.
func (r *rig) snapshotsOf(disk string) []*cbs.Snapshot {
	r.t.Helper()
	in := cbs.NewDescribeSnapshotsRequest()
	in.Filters = []*cbs.Filter{
		{Name: common.StringPtr("disk-id"), Values: common.StringPtrs([]string{disk})},
		{Name: common.StringPtr("snapshot-state"), Values: common.StringPtrs([]string{"NORMAL"})},
	}
	in.Order, in.OrderField = common.StringPtr("DESC"), common.StringPtr("CREATE_TIME")
	out, err := r.cbs(fakecvm.Guangzhou).DescribeSnapshots(in)
	r.must(err)
	return out.Response.SnapshotSet
}

func TestSnapshotTimesAreChinaTimeWithoutSayingSo(t *testing.T) {
	r := newRig(t)
	all := r.snapshotsOf(r.instance(fakecvm.Web01).SystemDisk.ID)
	if len(all) != 1 {
		t.Fatalf("%d snapshots, want 1", len(all))
	}
	shanghai := time.FixedZone("", 8*60*60)
	created, err := time.ParseInLocation("2006-01-02 15:04:05", *all[0].CreateTime, shanghai)
	r.must(err)
	if age := r.clock.Now().Sub(created).Round(time.Minute); age != 2*time.Hour {
		t.Errorf("the snapshot is %s old, want 2h", age)
	}
	if !*all[0].IsPermanent || *all[0].DeadlineTime != "" || *all[0].Percent != 100 ||
		*all[0].DiskUsage != "SYSTEM_DISK" {
		t.Errorf("it reads %+v", all[0])
	}
}

func TestASnapshotIsCreatingUntilItIsNormal(t *testing.T) {
	r := newRig(t)
	disk := r.instance(fakecvm.NoBackup01).SystemDisk.ID
	in := cbs.NewCreateSnapshotRequest()
	in.DiskId, in.SnapshotName = &disk, common.StringPtr("before")
	out, err := r.cbs(fakecvm.Guangzhou).CreateSnapshot(in)
	r.must(err)
	again := cbs.NewCreateSnapshotRequest()
	again.DiskId = &disk
	_, err = r.cbs(fakecvm.Guangzhou).CreateSnapshot(again)
	r.wantCode(err, "ResourceUnavailable.SnapshotCreating")
	if n := len(r.snapshotsOf(disk)); n != 0 {
		t.Errorf("%d NORMAL snapshots at once", n)
	}
	r.advance(fakecvm.SnapshotTakes / 2)
	byID := cbs.NewDescribeSnapshotsRequest()
	byID.SnapshotIds = []*string{out.Response.SnapshotId}
	half, err := r.cbs(fakecvm.Guangzhou).DescribeSnapshots(byID)
	r.must(err)
	if s := half.Response.SnapshotSet[0]; *s.SnapshotState != "CREATING" || *s.Percent < 40 || *s.Percent > 60 {
		t.Errorf("half way: %s %d%%", *s.SnapshotState, *s.Percent)
	}
	r.advance(fakecvm.SnapshotTakes / 2)
	if all := r.snapshotsOf(disk); len(all) != 1 || *all[0].Percent != 100 || *all[0].SnapshotName != "before" {
		t.Errorf("done: %v", all)
	}
	if i := r.instance(fakecvm.NoBackup01); i.Latest.Name == "CreateSnapshot" {
		t.Errorf("the snapshot left a trace in LatestOperation: %s", i.Latest.Name)
	}
}

func TestSnapshotsAreRefusedWhereThereCanBeNone(t *testing.T) {
	r := newRig(t)
	_, err := r.reset(fakecvm.Web02, fakecvm.ImageUbuntu20)
	r.must(err)
	for name, one := range map[string]struct {
		disk, deadline, want string
	}{
		"no disk":       {"", "", "MissingParameter"},
		"unknown disk":  {"disk-zzzzzzzz", "", "InvalidDiskId.NotFound"},
		"local disk":    {r.instance(fakecvm.OldLocal).SystemDisk.ID, "", "InvalidDiskId.NotFound"},
		"disk abroad":   {r.instance(fakecvm.SG01).SystemDisk.ID, "", "InvalidDiskId.NotFound"},
		"under a reset": {r.instance(fakecvm.Web02).SystemDisk.ID, "", "InvalidDisk.Busy"},
		"data disk":     {r.instance(fakecvm.Web02).DataDisks[0].ID, "", ""},
		"deadline past": {
			r.instance(fakecvm.Web01).SystemDisk.ID, "2020-01-01T00:00:00+00:00",
			"InvalidParameterValue",
		},
		"deadline to come": {r.instance(fakecvm.DB01).SystemDisk.ID, "2099-01-01T00:00:00+08:00", ""},
		"deadline without zone": {
			r.instance(fakecvm.DB01).SystemDisk.ID, "2099-01-01 00:00:00",
			"InvalidParameterValue",
		},
	} {
		in := cbs.NewCreateSnapshotRequest()
		if one.disk != "" {
			in.DiskId = common.StringPtr(one.disk)
		}
		if one.deadline != "" {
			in.Deadline = common.StringPtr(one.deadline)
		}
		_, err := r.cbs(fakecvm.Guangzhou).CreateSnapshot(in)
		if got := code(err); got != one.want {
			t.Errorf("%s: %q, want %q", name, got, one.want)
		}
	}
}

func TestDisksAreListedByInstanceAndLocalOnesAreNot(t *testing.T) {
	r := newRig(t)
	for id, want := range map[string]int{fakecvm.DB01: 3, fakecvm.Web01: 2, fakecvm.OldLocal: 0, fakecvm.SG01: 0} {
		in := cbs.NewDescribeDisksRequest()
		in.Filters = []*cbs.Filter{{Name: common.StringPtr("instance-id"), Values: common.StringPtrs([]string{id})}}
		out, err := r.cbs(fakecvm.Guangzhou).DescribeDisks(in)
		r.must(err)
		if int(*out.Response.TotalCount) != want || len(out.Response.DiskSet) != want {
			t.Errorf("%s has %d disks, want %d", id, *out.Response.TotalCount, want)
		}
		for _, d := range out.Response.DiskSet {
			if !*d.SnapshotAbility || *d.DiskState != "ATTACHED" || *d.InstanceId != id {
				t.Errorf("disk %s reads %s %v", *d.DiskId, *d.DiskState, *d.SnapshotAbility)
			}
		}
	}
}

// A disk goes with its machine; its snapshots stay, and are nobody's.
func TestSwitchesOfATerminatedMachineLeaveItsSnapshotsAlone(t *testing.T) {
	r := newRig(t)
	disk := r.instance(fakecvm.Web01).SystemDisk.ID
	before := len(r.snapshotsOf(disk))
	r.must(r.SwitchFor(fakecvm.Web01, "snapshot_expired", "on"))
	if n := len(r.snapshotsOf(disk)); n != 0 || before == 0 {
		t.Fatalf("%d of %d snapshots", n, before)
	}
	r.must(r.Operate(fakecvm.Web01, "TerminateInstances"))
	r.advance(fakecvm.ConsoleTakes)
	if n := len(r.snapshotsOf(disk)); n != before {
		t.Errorf("%d of %d snapshots", n, before)
	}
}

func TestSnapshotsExpire(t *testing.T) {
	r := newRig(t)
	disk := r.instance(fakecvm.Web01).SystemDisk.ID
	r.must(r.SwitchFor(fakecvm.Web01, "snapshot_expiring", "30m"))
	if s := r.snapshotsOf(disk)[0]; *s.IsPermanent || *s.DeadlineTime == "" {
		t.Errorf("expiring: permanent %v, deadline %q", *s.IsPermanent, *s.DeadlineTime)
	}
	r.must(r.SwitchFor(fakecvm.Web01, "snapshot_expired", "on"))
	if n := len(r.snapshotsOf(disk)); n != 0 {
		t.Errorf("%d snapshots past their deadline", n)
	}
	if n := len(r.snapshotsOf(r.instance(fakecvm.Web02).SystemDisk.ID)); n != 1 {
		t.Errorf("web-02 has %d snapshots, want 1", n)
	}
	r.must(r.SwitchFor(fakecvm.Web01, "snapshot_expired", "off"))
	r.AddSnapshot(fakecvm.Snapshot{
		ID: "snap-0fnature", Region: fakecvm.Guangzhou, DiskID: disk, Usage: "SYSTEM_DISK", State: "NORMAL", SizeGB: 50,
		Created: r.clock.Now().Add(-time.Hour), Deadline: r.clock.Now().Add(time.Minute),
	})
	if n := len(r.snapshotsOf(disk)); n != 2 {
		t.Errorf("%d snapshots, want 2", n)
	}
	r.clock.Add(2 * time.Minute)
	if n := len(r.snapshotsOf(disk)); n != 1 {
		t.Errorf("%d snapshots after the deadline of one, want 1", n)
	}
}

func TestSnapshotsAreOrderedAndPaged(t *testing.T) {
	r := newRig(t)
	disk := r.instance(fakecvm.Web01).SystemDisk.ID
	for n := range 4 {
		r.AddSnapshot(fakecvm.Snapshot{
			ID: fmt.Sprintf("snap-0000000%d", n), Region: fakecvm.Guangzhou, DiskID: disk, Usage: "SYSTEM_DISK",
			State:  "NORMAL",
			SizeGB: 50, Created: r.clock.Now().Add(-time.Duration(n+10) * time.Hour),
		})
	}
	newestFirst := r.snapshotsOf(disk)
	in := cbs.NewDescribeSnapshotsRequest()
	in.Filters = []*cbs.Filter{{Name: common.StringPtr("disk-id"), Values: common.StringPtrs([]string{disk})}}
	in.Order, in.Offset, in.Limit = common.StringPtr("ASC"), common.Uint64Ptr(1), common.Uint64Ptr(2)
	out, err := r.cbs(fakecvm.Guangzhou).DescribeSnapshots(in)
	r.must(err)
	if *out.Response.TotalCount != 5 || len(out.Response.SnapshotSet) != 2 ||
		*out.Response.SnapshotSet[0].SnapshotId != *newestFirst[3].SnapshotId {
		t.Errorf("second and third oldest: %d of %d", len(out.Response.SnapshotSet), *out.Response.TotalCount)
	}
	in.Order = common.StringPtr("UP")
	_, err = r.cbs(fakecvm.Guangzhou).DescribeSnapshots(in)
	r.wantCode(err, "InvalidParameterValue")
	in.Order, in.SnapshotIds = nil, common.StringPtrs([]string{"snap-00000001"})
	_, err = r.cbs(fakecvm.Guangzhou).DescribeSnapshots(in)
	r.wantCode(err, "InvalidParameterValue")
}

func TestDisksAreFoundByID(t *testing.T) {
	r := newRig(t)
	web := r.instance(fakecvm.Web01)
	in := cbs.NewDescribeDisksRequest()
	in.DiskIds = common.StringPtrs([]string{web.SystemDisk.ID, "disk-zzzzzzzz"})
	out, err := r.cbs(fakecvm.Guangzhou).DescribeDisks(in)
	r.must(err)
	if *out.Response.TotalCount != 1 || *out.Response.DiskSet[0].DiskUsage != "SYSTEM_DISK" ||
		*out.Response.DiskSet[0].SnapshotCount != 1 {
		t.Errorf("%d disks", *out.Response.TotalCount)
	}
	in.DiskIds = common.StringPtrs([]string{"vda"})
	_, err = r.cbs(fakecvm.Guangzhou).DescribeDisks(in)
	r.wantCode(err, "InvalidParameterValue")
}
