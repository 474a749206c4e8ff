package seal

import (
	"slices"
	"strconv"
	"time"

	"twokey/commands/reinstall"
)

// Every key that a person turned carries a seal of its own, made when they did:
// copied to another proposal, another plan or another person it counts for
// nothing.

func approvalParts(op string, a reinstall.Approval) []string {
	return []string{op, a.Fingerprint, a.By, a.Team, formatInstant(a.At), a.Mail}
}

func backupParts(op string, b reinstall.BackupKey) []string {
	return []string{op, b.Fingerprint, b.By, b.Team, formatInstant(b.At), b.Typed, b.Evidence.Kind, b.Evidence.ID}
}

func breakGlassParts(op string, g reinstall.BreakGlassUse) []string {
	return []string{"glass", op, g.Fingerprint, g.By, g.Why, formatInstant(g.At)}
}

func formatInstant(t time.Time) string { return strconv.FormatInt(t.UnixNano(), 10) }

// SealKeys seals the keys that an event has just turned: those without a seal,
// which never come out of a record. What cannot be sealed counts for nothing.
func SealKeys(k *Keys, op reinstall.Operation) reinstall.Operation {
	op.Approvals = slices.Clone(op.Approvals)
	for i := range op.Approvals {
		if a := &op.Approvals[i]; a.Seal == "" {
			a.Seal, _ = k.Seal(Approval, approvalParts(op.ID, *a)...)
		}
	}
	if op.Backup != nil && op.Backup.Seal == "" {
		b := *op.Backup
		b.Seal, _ = k.Seal(Backup, backupParts(op.ID, b)...)
		op.Backup = &b
	}
	if op.BreakGlass != nil && op.BreakGlass.Seal == "" {
		g := *op.BreakGlass
		g.Seal, _ = k.Seal(Approval, breakGlassParts(op.ID, g)...)
		op.BreakGlass = &g
	}
	return op
}

// Unforged is an operation without the keys whose seal does not fit this very
// proposal, plan, person and time.
func Unforged(k *Keys, op reinstall.Operation) reinstall.Operation {
	op.Approvals = slices.DeleteFunc(op.Approvals, func(a reinstall.Approval) bool {
		return !k.Fits(Approval, a.Seal, approvalParts(op.ID, a)...)
	})
	if len(op.Approvals) == 0 {
		op.Approvals = nil
	}
	if b := op.Backup; b != nil && !k.Fits(Backup, b.Seal, backupParts(op.ID, *b)...) {
		op.Backup = nil
	}
	if g := op.BreakGlass; g != nil && !k.Fits(Approval, g.Seal, breakGlassParts(op.ID, *g)...) {
		op.BreakGlass = nil
	}
	return op
}
