package commands

import (
	"context"
	"slices"

	"twokey/commands/engine"
	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/screen"
	"twokey/commands/screen/form"
	"twokey/commands/view"
)

// openBackup lists the backups that the cloud has, in one form for all machines: at
// once as last read, for a trigger lives three seconds, and then as it is by then.
// The choice is read again when it is confirmed.
func (h *Handler) openBackup(ctx context.Context, in port.Inbound) port.Reply {
	recs, r := h.machinesOf(ctx, in.Op, model.VerbBackup)
	if r != nil {
		return refusalReply(r)
	}
	lead := recs[0]
	if in.Op = lead.Op.ID; in.Rev == 0 {
		in.Rev = lead.Rev
	}
	ops := screen.NeedingBackup(port.Ops(recs))
	if len(ops) == 0 {
		return refusalReply(h.noBackupNeeded(lead.Op))
	}
	return h.openRefreshed(ctx, in, form.Backup(ops, h.now()),
		func(ctx context.Context) (view.Form, bool) { return h.newerBackup(ctx, ops) })
}

// noBackupNeeded says why no backup of a proposal is to be confirmed.
func (h *Handler) noBackupNeeded(op reinstall.Operation) *model.Refusal {
	if !op.Single() {
		return model.Refuse(model.RefusalTitle(model.VerbBackup), "no machine of this proposal waits for it",
			"Look at the card for what is still needed")
	}
	proposer := reinstall.Actor{Person: model.Person{ID: op.Proposer}}
	_, r := reinstall.Step(op, reinstall.ConfirmBackup{
		By: proposer, Typed: op.TypedName(),
		Fingerprint: op.Fingerprint,
	}, h.now())
	return r
}

// newerBackup is the form with the backups that the cloud shows by now; false: they
// are the same. If it cannot be asked about a machine, that one stays as it is.
func (h *Handler) newerBackup(ctx context.Context, ops []reinstall.Operation) (view.Form, bool) {
	newer := make([]bool, len(ops))
	engine.ForEach(len(ops), func(i int) {
		f, err := h.engine.Facts(ctx, ops[i])
		if newer[i] = err == nil && !slices.EqualFunc(f.Evidence, ops[i].Evidence, screen.SameEvidence); newer[i] {
			ops[i].Evidence = f.Evidence
		}
	})
	if !slices.Contains(newer, true) {
		return view.Form{}, false
	}
	return form.Backup(ops, h.now()), true
}

// submitBackup takes the form: every backup that is needed has to be in it, and the
// name of its machine typed.
func (h *Handler) submitBackup(ctx context.Context, in port.Inbound) port.Reply {
	recs, r := h.machinesOf(ctx, in.Op, model.VerbBackup)
	if r != nil {
		return port.Reply{Errors: map[string]string{form.FieldTyped: r.Error()}}
	}
	ops := port.Ops(recs)
	if !ops[0].Single() {
		ops = screen.NeedingBackup(ops)
	}
	l := port.Line{
		Verb: model.VerbBackup, ID: recs[0].Op.ID, Text: in.Values[form.FieldTyped], Each: map[string]string{},
		As: in.Values[form.FieldBackup], // of one machine; an earlier version of Twokey reads that
	}
	for _, op := range ops {
		field := form.BackupField(op)
		if l.Each[op.ID] = in.Values[field]; l.Each[op.ID] == "" {
			return port.Reply{Errors: map[string]string{field: "Pick a backup."}}
		}
	}
	if len(ops) == 0 {
		return port.Reply{Errors: map[string]string{form.FieldTyped: "No machine of this proposal waits for a " +
			"backup any more."}}
	}
	if r := reinstall.CheckTyped(ops, l.Text); r != nil {
		return port.Reply{Errors: map[string]string{form.FieldTyped: view.Capitalize(view.EndSentence(r.Why)) + " " +
			view.EndSentence(r.Next)}, No: true}
	}
	return h.storeItem(ctx, in, l, nil)
}

// machinesOf loads all records of an operation's proposal, or words why it cannot.
func (h *Handler) machinesOf(ctx context.Context, id, verb string) ([]port.Record, *model.Refusal) {
	rec, r := h.loadOrRefuse(ctx, id, verb)
	if r != nil {
		return nil, r
	}
	recs, err := h.proposals.All(ctx, rec)
	if err != nil {
		h.log.Error("proposal: could not load all its machines", "op", id, "err", err)
		return nil, model.Refuse("Not opened", "Twokey cannot read all machines of the proposal",
			"Try again in a minute")
	}
	return recs, nil
}
