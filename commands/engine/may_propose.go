package engine

import (
	"context"

	"twokey/commands/port"
	"twokey/commands/reinstall/model"
)

// mayPropose refuses whoever the policy does not let propose, and places where
// proposals are not made. It returns who proposes: of them one account counts,
// so that their mailbox is known.
func (m *proposer) mayPropose(
	ctx context.Context, it port.Item,
) (me model.Person, no *model.Refusal, err error) {
	what := model.RefusalTitle(model.VerbPropose)
	s, err := m.people.ProposerActor(ctx, it.User)
	if err != nil {
		return me, nil, err
	}
	if r := s.CheckMember(what); r != nil {
		return me, model.Refuse(what, r.Why, "Ask a colleague who is on call"), nil
	}
	if r := s.CheckMailbox(what); r != nil {
		return me, r, nil
	}
	if !s.Proposer {
		return me, model.Refuse(what, "the policy does not let you propose", "Ask a colleague who is on call"), nil
	}
	no, err = m.checkChannel(ctx, it)
	return s.Person, no, err
}

// checkChannel refuses a channel where proposals are not made.
func (m *proposer) checkChannel(ctx context.Context, it port.Item) (*model.Refusal, error) {
	what := model.RefusalTitle(model.VerbPropose)
	room, err := m.people.ProposalChannel(ctx, it.Channel)
	if r := port.AsRefusal(err); r != nil {
		return r, nil
	}
	if err != nil {
		return nil, err
	}
	switch {
	case room.Shared:
		return model.Refuse(what, "this channel is shared with another company",
			"Propose in a channel of your own workspace"), nil
	case !room.Member:
		return model.Refuse(what, "Twokey is not in this channel, so it could not post the proposal",
			"Invite it (/invite), then propose again"), nil
	}
	return nil, nil
}
