package cloud

import (
	"strings"
	"testing"
	"time"

	"twokey/cloud/api"
	"twokey/cloud/fakecvm"
	"twokey/commands/reinstall/model"
)

func (l *lab) evidenceOf(t *testing.T, id, backup, made string) []model.Evidence {
	t.Helper()
	f, err := l.Read(ctx(t), guangzhou(id), model.Request{Backup: backup}, made)
	if err != nil {
		t.Fatal(err)
	}
	return f.Evidence
}

func (l *lab) systemDisk(t *testing.T, id string) string {
	t.Helper()
	i, ok := l.fake.Instance(id)
	if !ok {
		t.Fatalf("no instance %s", id)
	}
	return i.SystemDisk.ID
}

func TestTimesWithoutAZoneAreChinas(t *testing.T) {
	for text, want := range map[string]string{
		"2023-03-09 10:45:11":       "2023-03-09T02:45:11Z",
		"2023-03-09T10:45:11Z":      "2023-03-09T10:45:11Z",
		"2023-03-09T10:45:11+08:00": "2023-03-09T02:45:11Z",
		"1989-07-01 00:00:00":       "1989-06-30T16:00:00Z", // no daylight saving, as the cloud has none
	} {
		got, ok := api.Time(&text)
		if !ok || got.Format(time.RFC3339) != want {
			t.Errorf("%s reads %s, want %s", text, got, want)
		}
	}
	for _, text := range []string{"", "0000-00-00 00:00:00", "yesterday", "2023-03-09"} {
		if got, ok := api.Time(&text); ok {
			t.Errorf("%q reads %s", text, got)
		}
	}
	if _, ok := api.Time(nil); ok {
		t.Error("null reads as a time")
	}
}

func TestEvidenceIsTheSnapshotsOfTheDiskNowAttachedNewestFirst(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	disk := l.systemDisk(t, fakecvm.Web01)
	add := func(id, diskID, state string, age time.Duration, deadline time.Time) {
		l.fake.AddSnapshot(fakecvm.Snapshot{
			ID: id, Region: fakecvm.Guangzhou, DiskID: diskID, Usage: "SYSTEM_DISK", SizeGB: 50, State: state,
			Percent: 100,
			Created: time.Now().Add(-age), Deadline: deadline,
		})
	}
	add("snap-newer001", disk, "NORMAL", time.Hour, time.Now().Add(48*time.Hour))
	add("snap-making01", disk, "CREATING", time.Minute, time.Time{})
	add("snap-0therd01", "disk-00000000", "NORMAL", time.Minute, time.Time{})
	add("snap-future01", disk, "NORMAL", -time.Hour, time.Time{})
	var got []string
	for _, e := range l.evidenceOf(t, fakecvm.Web01, "", "") {
		got = append(got, e.ID+" "+e.State)
		if e.DiskID != disk || e.Kind != model.EvidenceSnapshot || e.Ours {
			t.Errorf("%+v", e)
		}
	}
	if s := strings.Join(got, ", "); !strings.HasPrefix(s, "snap-making01 CREATING, snap-newer001 NORMAL, snap-") ||
		len(got) != 3 {
		t.Errorf("evidence: %s", s)
	}
	for _, e := range l.evidenceOf(t, fakecvm.Web01, "", "") {
		if left := time.Until(e.Expires); e.ID == "snap-newer001" && (left-48*time.Hour).Abs() > time.Minute {
			t.Errorf("it expires in %s", left)
		}
	}
}

func TestEvidenceIsReadOverAllPages(t *testing.T) {
	l := newLab(t)
	disk := l.systemDisk(t, fakecvm.NoBackup01)
	for n := range 250 {
		l.fake.AddSnapshot(fakecvm.Snapshot{
			ID: "snap-" + strings.Repeat("a", 5) + string([]byte{
				byte('a' + n/100), byte('0' + n/10%10),
				byte('0' + n%10),
			}),
			Region: fakecvm.Guangzhou,
			DiskID: disk, Usage: "SYSTEM_DISK", State: "NORMAL", Percent: 100,
			Created: time.Now().Add(-time.Duration(n) * time.Hour),
		})
	}
	if n := len(l.evidenceOf(t, fakecvm.NoBackup01, "", "")); n != 250 {
		t.Errorf("%d of 250", n)
	}
}

