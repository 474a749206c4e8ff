package form

import (
	"fmt"
	"time"

	"twokey/commands/screen"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// Backup has a choice of each machine's evidence, the newest backup chosen.
// Where one has none that counts there is nothing to confirm yet, for the keys are
// turned for all. ops are one machine, or those of several whose backup is needed.
func Backup(ops []oper, now time.Time) view.Form {
	f := view.Form{Verb: model.VerbBackup, Title: "Confirm backup"}
	single := ops[0].Single()
	if !single {
		f.Title = "Confirm backups"
	}
	var lack []text
	for _, op := range ops {
		field, not := backupChoice(op, now)
		if single {
			f.Intro = not
		}
		if len(field.Options) == 0 {
			lack = append(lack, missingBackupText(op))
		}
		f.Fields = append(f.Fields, field)
	}
	if len(lack) > 0 {
		f.Fields, f.Intro = nil, append(lack, f.Intro...)
		if !single {
			f.Intro = append([]text{say("The backups of all machines are confirmed together, and not each has one " +
				"that counts.")}, f.Intro...)
		}
		return f
	}
	f.Submit, f.Intro = "Confirm", append([]text{backupIntro(ops)}, f.Intro...)
	f.Fields = append(f.Fields, typedNames(ops))
	return f
}

// backupIntro says what is lost.
func backupIntro(ops []oper) text {
	if op := ops[0]; op.Single() {
		return say("Everything on the system disk of ", strong(op.TypedName()), " (", mono(op.Plan.Instance),
			") will be lost. Pick the backup that you would go back to.")
	}
	return say("Everything on the system disks of ", model.JoinAnd(screen.MachineNames(ops)),
		" will be lost. Pick the backups that you would go back to.")
}

// typedNames is the field for the names of the machines.
func typedNames(ops []oper) view.Field {
	f := view.Field{
		ID: FieldTyped, Kind: view.FieldText, Label: "Type the machine's name to confirm",
		Holder: "its exact name",
	}
	switch {
	case !ops[0].Single():
		f.Kind, f.Label, f.Holder = view.FieldLong, "Type the names of all machines to confirm",
			"their exact names, with spaces between them"
	case ops[0].Plan.Nameless():
		f.Holder = "its id, for it has no name"
	}
	return f
}

// BackupField is the id of the field of a machine's backup.
func BackupField(op oper) string {
	if op.Single() {
		return FieldBackup
	}
	return FieldBackup + "." + op.ID
}

// backupChoice is the field of a machine's backup; what cannot be chosen says why.
func backupChoice(op oper, now time.Time) (f view.Field, not []text) {
	f = view.Field{ID: BackupField(op), Kind: view.FieldChoice, Label: "Backup that the cloud has"}
	if !op.Single() {
		f.Label = op.TypedName() + " (" + op.Plan.Instance + "): backup that the cloud has"
	}
	var others int
	for _, e := range op.Evidence {
		if no := e.Usable(op.Plan, now); no != nil {
			if others++; others <= screen.ShowOthers {
				not = append(not, say("Cannot be chosen: ", view.EndSentence(no.Why)))
			}
			continue
		}
		f.Options = append(f.Options, backupOption(e, op.Plan.Terms.BackupMaxAge, now))
		if e.Ours || len(f.Options) == 1 { // an image made for this very proposal, or else the newest
			f.Value = e.ID
		}
	}
	if more := others - screen.ShowOthers; more > 0 {
		not = append(not, say(fmt.Sprintf("%d more cannot be chosen either.", more)))
	}
	f.Options = f.Options[:min(len(f.Options), 100)]
	return f, not
}

// missingBackupText says what a machine has instead of a backup that counts.
func missingBackupText(op oper) text {
	t := say("The cloud knows no backup of ", strong(op.TypedName()),
		"'s system disk that counts. Close this and press Make backup image.")
	if m := op.Making; m != nil && (m.Stage == reinstall.ImageAsked || m.Stage == reinstall.ImageMaking) {
		t = say("The backup image ", mono(m.Name),
			" is still being made. Close this; the thread says when it can be confirmed.")
	}
	if op.Single() {
		return t
	}
	return say(strong(op.TypedName()), ": ", t)
}

// backupOption words one piece of evidence: its age against what the policy allows comes
// first, its id last.
func backupOption(e model.Evidence, most time.Duration, now time.Time) view.Option {
	until := "permanent"
	if !e.Expires.IsZero() {
		until = "kept until " + e.Expires.UTC().Format("2006-01-02")
	}
	age := model.HumanDuration(now.Sub(e.Created)) + " old"
	if most > 0 {
		age += " (at most " + model.HumanDuration(most) + ")"
	}
	return view.Option{
		Value: e.ID, Label: fmt.Sprintf("%s · %s · %d GiB", age, e.Kind, e.SizeGB), Tail: " · " + e.ID,
		Note: fmt.Sprintf("%s, %s%s", e.State, until, screen.EvidenceSource(e)),
	}
}
