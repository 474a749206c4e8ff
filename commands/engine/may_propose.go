package engine

import (
	"context"

	"twokey/commands/port"
	"twokey/commands/reinstall/model"
)

// mayPropose refuses whoever the policy does not let propose, and places where
// proposals are not made. It returns who proposes: of them one account counts,
// so that their mailbox is known.
func (m *proposer) mayPropose(ctx context.Context, it port.Item) (model.Person, error) {
	what := model.RefusalTitle(model.VerbPropose)
	s, err := m.people.ProposerActor(ctx, it.User)
	if err != nil {
		return model.Person{}, err
	}
	if r := s.CheckMember(what); r != nil {
		return model.Person{}, model.Refuse(what, r.Why, "Ask a colleague who is on call")
	}
	if r := s.CheckMailbox(what); r != nil {
		return model.Person{}, r
	}
	if !s.Proposer {
		return model.Person{}, model.Refuse(what, "the policy does not let you propose",
			"Ask a colleague who is on call")
	}
	return s.Person, m.checkChannel(ctx, it)
}

// checkChannel refuses a channel where proposals are not made.
func (m *proposer) checkChannel(ctx context.Context, it port.Item) error {
	what := model.RefusalTitle(model.VerbPropose)
	room, err := m.people.ProposalChannel(ctx, it.Channel)
	switch {
	case err != nil:
		return err
	case room.Shared:
		return model.Refuse(what, "this channel is shared with another company",
			"Propose in a channel of your own workspace")
	case !room.Member:
		return model.Refuse(what, "Twokey is not in this channel, so it could not post the proposal",
			"Invite it (/invite), then propose again")
	}
	return nil
}
