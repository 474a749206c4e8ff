package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"

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

// enoughSeats refuses a proposal whose quorum could never be filled.
func (d *Desk) enoughSeats(ctx context.Context, proposer string, t reinstall.Terms) (*reinstall.Refusal, error) {
	may := map[string][]int{}
	var unread error
	for i, s := range t.Quorum {
		named, err := d.everyone(ctx, s.People)
		unread = errors.Join(unread, err)
		for _, u := range named {
			if u != proposer && !slices.Contains(may[u], i) {
				may[u] = append(may[u], i)
			}
		}
	}
	later, err := d.everyone(ctx, t.Later())
	unread = errors.Join(unread, err)
	for _, u := range later {
		if u != proposer {
			may[u] = t.AllSeats()
		}
	}
	can, needed := t.CanFill(may), len(t.Places(nil, nil))
	if can >= needed || unread != nil {
		return nil, unreadUnless(can >= needed, unread)
	}
	r := reinstall.Refuse(doing[VerbPropose], "", "Let a colleague propose it, or have another approver named")
	r.Words = say("it needs the approval of ", seatWords(t, ""), fmt.Sprintf(", each by another person, and besides you the policy names people for only %d of these %d", can, needed))
	r.Why = r.Words.String()
	return r, nil
}

// unreadUnless is the error of a group that could not be read, unless there are
// enough without it.
func unreadUnless(enough bool, unread error) error {
	if enough {
		return nil
	}
	return unread
}

// everyone lists all who are named, through a group or directly. An error says
// that there are others besides those returned.
func (d *Desk) everyone(ctx context.Context, p reinstall.People) ([]string, error) {
	out := slices.Clone(p.Users)
	var unread error
	for _, g := range p.Groups {
		m, err := d.chat.Members(ctx, g)
		out, unread = append(out, m...), errors.Join(unread, err)
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
