package people

import (
	"context"
	"errors"
	"slices"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

// stopWithin is how long Slack may take over all that a stopping click asks of
// it, for one machine or many: it takes effect within two seconds.
const stopWithin = 1500 * time.Millisecond

// stopBy carries until when a stopping click asks.
type stopBy struct{}

// WithStopDeadline has all look-ups of a stopping click end together.
func WithStopDeadline(ctx context.Context) context.Context {
	return context.WithValue(ctx, stopBy{}, time.Now().Add(stopWithin))
}

// lookupContext is the context of one look-up for a click.
func lookupContext(ctx context.Context) (context.Context, context.CancelFunc) {
	if by, ok := ctx.Value(stopBy{}).(time.Time); ok {
		return context.WithDeadline(ctx, by)
	}
	return ctx, func() {}
}

// clickedBy carries who somebody is through what one click does for several
// machines: they are asked for once.
type clickedBy struct{}

// WithClicker remembers who clicked for all that ctx is passed on to.
func WithClicker(ctx context.Context, p model.Person) context.Context {
	return context.WithValue(ctx, clickedBy{}, p)
}

// Remembered is who somebody was some seconds ago; known: they were asked about.
func (l *Lookup) Remembered(user string) (p model.Person, known bool) {
	return l.cache.clicks.getFresh(user, l.now(), clickAge)
}

// AskNow asks who somebody is, and remembers it for their clicks.
func (l *Lookup) AskNow(ctx context.Context, user string) (model.Person, error) {
	asked := l.now()
	p, err := l.chat.Person(ctx, user)
	if err == nil {
		l.cache.clicks.putAt(user, p, asked)
	}
	return p, err
}

// ProposalChannel is what matters of a channel for a proposal. It is remembered
// for some seconds if proposals are made there.
func (l *Lookup) ProposalChannel(ctx context.Context, id string) (port.ChannelInfo, error) {
	if room, known := l.cache.channels.getFresh(id, l.now(), channelAge); known {
		return room, nil
	}
	asked := l.now()
	room, err := l.chat.Channel(ctx, id)
	if err == nil && room.Member && !room.Shared {
		l.cache.channels.putAt(id, room, asked)
	}
	return room, err
}

// WhoIs is who somebody is, or was some seconds ago: for a click. Before the
// request everybody is read again.
func (l *Lookup) WhoIs(ctx context.Context, user string) (model.Person, error) {
	if p, ok := ctx.Value(clickedBy{}).(model.Person); ok && p.ID == user {
		return p, nil
	}
	if p, ok := l.cache.clicks.getFresh(user, l.now(), clickAge); ok {
		return p, nil
	}
	ask := l.chat.Person
	if _, hasty := ctx.Value(stopBy{}).(time.Time); hasty {
		ask = l.personForStop
	}
	asked := l.now()
	ctx, done := lookupContext(ctx)
	defer done()
	p, err := ask(ctx, user)
	if err == nil {
		l.cache.clicks.putAt(user, p, asked)
	}
	return p, err
}

// personForStop asks from the share of Slack's limit that is kept, and once for
// all that one person stops meanwhile: sixty clicks on Hold leave it to others.
func (l *Lookup) personForStop(ctx context.Context, user string) (model.Person, error) {
	answer := l.cache.stopping.DoChan(user, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
		defer cancel()
		return l.chat.PersonNow(ctx, user)
	})
	select {
	case a := <-answer:
		if a.Err != nil {
			return model.Person{}, a.Err
		}
		return a.Val.(model.Person), nil
	case <-ctx.Done():
		return model.Person{}, context.Cause(ctx)
	}
}

// ActorOf looks somebody up and holds them against the policy. err: who they
// are could not be found out; then nobody has any standing. unread: whether they
// are an approver could not, and nothing that was read says that they are;
// whoever needs it is not refused for that.
func (l *Lookup) ActorOf(ctx context.Context, user string, approvers model.People) (s reinstall.Actor, unread,
	err error,
) {
	p, err := l.WhoIs(ctx, user)
	if err != nil {
		return reinstall.Actor{}, nil, err
	}
	s = reinstall.Actor{Person: p}
	s.Approver, unread = l.Among(ctx, user, approvers)
	return s, unread, nil
}

// ProposerActor is who wants to propose.
func (l *Lookup) ProposerActor(ctx context.Context, user string) (reinstall.Actor, error) {
	p, err := l.WhoIs(ctx, user)
	if err != nil {
		return reinstall.Actor{}, err
	}
	proposers := l.policy().Proposers
	s := reinstall.Actor{Person: p, Proposer: proposers.Empty()}
	if !s.Proposer {
		s.Proposer, err = l.Among(ctx, user, proposers)
	}
	return s, err
}

// Among reports whether the user is named, or in one of the groups.
func (l *Lookup) Among(ctx context.Context, user string, p model.People) (bool, error) {
	ctx, done := lookupContext(ctx)
	defer done()
	return isAmong(ctx, user, p, l.chat.Members)
}

// isAmong reports whether the user is named, or in one of the groups as members
// lists them. Any yes counts; an error only where nobody says yes.
func isAmong(ctx context.Context, user string, p model.People, members func(context.Context, string) ([]string,
	error),
) (bool, error) {
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
