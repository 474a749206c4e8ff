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
	return []string{op, a.Print, a.By, a.Team, instant(a.At), a.Mail}
}

func backupParts(op string, b reinstall.BackupKey) []string {
	return []string{op, b.Print, b.By, b.Team, instant(b.At), b.Typed, b.Evidence.Kind, b.Evidence.ID}
}

func glassParts(op string, g reinstall.Glass) []string {
	return []string{"glass", op, g.Print, g.By, g.Why, instant(g.At)}
}

func instant(t time.Time) string { return strconv.FormatInt(t.UnixNano(), 10) }

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
	if op.Glass != nil && op.Glass.Seal == "" {
		g := *op.Glass
		g.Seal, _ = k.Seal(Approval, glassParts(op.ID, g)...)
		op.Glass = &g
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
	if g := op.Glass; g != nil && !k.Fits(Approval, g.Seal, glassParts(op.ID, *g)...) {
		op.Glass = nil
	}
	return op
}
