package people

import (
	"context"
	"errors"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

// What a quorum is on screen, and who may fill which of its seats: the groups
// are read at the click.

// Seats are those of a quorum that somebody may fill, by number, read for a
// click.
func (l *Lookup) Seats(ctx context.Context, user string, op reinstall.Operation) ([]int, error) {
	return seatsIn(op, op.Plan.Terms.AllSeats(), func(p model.People) (bool, error) { return l.Among(ctx, user, p) })
}

// seatsIn are those of the seats that somebody may fill; in says whether they
// are among people. Whom an escalation has called in may fill any. An error says
// that they may fill others besides those returned.
func seatsIn(op reinstall.Operation, seats []int, in func(model.People) (bool, error)) ([]int, error) {
	if len(seats) == 0 {
		return nil, nil
	}
	var out []int
	var unread error
	if called := op.EscalatedTo(); !called.Empty() {
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
