package seal

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

var turnedAt = time.Date(2026, 3, 14, 3, 9, 0, 0, time.UTC)

// turned is a proposal with every kind of key, none of them sealed yet.
func turned() reinstall.Operation {
	return reinstall.Operation{ID: "7K3Q", Fingerprint: "f00d", TurnedKeys: reinstall.TurnedKeys{
		Approvals: []reinstall.Approval{
			{By: "U0BOB", At: turnedAt, Fingerprint: "f00d", Mail: "bob@home.example", Team: "T0HOME"},
			{By: "U0CHO", At: turnedAt.Add(time.Minute), Fingerprint: "f00d", Team: "T0HOME"},
		},
		Backup: &reinstall.BackupKey{
			By: "U0ANN", At: turnedAt, Typed: "web-01", Fingerprint: "f00d", Team: "T0HOME",
			Evidence: model.Evidence{Kind: model.EvidenceSnapshot, ID: "snap-4m7w1a0q"},
		},
		BreakGlass: &reinstall.BreakGlassUse{By: "U0ANN", At: turnedAt, Why: "the shop is down", Fingerprint: "f00d"},
	}}
}

// copyKeys is an operation whose keys can be changed without changing those of op.
func copyKeys(op reinstall.Operation) reinstall.Operation {
	op.Approvals = append([]reinstall.Approval(nil), op.Approvals...)
	b, g := *op.Backup, *op.BreakGlass
	op.Backup, op.BreakGlass = &b, &g
	return op
}

// What a person turned comes out as they turned it, whichever key the deployment
// seals with by then.
func TestASealedKeyCountsAsItWasTurned(t *testing.T) {
	op := SealKeys(keys(t, one), turned())
	for name, k := range map[string]*Keys{
		"the same key": keys(t, one), "another in front": keys(t, two, one),
	} {
		if diff := cmp.Diff(op, Unforged(k, copyKeys(op))); diff != "" {
			t.Errorf("%s: -sealed +believed\n%s", name, diff)
		}
	}
}

// With any part of it changed a key counts for nothing, and takes no other with it.
func TestAChangedKeyCountsForNothing(t *testing.T) {
	approval := func(change func(*reinstall.Approval)) func(*reinstall.Operation) {
		return func(op *reinstall.Operation) { change(&op.Approvals[0]) }
	}
	backup := func(change func(*reinstall.BackupKey)) func(*reinstall.Operation) {
		return func(op *reinstall.Operation) { change(op.Backup) }
	}
	glass := func(change func(*reinstall.BreakGlassUse)) func(*reinstall.Operation) {
		return func(op *reinstall.Operation) { change(op.BreakGlass) }
	}
	type approvalKey = reinstall.Approval
	type backupKey = reinstall.BackupKey
	type breakGlass = reinstall.BreakGlassUse
	for lost, changes := range map[string]map[string]func(*reinstall.Operation){
		"an approval": {
			"another person":      approval(func(a *approvalKey) { a.By = "U0EVE" }),
			"another time":        approval(func(a *approvalKey) { a.At = a.At.Add(time.Nanosecond) }),
			"another plan":        approval(func(a *approvalKey) { a.Fingerprint = "beef" }),
			"another mailbox":     approval(func(a *approvalKey) { a.Mail = "eve@home.example" }),
			"another workspace":   approval(func(a *approvalKey) { a.Team = "T0EVIL" }),
			"no seal":             approval(func(a *approvalKey) { a.Seal = "" }),
			"the other's seal":    func(op *reinstall.Operation) { op.Approvals[0].Seal = op.Approvals[1].Seal },
			"the backup's seal":   func(op *reinstall.Operation) { op.Approvals[0].Seal = op.Backup.Seal },
			"the emergency's":     func(op *reinstall.Operation) { op.Approvals[0].Seal = op.BreakGlass.Seal },
			"mailbox as its team": approval(func(a *approvalKey) { a.Mail, a.Team = a.Team, a.Mail }),
		},
		"the backup": {
			"another person":    backup(func(b *backupKey) { b.By = "U0EVE" }),
			"another time":      backup(func(b *backupKey) { b.At = b.At.Add(-time.Hour) }),
			"another plan":      backup(func(b *backupKey) { b.Fingerprint = "beef" }),
			"another name":      backup(func(b *backupKey) { b.Typed = "web-02" }),
			"another snapshot":  backup(func(b *backupKey) { b.Evidence.ID = "snap-00000000" }),
			"called an image":   backup(func(b *backupKey) { b.Evidence.Kind = model.EvidenceImage }),
			"another workspace": backup(func(b *backupKey) { b.Team = "T0EVIL" }),
			"no seal":           backup(func(b *backupKey) { b.Seal = "" }),
		},
		"the break-glass": {
			"another person":     glass(func(g *breakGlass) { g.By = "U0EVE" }),
			"another time":       glass(func(g *breakGlass) { g.At = g.At.Add(time.Hour) }),
			"another plan":       glass(func(g *breakGlass) { g.Fingerprint = "beef" }),
			"another reason":     glass(func(g *breakGlass) { g.Why = "because" }),
			"no seal":            glass(func(g *breakGlass) { g.Seal = "" }),
			"an approval's seal": func(op *reinstall.Operation) { op.BreakGlass.Seal = op.Approvals[0].Seal },
		},
	} {
		k := keys(t, one)
		for name, change := range changes {
			op := copyKeys(SealKeys(k, turned()))
			change(&op)
			want := copyKeys(op)
			switch lost {
			case "an approval":
				want.Approvals = want.Approvals[1:]
			case "the backup":
				want.Backup = nil
			case "the break-glass":
				want.BreakGlass = nil
			}
			if diff := cmp.Diff(want, Unforged(k, op)); diff != "" {
				t.Errorf("%s with %s: -want +believed\n%s", lost, name, diff)
			}
		}
	}
}