func TestAnImageIsAsOldAsTheSnapshotThatItIsBuiltOn(t *testing.T) {
	l := newLab(t)
	disk := l.systemDisk(t, fakecvm.Web01)
	old := time.Now().Add(-40 * 24 * time.Hour)
	l.fake.AddSnapshot(fakecvm.Snapshot{
		ID: "snap-month001", Region: fakecvm.Guangzhou, DiskID: disk,
		Usage: "SYSTEM_DISK", State: "NORMAL", Percent: 100, Created: old,
	})
	l.fake.AddImage(fakecvm.Image{
		ID: "img-fresh001", Region: fakecvm.Guangzhou, Name: "fresh", Type: "PRIVATE_IMAGE",
		State: "NORMAL", Created: time.Now(), Snapshots: []string{"snap-month001"},
	})
	l.fake.AddImage(fakecvm.Image{
		ID: "img-shared01", Region: fakecvm.Guangzhou, Name: "shared", Type: "SHARED_IMAGE",
		State: "NORMAL", Created: time.Now(), Snapshots: []string{"snap-month001"},
	})
	found := false
	for _, e := range l.evidenceOf(t, fakecvm.Web01, "", "") {
		switch e.ID {
		case "img-fresh001":
			found = true
			if e.Kind != model.EvidenceImage || e.DiskID != disk || e.Created.Sub(old).Abs() > time.Minute ||
				e.Name != "fresh" {
				t.Errorf("%+v", e)
			}
		case "img-shared01":
			t.Error("an image that somebody else can take back is no backup")
		}
	}
	if !found {
		t.Error("the image is no evidence")
	}
}

func TestTheImageThatTwokeyMadeIsEvidenceOfItsOwn(t *testing.T) {
	t.Parallel() // it waits for the budgets of calls
	l := newLab(t)
	for _, machine := range []string{fakecvm.Web01, fakecvm.LocalSSD} {
		id, err := l.CreateImage(ctx(t), guangzhou(machine), "twokey-"+machine, false)
		if err != nil {
			t.Fatal(err)
		}
		state := func() (string, int) {
			ours, state := 0, ""
			for _, e := range l.evidenceOf(t, machine, "", id) {
				if e.Ours {
					ours, state = ours+1, e.State
				}
				if e.Ours != (e.ID == id) {
					t.Errorf("%+v", e)
				}
			}
			return state, ours
		}
		if s, n := state(); s != "CREATING" || n != 1 {
			t.Errorf("%s: at first %d with state %q", machine, n, s)
		}
		if err := l.fake.Advance(fakecvm.ImageTakes); err != nil {
			t.Fatal(err)
		}
		if s, n := state(); s != "NORMAL" || n != 1 {
			t.Errorf("%s: then %d with state %q", machine, n, s)
		}
		for _, e := range l.evidenceOf(t, machine, "", "") {
			if e.Ours {
				t.Errorf("%s: ours without being asked for: %+v", machine, e)
			}
		}
	}
}

func TestABackupThatTheWishNamesIsReadEvenIfItIsOfAnotherDisk(t *testing.T) {
	t.Parallel() // it waits for the budgets of calls
	l := newLab(t)
	other := l.evidenceOf(t, fakecvm.Web02, "", "")[0]
	seen := map[string]model.Evidence{}
	for _, backup := range []string{
		"snapshot:" + other.ID, "image:" + fakecvm.ImageGolden,
		"image:" + fakecvm.ImageShared, "snapshot:snap-00000000", "image:img-00000000", "image:nonsense", "snapshot:",
		"image:",
	} {
		for _, e := range l.evidenceOf(t, fakecvm.Web01, backup, "") {
			seen[e.ID] = e
		}
	}
	if e := seen[other.ID]; e.DiskID != other.DiskID || e.DiskID == l.systemDisk(t, fakecvm.Web01) {
		t.Errorf("%+v", e)
	}
	if e := seen[fakecvm.ImageGolden]; e.Kind != model.EvidenceImage || e.DiskID != "" {
		t.Errorf("%+v", e)
	}
	if len(seen) != 3 {
		t.Errorf("%v", seen)
	}
}

func TestSnapshotsThatEndAreToldWhen(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.misbehave(t, "snapshot_expiring", "3h")
	for _, e := range l.evidenceOf(t, fakecvm.Web01, "", "") {
		if left := time.Until(e.Expires); (left - 3*time.Hour).Abs() > time.Minute {
			t.Errorf("it ends in %s", left)
		}
	}
	l.misbehave(t, "snapshot_expiring", "off")
	l.misbehave(t, "snapshot_expired", "on")
	if e := l.evidenceOf(t, fakecvm.Web01, "", ""); len(e) != 0 {
		t.Errorf("%+v", e)
	}
}
