package screen

import (
	"fmt"
	"slices"
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// approvalRows are each approval: who gave it, or who may.
func approvalRows(op oper) []view.Row {
	k := op.Keys()
	if len(k.Slots) > 0 {
		return slotRows(op, k)
	}
	var rows []view.Row
	for i := range max(k.Needed, len(k.By)) {
		label := approvalLabel(i, k.Needed)
		switch {
		case i < len(k.By):
			rows = append(rows, view.Row{Label: label, Value: say("✓ ", who(k.By[i]), ", ", at(approvedAt(op, k.By[i])))})
		case op.State == reinstall.Proposed:
			rows = append(rows, view.Row{Label: label, Value: say(sign("lock"), " needed from one of ",
				approverMentions(op))})
		}
	}
	return rows
}

func approvalLabel(i, of int) string {
	if of == 1 {
		return "Approval"
	}
	return fmt.Sprintf("Approval %d of %d", i+1, of)
}

// backupRow is the backup key: confirmed by whom, and what of the cloud it rests on,
// or what it lacks.
func backupRow(op oper, now time.Time) []view.Row {
	switch {
	case op.Keys().Backup:
		return backupKeyRows(*op.Backup)
	case op.State != reinstall.Proposed:
		return nil
	}
	return []view.Row{{Label: "Backup", Value: backupNeeded(op, now)}}
}

// confirmWord is what is typed to confirm a backup.
func confirmWord(p model.Plan) string {
	if p.Nameless() {
		return "id"
	}
	return "name"
}

func imageProgress(op oper) text {
	m := *op.Making
	wait := sign("hourglass_flowing_sand")
	switch {
	case m.Stage == reinstall.ImageFailed:
		return say(sign("x"), " the backup image failed: ", m.Why)
	case m.Stage == reinstall.ImageMaking && m.Stop:
		return say(wait, " backup image ", mono(m.ID), " is being made, with the machine powered off", imagePercent(m),
			", since ", at(m.At))
	case m.Stage == reinstall.ImageMaking:
		return say(wait, " backup image ", mono(m.ID), " is being made", imagePercent(m), ", since ", at(m.At))
	case m.Stop:
		return say(wait, " a backup image is requested; the machine WILL BE STOPPED for it")
	}
	return say(wait, " a backup image is requested, ", at(m.At))
}

// usableBackups are the known backups that could be confirmed.
func usableBackups(op oper, now time.Time) []model.Evidence {
	return slices.DeleteFunc(slices.Clone(op.Evidence), func(e model.Evidence) bool {
		return e.Usable(op.Plan, now) != nil
	})
}

// CountUsableBackups is how many of the known backups could be confirmed.
func CountUsableBackups(op oper, now time.Time) int { return len(usableBackups(op, now)) }
