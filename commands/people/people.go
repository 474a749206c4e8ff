package people

import (
	"context"
	"errors"
	"slices"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall"
)

// stopWithin is how long Slack may take over all that a stopping click asks of
// it, for one machine or many: it takes effect within two seconds.
const stopWithin = 1500 * time.Millisecond

// stopBy carries until when a stopping click asks.
type stopBy struct{}

// Hastily has all look-ups of a stopping click end together.
func Hastily(ctx context.Context) context.Context {
	return context.WithValue(ctx, stopBy{}, time.Now().Add(stopWithin))
}

// inHaste is the context of one look-up for a click.
func inHaste(ctx context.Context) (context.Context, context.CancelFunc) {
	if by, ok := ctx.Value(stopBy{}).(time.Time); ok {
		return context.WithDeadline(ctx, by)
	}
	return ctx, func() {}
}

// clickedBy carries who somebody is through what one click does for several
// machines: they are asked for once.
type clickedBy struct{}

// WithClicker remembers who clicked for all that ctx is passed on to.
func WithClicker(ctx context.Context, p reinstall.Person) context.Context {
	return context.WithValue(ctx, clickedBy{}, p)
}

// Remembered is who somebody was some seconds ago; known: they were asked about.
func (l *Lookup) Remembered(user string) (p reinstall.Person, known bool) {
	return l.lately.clicks.get(user, l.now(), clickAge)
}

// AskNow asks who somebody is, and remembers it for their clicks.
func (l *Lookup) AskNow(ctx context.Context, user string) (reinstall.Person, error) {
	asked := l.now()
	p, err := l.chat.Person(ctx, user)
	if err == nil {
		l.lately.clicks.put(user, p, asked)
	}
	return p, err
}

// ProposalChannel is what matters of a channel for a proposal. It is remembered
// for some seconds if proposals are made there.
func (l *Lookup) ProposalChannel(ctx context.Context, id string) (port.Room, error) {
	if room, known := l.lately.rooms.get(id, l.now(), roomAge); known {
		return room, nil
	}
	asked := l.now()
	room, err := l.chat.Channel(ctx, id)
	if err == nil && room.Member && !room.Shared {
		l.lately.rooms.put(id, room, asked)
	}
	return room, err
}

// WhoIs is who somebody is, or was some seconds ago: for a click. Before the
// call everybody is read anew.
func (l *Lookup) WhoIs(ctx context.Context, user string) (reinstall.Person, error) {
	if p, ok := ctx.Value(clickedBy{}).(reinstall.Person); ok && p.ID == user {
		return p, nil
	}
	if p, ok := l.lately.clicks.get(user, l.now(), clickAge); ok {
		return p, nil
	}
	ask := l.chat.Person
	if _, hasty := ctx.Value(stopBy{}).(time.Time); hasty {
		ask = l.personForStop
	}
	asked := l.now()
	ctx, done := inHaste(ctx)
	defer done()
	p, err := ask(ctx, user)
	if err == nil {
		l.lately.clicks.put(user, p, asked)
	}
	return p, err
}

// personForStop asks from the share of Slack's limit that is kept, and once for
// all that one person stops meanwhile: sixty clicks on Hold leave it to others.
func (l *Lookup) personForStop(ctx context.Context, user string) (reinstall.Person, error) {
	answer := l.lately.stopping.DoChan(user, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
		defer cancel()
		return l.chat.PersonNow(ctx, user)
	})
	select {
	case a := <-answer:
		if a.Err != nil {
			return reinstall.Person{}, a.Err
		}
		return a.Val.(reinstall.Person), nil
	case <-ctx.Done():
		return reinstall.Person{}, context.Cause(ctx)
	}
}

// Standing looks somebody up and holds them against the policy. err: who they
// are could not be found out; then nobody has any standing. unread: whether they
// are an approver could not, and nothing that was read says that they are;
// whoever needs it is not refused for that.
func (l *Lookup) Standing(ctx context.Context, user string, approvers reinstall.People) (s reinstall.Standing, unread, err error) {
	p, err := l.WhoIs(ctx, user)
	if err != nil {
		return reinstall.Standing{}, nil, err
	}
	s = reinstall.Standing{Person: p}
	s.Approver, unread = l.Among(ctx, user, approvers)
	return s, unread, nil
}

// Proposing is who wants to propose.
func (l *Lookup) Proposing(ctx context.Context, user string) (reinstall.Standing, error) {
	p, err := l.WhoIs(ctx, user)
	if err != nil {
		return reinstall.Standing{}, err
	}
	proposers := l.policy().Proposers
	s := reinstall.Standing{Person: p, Proposer: proposers.Empty()}
	if !s.Proposer {
		s.Proposer, err = l.Among(ctx, user, proposers)
	}
	return s, err
}

// Among reports whether the user is named, or in one of the groups.
func (l *Lookup) Among(ctx context.Context, user string, p reinstall.People) (bool, error) {
	ctx, done := inHaste(ctx)
	defer done()
	return within(ctx, user, p, l.chat.Members)
}

// within reports whether the user is named, or in one of the groups as members
// lists them. Any yes counts; an error only where nobody says yes.
func within(ctx context.Context, user string, p reinstall.People, members func(context.Context, string) ([]string, error)) (bool, error) {
	if slices.Contains(p.Users, user) {
		return true, nil
	}
	var unread error
	for _, g := range p.Groups {
		m, err := members(ctx, g)
		if slices.Contains(m, user) {
			return true, nil
		}
		unread = errors.Join(unread, err)
	}
	return false, unread
}
