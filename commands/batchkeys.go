package commands

import (
	"slices"
	"strings"
	"time"

	"twokey/commands/reinstall"
)

// keysOfAll lists the keys as for one: approvals once where they are the same
// for all, and the backups together.
func keysOfAll(ops []oper, now time.Time) []Row {
	var rows []Row
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

func rowsWords(rows []Row) string {
	var b strings.Builder
	for _, r := range rows { // the moment of a click differs by what it took to write it
		b.WriteString(r.Label + r.Value.Timeless().String() + "\n")
	}
	return b.String()
}

// backupsOfAll says whose backup is confirmed, and whose is owed.
func backupsOfAll(ops []oper, now time.Time) []Row {
	var have, owed, lack, need []string
	for _, op := range ops {
		k := op.Keys()
		switch {
		case k.Backup:
			have = append(have, op.TypedName()+" by "+op.Backup.Evidence.ID)
		case !k.Required:
			need = append(need, op.TypedName())
		case backupsThatCount(op, now) > 0:
			owed = append(owed, op.TypedName())
		default:
			lack = append(lack, op.TypedName())
		}
	}
	var rows []Row
	add := func(names []string, t text) {
		if len(names) > 0 {
			rows = append(rows, Row{"Backup", t})
		}
	}
	add(have, say(sign("key"), " confirmed: ", reinstall.And(have)))
	add(owed, say(sign("lock"), " owed for ", reinstall.And(owed), ". Press Confirm backup, and type the names of the machines"))
	add(lack, say(sign("lock"), " owed for ", reinstall.And(lack), ", of which the cloud knows none that counts. Press Make backup image"))
	add(need, say("not required by the policy for ", reinstall.And(need), ", and none confirmed"))
	return rows
}

// buttonsOfAll are what any of them takes, in the order of a card. Keys are not
// asked for while the machines are of different rounds.
func buttonsOfAll(ops []oper, now time.Time) []Button {
	all := []Button{
		{"Approve", VerbApprove, "primary"}, {"Reject", VerbReject, ""}, {"Confirm backup", VerbBackup, ""}, {"Make backup image", VerbImage, ""},
		{"Hold", VerbHold, "primary"}, {"Resume", VerbResume, "primary"}, {"Cancel", VerbCancel, "danger"},
	}
	agreed := sameRoundOf(ops)
	return slices.DeleteFunc(all, func(b Button) bool {
		if turnsKeys[b.Verb] && !agreed {
			return true
		}
		return !slices.ContainsFunc(openOnes(ops), func(op oper) bool {
			return slices.ContainsFunc(buttons(op, now), func(o Button) bool { return o.Verb == b.Verb })
		})
	})
}
