package commands

import (
	"context"
	"errors"
	"fmt"

	"twokey/commands/reinstall"
)

// What a quorum is on screen, and who may fill which of its seats: the groups
// are read at the click.

// seats are those of a quorum that somebody may fill, by number, read for a
// click.
func (d *Desk) seats(ctx context.Context, user string, op oper) ([]int, error) {
	return seatsIn(op, op.Plan.Terms.AllSeats(), func(p reinstall.People) (bool, error) { return d.among(ctx, user, p) })
}

// seatsIn are those of the seats that somebody may fill; in says whether they
// are among people. Whom an escalation has called in may fill any. An error says
// that they may fill others besides those returned.
func seatsIn(op oper, seats []int, in func(reinstall.People) (bool, error)) ([]int, error) {
	if len(seats) == 0 {
		return nil, nil
	}
	var out []int
	var unread error
	if called := op.CalledIn(); !called.Empty() {
		yes, err := in(called)
		if yes {
			return seats, nil
		}
		unread = err
	}
	for _, i := range seats {
		yes, err := in(op.Plan.Terms.Quorum[i].People)
		if yes {
			out = append(out, i)
		}
		unread = errors.Join(unread, err)
	}
	return out, unread
}

// seatsOf words an operation's quorum: "1 of @oncall and 1 of @dba".
func seatsOf(op oper) text { return seatWords(op.Plan.Terms, op.Proposer) }

func seatWords(t reinstall.Terms, but string) text {
	var out text
	for i, s := range t.Quorum {
		if i > 0 {
			out = append(out, say(" and ")...)
		}
		out = append(out, say(fmt.Sprintf("%d of ", s.Approvals), s.Mentions(but, ", "))...)
	}
	if n := t.Approvals - reinstall.Total(t.Quorum); n > 0 {
		out = append(out, say(fmt.Sprintf(" and %d of any of them", n))...)
	}
	return out
}

// placeRows are the rows of a quorum: each place, turned by whom or owed by
// whom, or left empty by a break-glass.
func placeRows(op oper, k reinstall.Keys) []Row {
	var rows []Row
	for i, p := range k.Places {
		label := "Approval"
		if n := len(k.Places); n > 1 {
			label = fmt.Sprintf("Approval %d of %d", i+1, n)
		}
		switch {
		case p.By == "" && len(k.By) >= k.Needed:
			rows = append(rows, Row{label, append(say("this place stays empty by break-glass; it was for "), p.Mentions(op.Proposer, ", ")...)})
		case p.By != "":
			rows = append(rows, Row{label, say(sign("key"), " turned by ", who(p.By), ", ", at(approvedAt(op, p.By)), ", for ", p.Mentions(op.Proposer, ", "))})
		case op.State == reinstall.Proposed:
			rows = append(rows, Row{label, say(sign("lock"), " owed by one of ", p.Owed.Mentions(op.Proposer, ", "))})
		}
	}
	return rows
}
