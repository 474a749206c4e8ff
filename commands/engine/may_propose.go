package engine

import (
	"context"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/screen"
)

// mayPropose refuses whoever the policy does not let propose, and places where
// proposals are not made. It returns who proposes: of them one account counts,
// so that their mailbox is known.
func (m *proposer) mayPropose(
	ctx context.Context, it port.Item,
) (me reinstall.Person, no *reinstall.Refusal, err error) {
	what := screen.DoingOf(reinstall.VerbPropose)
	s, err := m.people.Proposing(ctx, it.User)
	if err != nil {
		return me, nil, err
	}
	if r := s.Member(what); r != nil {
		return me, reinstall.Refuse(what, r.Why, "Ask a colleague who is on call"), nil
	}
	if r := s.Known(what); r != nil {
		return me, r, nil
	}
	if !s.Proposer {
		return me, reinstall.Refuse(what, "the policy does not let you propose", "Ask a colleague who is on call"), nil
	}
	no, err = m.mayPlace(ctx, it)
	return s.Person, no, err
}

// mayPlace refuses a channel where proposals are not made.
func (m *proposer) mayPlace(ctx context.Context, it port.Item) (*reinstall.Refusal, error) {
	what := screen.DoingOf(reinstall.VerbPropose)
	room, err := m.people.ProposalChannel(ctx, it.Channel)
	if r := port.AsRefusal(err); r != nil {
		return r, nil
	}
	if err != nil {
		return nil, err
	}
	switch {
	case room.Shared:
		return reinstall.Refuse(what, "this channel is shared with another company",
			"Propose in a channel of your own workspace"), nil
	case !room.Member:
		return reinstall.Refuse(what, "Twokey is not in this channel, so it could not post the proposal",
			"Invite it (/invite), then propose again"), nil
	}
	return nil, nil
}
