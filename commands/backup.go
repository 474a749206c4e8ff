package commands

import (
	"context"
	"slices"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/screen"
	"twokey/commands/view"
)

// openBackup lists what the cloud vouches for: at once as last read, for a
// trigger lives three seconds, and then anew. The choice is read again when it
// is confirmed.
func (h *Handler) openBackup(ctx context.Context, in port.Inbound) port.Reply {
	rec, r := h.find(ctx, in.Op, reinstall.VerbBackup)
	if r != nil {
		return refused(r)
	}
	op := rec.Op
	if recs, r := h.ofBatch(ctx, rec); r != nil {
		return refused(r)
	} else if recs != nil {
		return h.openBackups(ctx, in, recs)
	}
	if in.Rev == 0 {
		in.Rev = rec.Rev
	}
	if op.State != reinstall.Proposed || op.Keys().Backup {
		_, r := reinstall.Step(op, reinstall.ConfirmBackup{By: reinstall.Standing{Person: reinstall.Person{ID: op.Proposer}}, Typed: op.TypedName(), Print: op.Print}, h.now())
		return refused(r)
	}
	return h.openRefreshed(ctx, in, screen.BackupForm(op, op.Evidence, h.now()), func(ctx context.Context) (view.Form, bool) { return h.newerBackup(ctx, op) })
}

// newerBackup is the form where the cloud shows other backups by now. Where it
// cannot be asked, the form stays as it is.
func (h *Handler) newerBackup(ctx context.Context, op reinstall.Operation) (view.Form, bool) {
	facts, err := h.engine.Facts(ctx, op)
	if err != nil || slices.EqualFunc(facts.Evidence, op.Evidence, screen.SameEvidence) {
		return view.Form{}, false
	}
	return screen.BackupForm(op, facts.Evidence, h.now()), true
}

func (h *Handler) submitBackup(ctx context.Context, in port.Inbound) port.Reply {
	rec, r := h.find(ctx, in.Op, reinstall.VerbBackup)
	if r != nil {
		return port.Reply{Errors: map[string]string{screen.FieldTyped: r.Error()}}
	}
	if recs, r := h.ofBatch(ctx, rec); r != nil {
		return port.Reply{Errors: map[string]string{screen.FieldTyped: r.Error()}}
	} else if recs != nil {
		return h.submitBackups(ctx, in, recs)
	}
	if r := rec.Op.CheckTyped(in.Values[screen.FieldTyped]); r != nil {
		return port.Reply{Errors: map[string]string{screen.FieldTyped: screen.Capital(view.Dot(r.Why)) + " " + view.Dot(r.Next)}, No: true}
	}
	if in.Values[screen.FieldBackup] == "" {
		return port.Reply{Errors: map[string]string{screen.FieldBackup: "Pick a backup."}}
	}
	return h.take(ctx, in, port.Line{Verb: reinstall.VerbBackup, ID: in.Op, As: in.Values[screen.FieldBackup], Text: in.Values[screen.FieldTyped]}, nil)
}
