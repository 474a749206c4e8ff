package commands

import (
	"context"
	"slices"
	"strings"
	"time"

	"twokey/commands/reinstall"
)

// eachBackup is the field of one machine's backup: its operation's id follows.
const eachBackup = fieldBackup + "."

// ofBatch loads all records of the batch that a click is for; none where the
// operation is alone.
func (d *Desk) ofBatch(ctx context.Context, rec Record) ([]Record, *reinstall.Refusal) {
	if rec.Op.Batch == nil {
		return nil, nil
	}
	recs, err := d.batchOf(ctx, rec.Op)
	if err != nil {
		d.log.Error("could not load a batch", "op", rec.Op.ID, "err", err)
		return nil, reinstall.Refuse("Not opened", "Twokey cannot read all machines of the proposal", "Try again in a minute")
	}
	return recs, nil
}

// titleOf is what a form calls what a click is for: the machine, or all of them.
func titleOf(op oper) string {
	if op.Batch != nil {
		return allOf(len(op.Batch.Members))
	}
	return op.TypedName()
}

// owing are those whose backup is still to be confirmed.
func owing(ops []oper) []oper {
	return slices.DeleteFunc(slices.Clone(ops), func(op oper) bool { return op.State != reinstall.Proposed || op.Keys().Backup })
}

// openBackups is openBackup for several machines: one form for all.
func (d *Desk) openBackups(ctx context.Context, in Inbound, recs []Record) Reply {
	ops := owing(Ops(recs))
	if in.Rev == 0 {
		in.Rev = recs[0].Rev
	}
	in.Op = recs[0].Op.ID
	if len(ops) == 0 {
		return refused(reinstall.Refuse(doingOf(VerbBackup), "no machine of this proposal waits for it", "Look at the card for what is still owed"))
	}
	return d.openRefreshed(ctx, in, backupsForm(ops, d.now()), func(ctx context.Context) (Form, bool) { return d.newerBackups(ctx, ops) })
}

// newerBackups is the form where the cloud shows other backups by now.
func (d *Desk) newerBackups(ctx context.Context, ops []oper) (Form, bool) {
	newer := make([]bool, len(ops))
	forEach(len(ops), func(i int) {
		f, err := d.facts(ctx, ops[i])
		if newer[i] = err == nil && !slices.EqualFunc(f.Evidence, ops[i].Evidence, sameEvidence); newer[i] {
			ops[i].Evidence = f.Evidence
		}
	})
	if !slices.Contains(newer, true) {
		return Form{}, false
	}
	return backupsForm(ops, d.now()), true
}

// backupsForm has a choice for each machine, the newest backup chosen. Where one
// has none that counts there is nothing to confirm yet, for the keys are turned
// for all.
func backupsForm(ops []oper, now time.Time) Form {
	f := Form{Verb: VerbBackup, Title: "Confirm backups"}
	var lack []text
	for _, op := range ops {
		one := backupForm(op, op.Evidence, now)
		if one.Submit == "" {
			lack = append(lack, say(strong(op.TypedName()), ": ", one.Intro[0]))
			continue
		}
		choice := one.Fields[0]
		choice.ID, choice.Label = eachBackup+op.ID, op.TypedName()+" ("+op.Plan.Instance+"): backup that the cloud vouches for"
		f.Fields = append(f.Fields, choice)
	}
	if len(lack) > 0 {
		f.Fields = nil
		f.Intro = append([]text{say("The backups of all machines are confirmed together, and not each has one that counts.")}, lack...)
		return f
	}
	f.Submit = "Confirm"
	f.Intro = []text{say("Everything on the system disks of ", reinstall.And(namesOf(ops)), " will be lost. Pick the backups that you would go back to.")}
	f.Fields = append(f.Fields, Field{
		ID: fieldTyped, Kind: FieldLong, Label: "Type the names of all machines to confirm", Holder: "their exact names, with spaces between them",
	})
	return f
}

// submitBackups takes the form for several machines: every one that is owed has
// to be in it, and its name typed.
func (d *Desk) submitBackups(ctx context.Context, in Inbound, recs []Record) Reply {
	ops := owing(Ops(recs))
	l := Line{Verb: VerbBackup, ID: recs[0].Op.ID, Text: strings.Join(strings.Fields(in.Values[fieldTyped]), " "), Each: map[string]string{}}
	for _, op := range ops {
		field := eachBackup + op.ID
		if l.Each[op.ID] = in.Values[field]; l.Each[op.ID] == "" {
			return Reply{Errors: map[string]string{field: "Pick a backup."}}
		}
	}
	if len(ops) == 0 {
		return Reply{Errors: map[string]string{fieldTyped: "No machine of this proposal waits for a backup any more."}}
	}
	if r := reinstall.CheckAllTyped(ops, l.Text); r != nil {
		return Reply{Errors: map[string]string{fieldTyped: capital(dot(r.Why)) + " " + dot(r.Next)}, no: true}
	}
	return d.take(ctx, in, l, nil)
}
