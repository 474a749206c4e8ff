package screen

import (
	"slices"
	"strings"
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/view"
)

// keysOfAll lists the keys as for one: approvals once where they are the same
// for all, and the backups together.
func keysOfAll(ops []oper, now time.Time) []view.Row {
	var rows []view.Row
	var like [][]oper
	for _, op := range ops {
		i := slices.IndexFunc(like, func(g []oper) bool { return rowsWords(approvalRows(g[0])) == rowsWords(approvalRows(op)) })
		if i < 0 {
			like = append(like, []oper{op})
			continue
		}
		like[i] = append(like[i], op)
	}
	for _, g := range like {
		for _, r := range approvalRows(g[0]) {
			if len(like) > 1 {
				r.Value = say(strong(reinstall.And(namesOf(g))), ": ", r.Value)
			}
			rows = append(rows, r)
		}
	}
	return append(rows, backupsOfAll(ops, now)...)
}

func rowsWords(rows []view.Row) string {
	var b strings.Builder
	for _, r := range rows { // the moment of a click differs by what it took to write it
		b.WriteString(r.Label + r.Value.Timeless().String() + "\n")
	}
	return b.String()
}

// backupsOfAll says whose backup is confirmed, and whose is owed. What the cloud
// vouches for and what people stated stand apart, as for one.
func backupsOfAll(ops []oper, now time.Time) []view.Row {
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
		case BackupsThatCount(op, now) > 0:
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
	add(have, say(sign("key"), " the cloud vouches for ", reinstall.And(have)))
	rows = append(rows, stated(ops)...)
	add(stops, say(sign("hourglass_flowing_sand"), " an image was asked for, for which ", reinstall.And(stops), " WILL BE STOPPED"))
	add(making, say(sign("hourglass_flowing_sand"), " an image is being made of ", reinstall.And(making)))
	add(owed, say(sign("lock"), " owed for ", reinstall.And(owed), ". Press Confirm backup, and type the names of the machines"))
	add(lack, say(sign("lock"), " owed for ", reinstall.And(lack), ", of which the cloud knows none that counts. Press Make backup image"))
	add(need, say("not required by the policy for ", reinstall.And(need), ", and none confirmed"))
	return rows
}

// stated says who confirmed which backups by typing their machines' names.
func stated(ops []oper) []view.Row {
	var rows []view.Row
	for _, op := range ops {
		if !op.Keys().Backup {
			continue
		}
		i := slices.IndexFunc(rows, func(r view.Row) bool {
			return strings.HasPrefix(r.Value.String(), say("by ", who(op.Backup.By), ":").String())
		})
		if i < 0 {
			rows = append(rows, view.Row{Label: "Stated", Value: say("by ", who(op.Backup.By), ": typed ", mono(op.Backup.Typed))})
			continue
		}
		rows[i].Value = append(rows[i].Value, say(", ", mono(op.Backup.Typed))...)
	}
	return rows
}

// buttonsOfAll are what any of them takes, in the order of a card. Keys are not
// asked for while the machines are of different rounds.
func buttonsOfAll(ops []oper, now time.Time) []view.Button {
	all := []view.Button{
		{Label: "Approve", Verb: reinstall.VerbApprove, Style: "primary"},
		{Label: "Reject", Verb: reinstall.VerbReject, Style: ""},
		{Label: "Confirm backup", Verb: reinstall.VerbBackup, Style: ""},
		{Label: "Make backup image", Verb: reinstall.VerbImage, Style: ""},
		{Label: "Hold", Verb: reinstall.VerbHold, Style: "primary"},
		{Label: "Resume", Verb: reinstall.VerbResume, Style: "primary"},
		{Label: "Cancel", Verb: reinstall.VerbCancel, Style: "danger"},
	}
	agreed := sameRoundOf(ops)
	return slices.DeleteFunc(all, func(b view.Button) bool {
		if reinstall.TurnsKeys(b.Verb) && !agreed {
			return true
		}
		return !slices.ContainsFunc(OpenOnes(ops), func(op oper) bool {
			return slices.ContainsFunc(buttons(op, now), func(o view.Button) bool { return o.Verb == b.Verb })
		})
	})
}
