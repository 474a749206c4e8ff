package commands

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"twokey/commands/reinstall"
)

const (
	// progressStep is by how many points of a hundred a backup image must have
	// come on to be noted: the card is redrawn for it.
	progressStep = 10
	// showOthers is how many backups that cannot be chosen are listed with why.
	showOthers = 10
)

// askImage makes the event of asking for a backup image; where the region has
// no room for one, it is refused before anything is noted.
func (d *Desk) askImage(ctx context.Context, l Line, rec Record, s reinstall.Standing) (reinstall.Event, *reinstall.Refusal, error) {
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
	return reinstall.Refuse(doingOf(VerbImage), fmt.Sprintf("%s has %d own images, and the cloud allows %d", ref.Region, used, most),
		"Delete images that nobody needs, or confirm a snapshot where one counts"), nil
}

// backupsThatCount is how many of the known backups could be confirmed.
func backupsThatCount(op oper, now time.Time) (n int) {
	for _, e := range op.Evidence {
		if e.Usable(op.Plan, now) == nil {
			n++
		}
	}
	return n
}

// vouched is what the cloud says of a backup, and nothing that a person said.
func vouched(e reinstall.Evidence) text {
	t := say(e.Kind, " ", mono(e.ID), " ", e.State, fmt.Sprintf(", %d GiB, made ", e.SizeGB), at(e.Created))
	switch {
	case e.DiskID != "":
		t = append(t, say(", of disk ", mono(e.DiskID))...)
	case e.Ours:
		t = append(t, say(", by Twokey for this proposal")...)
	case e.MadeOf != "":
		t = append(t, say(", by Twokey of ", mono(e.MadeOf), " for an earlier proposal")...)
	}
	if e.Expires.IsZero() {
		return append(t, say(", kept for good")...)
	}
	return append(t, say(", kept until ", at(e.Expires))...)
}

// confirmed is the turned backup key: what the cloud shows, and apart from it
// what a person stated.
func confirmed(b reinstall.BackupKey) []Row {
	return []Row{
		{"Backup", append(say(sign("key"), " the cloud: "), vouched(b.Evidence)...)},
		{"Stated", say("by ", who(b.By), ": typed ", mono(b.Typed), ", ", at(b.At))},
	}
}

// progress is how far the cloud says a backup image is; nothing where it does
// not say.
func progress(m reinstall.BackupImage) string {
	if m.Percent <= 0 {
		return ""
	}
	return fmt.Sprintf(", %d %% by the cloud's count", m.Percent)
}

// next is a sentence on what helps, behind another one.
func next(s string) string {
	if s = strings.TrimSpace(s); s == "" {
		return ""
	}
	return " " + dot(s)
}

// openBackup lists what the cloud vouches for: at once as last read, for a
// trigger lives three seconds, and then anew. The choice is read again when it
// is confirmed.
func (d *Desk) openBackup(ctx context.Context, in Inbound) Reply {
	rec, r := d.find(ctx, in.Op, VerbBackup)
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
	return d.openRefreshed(ctx, in, backupForm(op, op.Evidence, d.now()), func(ctx context.Context) (Form, bool) { return d.newerBackup(ctx, op) })
}

// newerBackup is the form where the cloud shows other backups by now. Where it
// cannot be asked, the form stays as it is.
func (d *Desk) newerBackup(ctx context.Context, op oper) (Form, bool) {
	facts, err := d.facts(ctx, op)
	if err != nil || slices.EqualFunc(facts.Evidence, op.Evidence, sameEvidence) {
		return Form{}, false
	}
	return backupForm(op, facts.Evidence, d.now()), true
}

func sameEvidence(a, b reinstall.Evidence) bool {
	return a.ID == b.ID && a.State == b.State && a.Created.Equal(b.Created) && a.Expires.Equal(b.Expires)
}