// Whoever can write to Redis copies the keys of one proposal to another, or seals with
// a key of their own.
func TestKeysOfElsewhereCountForNothing(t *testing.T) {
	k := keys(t, one)
	ours := SealKeys(k, turned())
	elsewhere := copyKeys(ours)
	elsewhere.ID = "7K3R"
	for name, got := range map[string]reinstall.Operation{
		"copied to another proposal": Unforged(k, elsewhere),
		"sealed with another key":    Unforged(k, SealKeys(keys(t, two), turned())),
		"sealed without a key":       Unforged(k, SealKeys(nil, turned())),
		"read without a key":         Unforged(nil, copyKeys(ours)),
	} {
		if got.Approvals != nil || got.Backup != nil || got.BreakGlass != nil {
			t.Errorf("%s: %d approvals, backup %v, break-glass %v", name, len(got.Approvals), got.Backup, got.BreakGlass)
		}
	}
}

// A key that has a seal keeps it: a forged one is never sealed in passing.
func TestASealThatIsThereIsNeverReplaced(t *testing.T) {
	op := turned()
	op.Approvals[0].Seal, op.Backup.Seal, op.BreakGlass.Seal = "forged", "forged", "forged"
	got := SealKeys(keys(t, one), op)
	if got.Approvals[0].Seal != "forged" || got.Backup.Seal != "forged" || got.BreakGlass.Seal != "forged" {
		t.Errorf("%+v, %+v, %+v", got.Approvals[0], got.Backup, got.BreakGlass)
	}
	if got.Approvals[1].Seal == "" {
		t.Error("the approval that was turned just now has no seal")
	}
}

// The rules may still hold the operation that was sealed: it stays as it was.
func TestSealingChangesNothingThatOthersHold(t *testing.T) {
	op := turned()
	SealKeys(keys(t, one), op)
	if diff := cmp.Diff(turned(), op); diff != "" {
		t.Errorf("-before +after\n%s", diff)
	}
	bare := reinstall.Operation{ID: "7K3Q"}
	if diff := cmp.Diff(bare, Unforged(keys(t, one), SealKeys(keys(t, one), bare))); diff != "" {
		t.Errorf("without a key turned: -before +after\n%s", diff)
	}
}
