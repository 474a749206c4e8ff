package engine

import (
	"context"
	"errors"

	"twokey/commands/port"
	"twokey/commands/reinstall/model"
	"twokey/commands/screen"
	"twokey/commands/view"
)

// decisionNote is the audit's note of a freeze or its end.
func decisionNote(it port.Item, why string) port.Note {
	return port.Note{Key: it.ID + ".decided", Kind: port.NoteDecision, By: it.User, What: it.Verb, Detail: why}
}

// freezeAll stops all arming, on every replica. To stop is safe: where Slack cannot
// say in time whether somebody may, it counts, and is told as what it is.
func (i *inbox) freezeAll(ctx context.Context, it port.Item, why string) (view.Text, error) {
	if why = model.CleanText(why); why == "" {
		return nil, model.RefuseNoReason(it.Verb)
	}
	s, unread, err := i.people.ActorOf(ctx, it.User, i.policy().Approvers)
	if err != nil {
		i.log.Warn("freeze: Slack did not say who asked", "by", it.User, "err", err)
		s.ID = it.User
	}
	unchecked := err != nil || unread != nil && !s.Approver
	if s.Approver = s.Approver || unchecked; s.CheckApprover(model.RefusalTitle(it.Verb)) != nil {
		return nil, s.CheckApprover(model.RefusalTitle(it.Verb))
	}
	f := model.Freeze{By: it.User, Why: why, When: it.At, Unchecked: unchecked}
	if err := i.store.Freeze(ctx, f, decisionNote(it, why+screen.UncheckedBy(f))); err != nil {
		return nil, err
	}
	i.log.Warn("frozen", "by", it.User, "why", why)
	i.postToLive(ctx, it, view.Say(view.Emoji("snowflake"), " Frozen by ", view.Who(it.User), screen.UncheckedBy(f),
		": ", model.Quote(why), ". Nothing starts until /reinstall unfreeze."))
	return view.Say(view.Emoji("snowflake"),
		" Frozen: nothing starts until /reinstall unfreeze. What is running goes on."), nil
}

// unfreezeAll lets resets start again: by somebody of whom it is known that
// they may.
func (i *inbox) unfreezeAll(ctx context.Context, it port.Item) (view.Text, error) {
	s, unread, err := i.people.ActorOf(ctx, it.User, i.policy().Approvers)
	if err == nil && !s.Approver && s.CheckMember("") == nil {
		err = unread
	}
	if err != nil {
		return nil, err
	}
	if r := s.CheckApprover(model.RefusalTitle(it.Verb)); r != nil {
		return nil, r
	}
	f, err := i.store.Frozen(ctx)
	if err != nil {
		return nil, err
	}
	if f != nil && f.Way != "" {
		return nil, model.Refuse(model.RefusalTitle(it.Verb), f.Why, "Whoever runs Twokey goes on with "+f.Way+
			", once it is known what happened")
	}
	done := false
	if it.Tries > 1 { // it may have had its effect before a crash
		if done, err = i.store.Decided(ctx, decisionNote(it, "").Key); err != nil {
			return nil, err
		}
	}
	if f == nil && !done {
		return nil, model.Refuse(model.RefusalTitle(it.Verb), "nothing is frozen", "See /reinstall list")
	}
	if err := i.store.Unfreeze(ctx, decisionNote(it, "")); err != nil {
		return nil, err
	}
	i.log.Warn("unfrozen", "by", it.User)
	i.postToLive(ctx, it, view.Say(view.Emoji("snowflake"), " Unfrozen by ", view.Who(it.User),
		". Proposals with all keys go on by themselves."))
	i.Wake()
	return view.Say("Unfrozen. Proposals with both keys go on by themselves."), nil
}

// postToLive tells every thread whose proposal is open or running, and has the
// cards that are open drawn again. Who is not told now reads it where the call
// waits.
func (i *inbox) postToLive(ctx context.Context, it port.Item, t view.Text) {
	live, err := i.store.Live(ctx)
	for _, r := range live {
		id := r.Op.LeadID() // several machines have one card, and are told once
		ps := []port.Post{{Kind: port.PostLine, Key: it.ID + "." + id, Op: id, Text: t}}
		if r.Op.State.Open() {
			ps = append([]port.Post{{Kind: port.PostCard, Key: it.ID + "." + id + ".card", Op: id}}, ps...)
		}
		err = errors.Join(err, i.store.Tell(ctx, id, ps...))
	}
	if err != nil {
		i.log.Warn("freeze: not every thread shows it", "err", err)
	}
}
