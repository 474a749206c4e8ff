package screen

import (
	"fmt"
	"slices"
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/view"
)

// BackupForm lists the evidence; what cannot be chosen says why.
func BackupForm(op oper, evidence []reinstall.Evidence, now time.Time) view.Form {
	f := view.Form{Verb: reinstall.VerbBackup, Title: "Confirm backup"}
	var choices []view.Option
	var chosen string // an image made for this very proposal, or else the newest
	var others int
	for _, e := range evidence {
		if no := e.Usable(op.Plan, now); no != nil {
			if others++; others <= showOthers {
				f.Intro = append(f.Intro, say("Cannot be chosen: ", view.Dot(no.Why)))
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
	f.Fields = []view.Field{
		{ID: FieldBackup, Kind: view.FieldChoice, Label: "Backup that the cloud vouches for", Options: choices[:min(len(choices), 100)], Value: chosen},
		{ID: FieldTyped, Kind: view.FieldText, Label: "Type the machine's name to confirm", Holder: holder},
	}
	return f
}

// choice words one piece of evidence, its age against what the policy allows.
func choice(e reinstall.Evidence, most time.Duration, now time.Time) view.Option {
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
	return view.Option{Value: e.ID, Label: kind + " " + e.ID + ", " + age, Note: fmt.Sprintf("%s, %d GiB, %s%s", e.State, e.SizeGB, until, evidenceSource(e))}
}

// EachBackup is the field of one machine's backup: its operation's id follows.
const EachBackup = FieldBackup + "."

// TitleOf is what a form calls what a click is for: the machine, or all of them.
func TitleOf(op oper) string {
	if op.Batch != nil {
		return allOf(len(op.Batch.Members))
	}
	return op.TypedName()
}

// Owing are those whose backup is still to be confirmed.
func Owing(ops []oper) []oper {
	return slices.DeleteFunc(slices.Clone(ops), func(op oper) bool { return op.State != reinstall.Proposed || op.Keys().Backup })
}

// BackupsForm has a choice for each machine, the newest backup chosen. Where one
// has none that counts there is nothing to confirm yet, for the keys are turned
// for all.
func BackupsForm(ops []oper, now time.Time) view.Form {
	f := view.Form{Verb: reinstall.VerbBackup, Title: "Confirm backups"}
	var lack []text
	for _, op := range ops {
		one := BackupForm(op, op.Evidence, now)
		if one.Submit == "" {
			lack = append(lack, say(strong(op.TypedName()), ": ", one.Intro[0]))
			continue
		}
		choice := one.Fields[0]
		choice.ID, choice.Label = EachBackup+op.ID, op.TypedName()+" ("+op.Plan.Instance+"): backup that the cloud vouches for"
		f.Fields = append(f.Fields, choice)
	}
	if len(lack) > 0 {
		f.Fields = nil
		f.Intro = append([]text{say("The backups of all machines are confirmed together, and not each has one that counts.")}, lack...)
		return f
	}
	f.Submit = "Confirm"
	f.Intro = []text{say("Everything on the system disks of ", reinstall.And(namesOf(ops)), " will be lost. Pick the backups that you would go back to.")}
	f.Fields = append(f.Fields, view.Field{
		ID: FieldTyped, Kind: view.FieldLong, Label: "Type the names of all machines to confirm", Holder: "their exact names, with spaces between them",
	})
	return f
}
