package commands

import (
	"context"
	"slices"
	"strings"

	"twokey/commands/engine"
	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/screen"
	"twokey/commands/view"
)

// ofBatch loads all records of the batch that a click is for; none where the
// operation is alone.
func (h *Handler) ofBatch(ctx context.Context, rec port.Record) ([]port.Record, *reinstall.Refusal) {
	if rec.Op.Batch == nil {
		return nil, nil
	}
	recs, err := h.proposals.BatchOf(ctx, rec.Op)
	if err != nil {
		h.log.Error("could not load a batch", "op", rec.Op.ID, "err", err)
		return nil, reinstall.Refuse("Not opened", "Twokey cannot read all machines of the proposal", "Try again in a minute")
	}
	return recs, nil
}

// openBackups is openBackup for several machines: one form for all.
func (h *Handler) openBackups(ctx context.Context, in port.Inbound, recs []port.Record) port.Reply {
	ops := screen.Owing(port.Ops(recs))
	if in.Rev == 0 {
		in.Rev = recs[0].Rev
	}
	in.Op = recs[0].Op.ID
	if len(ops) == 0 {
		return refused(reinstall.Refuse(screen.DoingOf(reinstall.VerbBackup), "no machine of this proposal waits for it", "Look at the card for what is still owed"))
	}
	return h.openRefreshed(ctx, in, screen.BackupsForm(ops, h.now()), func(ctx context.Context) (view.Form, bool) { return h.newerBackups(ctx, ops) })
}

// newerBackups is the form where the cloud shows other backups by now.
func (h *Handler) newerBackups(ctx context.Context, ops []reinstall.Operation) (view.Form, bool) {
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
	return screen.BackupsForm(ops, h.now()), true
}

// submitBackups takes the form for several machines: every one that is owed has
// to be in it, and its name typed.
func (h *Handler) submitBackups(ctx context.Context, in port.Inbound, recs []port.Record) port.Reply {
	ops := screen.Owing(port.Ops(recs))
	l := port.Line{Verb: reinstall.VerbBackup, ID: recs[0].Op.ID, Text: strings.Join(strings.Fields(in.Values[screen.FieldTyped]), " "), Each: map[string]string{}}
	for _, op := range ops {
		field := screen.EachBackup + op.ID
		if l.Each[op.ID] = in.Values[field]; l.Each[op.ID] == "" {
			return port.Reply{Errors: map[string]string{field: "Pick a backup."}}
		}
	}
	if len(ops) == 0 {
		return port.Reply{Errors: map[string]string{screen.FieldTyped: "No machine of this proposal waits for a backup any more."}}
	}
	if r := reinstall.CheckAllTyped(ops, l.Text); r != nil {
		return port.Reply{Errors: map[string]string{screen.FieldTyped: screen.Capital(view.Dot(r.Why)) + " " + view.Dot(r.Next)}, No: true}
	}
	return h.take(ctx, in, l, nil)
}
