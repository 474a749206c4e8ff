package screen

import (
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/view"
)

func approvedAt(op oper, user string) time.Time {
	for _, a := range op.Approvals {
		if a.By == user && a.Fingerprint == op.Fingerprint {
			return a.At
		}
	}
	return time.Time{}
}

// slotRows are the rows of a quorum: each place, who has it or who may take
// it, or left empty by a break-glass.
func slotRows(op oper, k reinstall.Keys) []view.Row {
	var rows []view.Row
	for i, p := range k.Slots {
		label := approvalLabel(i, len(k.Slots))
		switch {
		case p.By == "" && len(k.By) >= k.Needed:
			rows = append(rows, view.Row{
				Label: label,
				Value: append(say("this place stays empty by break-glass; it was for "),
					view.Mentions(p.People.Without(op.Proposer))...),
			})
		case p.By != "":
			rows = append(rows, view.Row{Label: label, Value: say("✓ ", who(p.By), ", ", at(approvedAt(op, p.By)), ", for ",
				view.Mentions(p.People.Without(op.Proposer)))})
		case op.State == reinstall.Proposed:
			rows = append(rows, view.Row{Label: label, Value: say(sign("lock"), " needed from one of ",
				view.Mentions(p.Candidates.Without(op.Proposer)))})
		}
	}
	return rows
}
