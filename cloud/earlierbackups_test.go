package cloud

import (
	"testing"
	"time"

	"twokey/cloud/fakecvm"
	"twokey/commands/reinstall/model"
)

func TestASnapshotOfADataDiskIsListedAsThat(t *testing.T) {
	l := newLab(t)
	i, _ := l.fake.Instance(fakecvm.Web01)
	for n, age := range []time.Duration{
		time.Hour, 2 * time.Hour, 3 * time.Hour, 4 * time.Hour, 5 * time.Hour,
		6 * time.Hour,
	} {
		l.fake.AddSnapshot(fakecvm.Snapshot{
			ID: "snap-datadis" + string(rune('0'+n)), Region: fakecvm.Guangzhou, DiskID: i.DataDisks[0].ID,
			Usage:  "DATA_DISK",
			SizeGB: 200,
			State:  "NORMAL", Percent: 100, Created: time.Now().Add(-age),
		})
	}
	n := 0
	for _, e := range l.evidenceOf(t, fakecvm.Web01, "", "") {
		if e.DiskID == i.DataDisks[0].ID {
			n++
		}
	}
	if n != maxDataSnapshots {
		t.Errorf("%d snapshots of the data disk, want the newest %d", n, maxDataSnapshots)
	}
}

// On a local disk no snapshot leads to an image: Twokey's own word in its
// description does, for this very machine and no other.
func TestAnImageMadeForAnEarlierProposalIsFoundOnALocalDisk(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	id, err := l.CreateImage(ctx(t), guangzhou(fakecvm.LocalSSD), "twokey-7k3q-1", false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.CreateImage(ctx(t), guangzhou(fakecvm.OldLocal), "twokey-7k3q-2", false); err != nil {
		t.Fatal(err)
	}
	if err := l.fake.Advance(fakecvm.ImageTakes); err != nil {
		t.Fatal(err)
	}
	got := l.evidenceOf(t, fakecvm.LocalSSD, "", "")
	if len(got) != 1 || got[0].ID != id || got[0].MadeOf != fakecvm.LocalSSD || got[0].Ours ||
		got[0].Kind != model.EvidenceImage {
		t.Errorf("evidence: %+v", got)
	}
	if got := l.evidenceOf(t, fakecvm.LocalSSD, "", id); len(got) != 1 || !got[0].Ours {
		t.Errorf("for the proposal that it was made for: %+v", got)
	}
}