// backupForm lists the evidence; what cannot be chosen says why.
func backupForm(op oper, evidence []reinstall.Evidence, now time.Time) Form {
	f := Form{Verb: VerbBackup, Title: "Confirm backup"}
	var choices []Option
	var chosen string // an image made for this very proposal, or else the newest
	var others int
	for _, e := range evidence {
		if no := e.Usable(op.Plan, now); no != nil {
			if others++; others <= showOthers {
				f.Intro = append(f.Intro, say("Cannot be chosen: ", dot(no.Why)))
			}
			continue
		}
		choices = append(choices, choice(e, op.Plan.Terms.BackupMaxAge, now))
		if e.Ours || len(choices) == 1 {
			chosen = e.ID
		}
	}
	if more := others - showOthers; more > 0 {
		f.Intro = append(f.Intro, say(fmt.Sprintf("%d more cannot be chosen either.", more)))
	}
	if m := op.Making; len(choices) == 0 && m != nil && (m.Stage == reinstall.ImageAsked || m.Stage == reinstall.ImageMaking) {
		f.Intro = append([]text{say("The backup image ", mono(m.Name), " is still being made. Close this; the thread says when it can be confirmed.")}, f.Intro...)
		return f
	}
	if len(choices) == 0 {
		f.Intro = append([]text{say("The cloud knows no backup of ", strong(op.TypedName()), "'s system disk that counts. Close this and press Make backup image.")}, f.Intro...)
		return f
	}
	f.Submit = "Confirm"
	f.Intro = append([]text{say("Everything on the system disk of ", strong(op.TypedName()), " (", mono(op.Plan.Instance), ") will be lost. Pick the backup that you would go back to.")}, f.Intro...)
	holder := "its exact name"
	if op.Plan.Nameless() {
		holder = "its id, for it has no name"
	}
	f.Fields = []Field{
		{ID: fieldBackup, Kind: FieldChoice, Label: "Backup that the cloud vouches for", Options: choices[:min(len(choices), 100)], Value: chosen},
		{ID: fieldTyped, Kind: FieldText, Label: "Type the machine's name to confirm", Holder: holder},
	}
	return f
}

func (d *Desk) submitBackup(ctx context.Context, in Inbound) Reply {
	rec, r := d.find(ctx, in.Op, VerbBackup)
	if r != nil {
		return Reply{Errors: map[string]string{fieldTyped: r.Error()}}
	}
	if recs, r := d.ofBatch(ctx, rec); r != nil {
		return Reply{Errors: map[string]string{fieldTyped: r.Error()}}
	} else if recs != nil {
		return d.submitBackups(ctx, in, recs)
	}
	if r := rec.Op.CheckTyped(in.Values[fieldTyped]); r != nil {
		return Reply{Errors: map[string]string{fieldTyped: capital(dot(r.Why)) + " " + dot(r.Next)}, no: true}
	}
	if in.Values[fieldBackup] == "" {
		return Reply{Errors: map[string]string{fieldBackup: "Pick a backup."}}
	}
	return d.take(ctx, in, Line{Verb: VerbBackup, ID: in.Op, As: in.Values[fieldBackup], Text: in.Values[fieldTyped]}, nil)
}

// choice words one piece of evidence, its age against what the policy allows.
func choice(e reinstall.Evidence, most time.Duration, now time.Time) Option {
	kind := "Snapshot"
	if e.Kind == reinstall.EvidenceImage {
		kind = "Image"
	}
	until := "permanent"
	if !e.Expires.IsZero() {
		until = "kept until " + e.Expires.UTC().Format("2006-01-02")
	}
	age := reinstall.Ago(now.Sub(e.Created)) + " old"
	if most > 0 {
		age += " (at most " + reinstall.Ago(most) + ")"
	}
	return Option{Value: e.ID, Label: kind + " " + e.ID + ", " + age, Note: fmt.Sprintf("%s, %d GiB, %s%s", e.State, e.SizeGB, until, evidenceSource(e))}
}

func evidenceSource(e reinstall.Evidence) string {
	switch {
	case e.Kind != reinstall.EvidenceImage:
		return ""
	case e.Ours:
		return ", made for this proposal"
	case e.DiskID != "":
		return ", of this disk's snapshot"
	}
	return ", made by Twokey"
}
