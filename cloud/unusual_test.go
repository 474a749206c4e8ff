package cloud

import (
	"testing"
	"time"

	"twokey/cloud/fakecvm"
	"twokey/commands/port"
	"twokey/commands/reinstall/model"
)

// What the cloud says of few machines, or does not say of some
// (cloud/doc.go 4.6 and 4.11).
func TestReadTellsOfUnusualMachines(t *testing.T) {
	t.Parallel() // it waits for the budgets of calls
	l := newLab(t)
	for id, has := range map[string]func(model.Facts) bool{
		fakecvm.Sealed01: func(f model.Facts) bool {
			return f.Instance.SystemDisk.Encrypted && f.Instance.SystemDisk.KmsKey == "5ea1ed01-0000-11f1-9a3b-525400a1b2c3"
		},
		fakecvm.Web01: func(f model.Facts) bool {
			return !f.Instance.SystemDisk.Encrypted && f.Instance.LoginUser == "ubuntu" && f.Instance.LoginPort == 22
		},
		fakecvm.Win01: func(f model.Facts) bool {
			return f.Instance.LoginUser == "Administrator" && f.Instance.LoginPort == 3389
		},
		fakecvm.Market01: func(f model.Facts) bool { return f.ImageFound && f.Image.Type == model.ImageMarket },
		fakecvm.Ancient01: func(f model.Facts) bool {
			return f.Instance.ImageID == "" && !f.ImageFound && f.Family() == model.Linux
		},
		fakecvm.OldLocal: func(f model.Facts) bool {
			return f.Instance.SystemDisk.ID[:6] == "ldisk-" && f.Instance.SystemDisk.Local() && len(f.Evidence) == 0
		},
	} {
		if f := l.read(t, guangzhou(id), model.Request{}); !has(f) {
			t.Errorf("%+v", f)
		}
	}
}

// A copied snapshot names no disk, so it is no backup of any machine.
func TestACopiedSnapshotIsNoEvidence(t *testing.T) {
	l := newLab(t)
	w := model.Request{Backup: "snapshot:" + fakecvm.SnapshotCopied}
	f := l.read(t, guangzhou(fakecvm.Web01), w)
	for _, e := range f.Evidence {
		if e.ID != fakecvm.SnapshotCopied {
			continue
		}
		if e.DiskID != "" {
			t.Errorf("%+v", e)
		}
		p := model.MakePlan(w, f, model.Terms{Backup: true, BackupMaxAge: 24 * time.Hour})
		if r := e.Usable(p, time.Now()); r == nil {
			t.Error("it counts as a backup of web-01")
		}
		return
	}
	t.Errorf("it is not shown: %+v", f.Evidence)
}

// After the reset the cloud says how to log in to what runs then.
func TestTheLoginIsOfTheSystemThatRunsThen(t *testing.T) {
	l := newLab(t)
	o := order()
	o.Plan.Image = model.Image{ID: fakecvm.ImageOps, Type: model.ImagePrivate}
	if a := l.Reset(ctx(t), o); a.Verdict != port.Accepted {
		t.Fatal(a)
	}
	l.fake.Advance(2 * fakecvm.ResetTakes)
	seen, err := l.Look(ctx(t), "main", fakecvm.Guangzhou, []string{fakecvm.Web01})
	if i := seen[fakecvm.Web01].Instance; err != nil || i.LoginUser != "ops" || i.LoginPort != 2222 {
		t.Errorf("%v: %+v", err, i)
	}
}
