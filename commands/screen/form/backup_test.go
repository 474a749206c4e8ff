package form

import (
	"testing"
	"time"

	"twokey/commands/reinstall/model"
	"twokey/commands/screen"
)

// The age is shown against the one that the policy allows.
func TestAChoiceOfBackupShowsItsAgeAndSource(t *testing.T) {
	now := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	for what, c := range map[string]struct {
		e           model.Evidence
		most        time.Duration
		label, note string
	}{
		"a snapshot": {
			model.Evidence{
				Kind: model.EvidenceSnapshot, ID: "snap-1", DiskID: "disk-1", State: "NORMAL", SizeGB: 50,
				Created: now.Add(-2 * time.Hour),
			},
			24 * time.Hour, "2 h old (at most 24 h) · snapshot · 50 GiB", "NORMAL, permanent",
		},
		"no greatest age": {
			model.Evidence{
				Kind: model.EvidenceSnapshot, ID: "snap-1", State: "NORMAL", SizeGB: 50,
				Created: now.Add(-2 * time.Hour), Expires: now.Add(72 * time.Hour),
			},
			0, "2 h old · snapshot · 50 GiB", "NORMAL, kept until 2026-11-27",
		},
		"an image of our own": {
			model.Evidence{
				Kind: model.EvidenceImage, ID: "img-1", State: "NORMAL", SizeGB: 50,
				Created: now.Add(-time.Minute), Ours: true,
			},
			time.Hour, "1 min old (at most 1 h) · image · 50 GiB", "NORMAL, permanent, made for this proposal",
		},
		"an image of a snapshot": {
			model.Evidence{
				Kind: model.EvidenceImage, ID: "img-1", State: "NORMAL", SizeGB: 50,
				Created: now.Add(-time.Minute), DiskID: "disk-1",
			},
			time.Hour, "1 min old (at most 1 h) · image · 50 GiB", "NORMAL, permanent, of this disk's snapshot",
		},
		"an earlier image": {
			model.Evidence{
				Kind: model.EvidenceImage, ID: "img-1", State: "NORMAL", SizeGB: 50,
				Created: now.Add(-time.Minute), MadeOf: "ins-1",
			},
			time.Hour, "1 min old (at most 1 h) · image · 50 GiB", "NORMAL, permanent, made by Twokey",
		},
	} {
		got := backupOption(c.e, c.most, now)
		if got.Value != c.e.ID || got.Label != c.label || got.Tail != " · "+c.e.ID || got.Note != c.note {
			t.Errorf("%s: %q, %q", what, got.Label, got.Note)
		}
		if len([]rune(got.Label+got.Tail)) > 75 || len([]rune(got.Note)) > 75 {
			t.Errorf("%s: longer than Slack shows", what)
		}
	}
}

func TestManyBackupsThatCannotBeChosenDoNotFillTheForm(t *testing.T) {
	now := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	var op oper
	op.Plan.Disk = model.Disk{ID: "disk-1", Type: "CLOUD_SSD", SizeGB: 50}
	op.Plan.Terms.BackupMaxAge = time.Hour
	var es []model.Evidence
	for range 200 {
		es = append(es, model.Evidence{
			Kind: model.EvidenceSnapshot, ID: "snap-1", DiskID: "disk-1", State: "NORMAL",
			Created: now.Add(-24 * time.Hour),
		})
	}
	op.Evidence = es
	f := Backup([]oper{op}, now)
	if n := len(f.Intro); n != screen.ShowOthers+2 {
		t.Errorf("%d lines", n)
	}
	if last := f.Intro[len(f.Intro)-1].String(); last != "190 more cannot be chosen either." {
		t.Errorf("ends %q", last)
	}
}
