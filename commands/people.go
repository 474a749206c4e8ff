package commands

import (
	"context"

	"twokey/commands/reinstall"
)

// standing looks somebody up, now, and holds them against the policy. An error
// means that it could not be found out; then nobody has any standing.
func (d *Desk) standing(ctx context.Context, user string, approvers reinstall.People) (reinstall.Standing, error) {
	asked := d.now()
	p, err := d.whoIs(ctx, user)
	if err != nil {
		return reinstall.Standing{}, err
	}
	d.lately.clicks.put(user, p, asked)
	s := reinstall.Standing{Person: p}
	if s.Approver, err = d.among(ctx, user, approvers); err != nil {
		return reinstall.Standing{}, err
	}
	proposers := d.policy().Proposers
	s.Proposer = proposers.Empty()
	if !s.Proposer {
		if s.Proposer, err = d.among(ctx, user, proposers); err != nil {
			return reinstall.Standing{}, err
		}
	}
	return s, nil
}

// stopper looks up somebody who wants to stop something: the proposer needs no
// group for it.
func (d *Desk) stopper(ctx context.Context, user string, op reinstall.Operation) (reinstall.Standing, error) {
	if user != op.Proposer {
		return d.standing(ctx, user, op.Approvers())
	}
	p, err := d.whoIs(ctx, user)
	return reinstall.Standing{Person: p}, err
}

// among reports whether the user is named, or in one of the groups.
func (d *Desk) among(ctx context.Context, user string, p reinstall.People) (bool, error) {
	return d.within(ctx, user, p, d.chat.Members)
}
