package commands

import (
	"context"
	"fmt"
	"slices"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/screen"
	"twokey/commands/view"
)

// askImage makes the event of asking for a backup image; where the region has
// no room for one, it is refused before anything is noted.
func (d *Desk) askImage(ctx context.Context, l port.Line, rec port.Record, s reinstall.Standing) (reinstall.Event, *reinstall.Refusal, error) {
	e := reinstall.AskImage{By: s, Stop: l.Stop}
	if _, r := reinstall.Step(rec.Op, e, d.now()); r != nil {
		return nil, r, nil
	}
	full, err := d.roomForImage(ctx, rec.Op.Plan.Ref)
	return e, full, err
}

// roomForImage refuses where the region's quota of own images is used up.
func (d *Desk) roomForImage(ctx context.Context, ref reinstall.Ref) (*reinstall.Refusal, error) {
	used, most, err := d.cloud.ImageRoom(ctx, ref)
	if err != nil || used < most {
		return nil, err
	}
	return reinstall.Refuse(screen.DoingOf(reinstall.VerbImage), fmt.Sprintf("%s has %d own images, and the cloud allows %d", ref.Region, used, most),
		"Delete images that nobody needs, or confirm a snapshot where one counts"), nil
}

// openBackup lists what the cloud vouches for: at once as last read, for a
// trigger lives three seconds, and then anew. The choice is read again when it
// is confirmed.
func (d *Desk) openBackup(ctx context.Context, in port.Inbound) port.Reply {
	rec, r := d.find(ctx, in.Op, reinstall.VerbBackup)
	if r != nil {
		return refused(r)
	}
	op := rec.Op
	if recs, r := d.ofBatch(ctx, rec); r != nil {
		return refused(r)
	} else if recs != nil {
		return d.openBackups(ctx, in, recs)
	}
	if in.Rev == 0 {
		in.Rev = rec.Rev
	}
	if op.State != reinstall.Proposed || op.Keys().Backup {
		_, r := reinstall.Step(op, reinstall.ConfirmBackup{By: reinstall.Standing{Person: reinstall.Person{ID: op.Proposer}}, Typed: op.TypedName(), Print: op.Print}, d.now())
		return refused(r)
	}
	return d.openRefreshed(ctx, in, screen.BackupForm(op, op.Evidence, d.now()), func(ctx context.Context) (view.Form, bool) { return d.newerBackup(ctx, op) })
}

// newerBackup is the form where the cloud shows other backups by now. Where it
// cannot be asked, the form stays as it is.
func (d *Desk) newerBackup(ctx context.Context, op reinstall.Operation) (view.Form, bool) {
	facts, err := d.facts(ctx, op)
	if err != nil || slices.EqualFunc(facts.Evidence, op.Evidence, screen.SameEvidence) {
		return view.Form{}, false
	}
	return screen.BackupForm(op, facts.Evidence, d.now()), true
}

func (d *Desk) submitBackup(ctx context.Context, in port.Inbound) port.Reply {
	rec, r := d.find(ctx, in.Op, reinstall.VerbBackup)
	if r != nil {
		return port.Reply{Errors: map[string]string{screen.FieldTyped: r.Error()}}
	}
	if recs, r := d.ofBatch(ctx, rec); r != nil {
		return port.Reply{Errors: map[string]string{screen.FieldTyped: r.Error()}}
	} else if recs != nil {
		return d.submitBackups(ctx, in, recs)
	}
	if r := rec.Op.CheckTyped(in.Values[screen.FieldTyped]); r != nil {
		return port.Reply{Errors: map[string]string{screen.FieldTyped: screen.Capital(view.Dot(r.Why)) + " " + view.Dot(r.Next)}, No: true}
	}
	if in.Values[screen.FieldBackup] == "" {
		return port.Reply{Errors: map[string]string{screen.FieldBackup: "Pick a backup."}}
	}
	return d.take(ctx, in, port.Line{Verb: reinstall.VerbBackup, ID: in.Op, As: in.Values[screen.FieldBackup], Text: in.Values[screen.FieldTyped]}, nil)
}
