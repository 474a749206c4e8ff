package screen

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// keyRows lists each key: turned by whom, or owed by whom. Of several machines it is
// those that are open: approvals once if they are the same for all, and the backups
// together.
func keyRows(ops []oper, now time.Time) []view.Row {
	if len(ops) == 1 {
		return append(approvalRows(ops[0]), backupRow(ops[0], ops[0].Keys(), now)...)
	}
	var rows []view.Row
	var like [][]oper
	open := OpenOps(ops)
	for _, op := range open {
		i := slices.IndexFunc(like, func(g []oper) bool { return rowsKey(approvalRows(g[0])) == rowsKey(approvalRows(op)) })
		if i < 0 {
			like = append(like, []oper{op})
			continue
		}
		like[i] = append(like[i], op)
	}
	for _, g := range like {
		for _, r := range approvalRows(g[0]) {
			if len(like) > 1 {
				r.Value = say(strong(model.JoinAnd(machineNames(g))), ": ", r.Value)
			}
			rows = append(rows, r)
		}
	}
	return append(rows, backupRows(open, now)...)
}

func rowsKey(rows []view.Row) string {
	var b strings.Builder
	for _, r := range rows { // the moment of a click differs by what it took to write it
		b.WriteString(r.Label + r.Value.Timeless().String() + "\n")
	}
	return b.String()
}

// approvalRows are the rows of the keys without the backup's.
func approvalRows(op oper) []view.Row {
	if op.State == reinstall.Tampered {
		return nil
	}
	k := op.Keys()
	if len(k.Slots) > 0 {
		return slices.Concat(slotRows(op, k), breakGlassRows(op), escalatedRows(op))
	}
	var rows []view.Row
	for i := range max(k.Needed, len(k.By)) {
		label := "Approval"
		if k.Needed > 1 {
			label = fmt.Sprintf("Approval %d of %d", i+1, k.Needed)
		}
		if i < len(k.By) {
			rows = append(rows, view.Row{Label: label, Value: say(sign("key"), " turned by ", who(k.By[i]), ", ",
				at(approvedAt(op, k.By[i])))})
		} else if op.State == reinstall.Proposed {
			rows = append(rows, view.Row{Label: label, Value: append(say(sign("lock"), " owed by one of "),
				approverMentions(op)...)})
		}
	}
	return slices.Concat(rows, breakGlassRows(op), escalatedRows(op))
}

func approverMentions(op oper) text {
	var t text
	sep := func() {
		if len(t) > 0 {
			t = append(t, say(", ")...)
		}
	}
	for _, g := range op.Approvers().Groups {
		sep()
		t = append(t, view.Everyone(g))
	}
	for _, u := range op.Approvers().Users {
		if u != op.Proposer {
			sep()
			t = append(t, who(u))
		}
	}
	return t
}

func backupRow(op oper, k reinstall.Keys, now time.Time) []view.Row {
	switch {
	case k.Backup:
		return backupKeyRows(*op.Backup)
	case op.State != reinstall.Proposed:
		return nil
	case op.Making != nil && op.Making.Stage != reinstall.ImageMade:
		return []view.Row{{Label: "Backup", Value: imageProgress(op)}}
	case !k.Required:
		return []view.Row{{Label: "Backup", Value: say("not required by the policy, and none confirmed")}}
	}
	n := CountUsableBackups(op, now)
	if n == 0 {
		return []view.Row{{Label: "Backup", Value: say(sign("lock"),
			" owed; the cloud knows none that counts. Press Make backup image")}}
	}
	return []view.Row{{Label: "Backup", Value: say(sign("lock"),
		fmt.Sprintf(" owed; the cloud vouches for %d. Press Confirm backup and type the machine's %s", n,
			confirmWord(op.Plan)))}}
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
	switch {
	case m.Stage == reinstall.ImageFailed:
		return say(sign("x"), " the backup image failed: ", m.Why)
	case m.Stage == reinstall.ImageMaking && m.Stop:
		return say(sign("hourglass_flowing_sand"), " image ", mono(m.ID),
			" is being made, with the machine powered off",
			imagePercent(m), ", since ", at(m.At))
	case m.Stage == reinstall.ImageMaking:
		return say(sign("hourglass_flowing_sand"), " image ", mono(m.ID), " is being made", imagePercent(m), ", since ",
			at(m.At))
	case m.Stop:
		return say(sign("hourglass_flowing_sand"), " an image was asked for, for which the machine WILL BE STOPPED, ",
			at(m.At))
	}
	return say(sign("hourglass_flowing_sand"), " an image was asked for, ", at(m.At))
}

// backupRows says whose backup is confirmed, and whose is owed. What the cloud
// vouches for and what people stated stand apart, as for one.
func backupRows(ops []oper, now time.Time) []view.Row {
	var have, stops, making, owed, lack, need []string
	for _, op := range ops {
		k := op.Keys()
		switch m := op.Making; {
		case k.Backup:
			have = append(have, op.TypedName()+" by "+op.Backup.Evidence.Kind+" "+op.Backup.Evidence.ID)
		case op.StopAsked():
			stops = append(stops, op.TypedName())
		case m != nil && (m.Stage == reinstall.ImageAsked || m.Stage == reinstall.ImageMaking):
			making = append(making, op.TypedName())
		case !k.Required:
			need = append(need, op.TypedName())
		case CountUsableBackups(op, now) > 0:
			owed = append(owed, op.TypedName())
		default:
			lack = append(lack, op.TypedName())
		}
	}
	var rows []view.Row
	add := func(names []string, t text) {
		if len(names) > 0 {
			rows = append(rows, view.Row{Label: "Backup", Value: t})
		}
	}
	add(have, say(sign("key"), " the cloud vouches for ", model.JoinAnd(have)))
	rows = append(rows, statedRows(ops)...)
	add(stops, say(sign("hourglass_flowing_sand"), " an image was asked for, for which ", model.JoinAnd(stops),
		" WILL BE STOPPED"))
	add(making, say(sign("hourglass_flowing_sand"), " an image is being made of ", model.JoinAnd(making)))
	add(owed, say(sign("lock"), " owed for ", model.JoinAnd(owed),
		". Press Confirm backup, and type the names of the machines"))
	add(lack, say(sign("lock"), " owed for ", model.JoinAnd(lack),
		", of which the cloud knows none that counts. Press Make backup image"))
	add(need, say("not required by the policy for ", model.JoinAnd(need), ", and none confirmed"))
	return rows
}

// statedRows says who confirmed which backups by typing their machines' names.
func statedRows(ops []oper) []view.Row {
	var rows []view.Row
	for _, op := range ops {
		if !op.Keys().Backup {
			continue
		}
		i := slices.IndexFunc(rows, func(r view.Row) bool {
			return strings.HasPrefix(r.Value.String(), say("by ", who(op.Backup.By), ":").String())
		})
		if i < 0 {
			rows = append(rows, view.Row{Label: "Stated", Value: say("by ", who(op.Backup.By), ": typed ",
				mono(op.Backup.Typed))})
			continue
		}
		rows[i].Value = append(rows[i].Value, say(", ", mono(op.Backup.Typed))...)
	}
	return rows
}
