package commands

import (
	"context"
	"errors"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/screen"
)

// decided is the audit's note of a freeze or its end.
func decided(it port.Item, why string) port.Note {
	return port.Note{Key: it.ID + ".decided", Kind: port.NoteDecision, By: it.User, What: it.Verb, Detail: why}
}

// freeze stops all arming, on every replica. To stop is safe: where Slack cannot
// say in time whether somebody may, it counts, and is told as what it is.
func (d *Desk) freeze(ctx context.Context, it port.Item, why string) (reinstall.Text, error) {
	if why = reinstall.Said(why); why == "" {
		return nil, screen.NoReason(it.Verb)
	}
	s, unread, err := d.standing(ctx, it.User, d.policy().Approvers)
	if err != nil {
		d.log.Warn("frozen without knowing who asked", "by", it.User, "err", err)
		s.ID = it.User
	}
	unchecked := err != nil || unread != nil && !s.Approver
	if s.Approver = s.Approver || unchecked; s.MayApprove(screen.DoingOf(it.Verb)) != nil {
		return nil, s.MayApprove(screen.DoingOf(it.Verb))
	}
	f := reinstall.Freeze{By: it.User, Why: why, When: it.At, Unchecked: unchecked}
	if err := d.store.Freeze(ctx, f, decided(it, why+screen.UncheckedBy(f))); err != nil {
		return nil, err
	}
	d.log.Warn("frozen", "by", it.User, "why", why)
	d.tellAll(ctx, it, reinstall.Say(reinstall.Emoji("snowflake"), " Frozen by ", reinstall.Who(it.User), screen.UncheckedBy(f), ": ", reinstall.Quote(why), ". No call goes out until /reinstall unfreeze."))
	return reinstall.Say(reinstall.Emoji("snowflake"), " Frozen: no call goes out until /reinstall unfreeze. What is running goes on."), nil
}

// unfreeze lets the calls go out again: by somebody of whom it is known that
// they may.
func (d *Desk) unfreeze(ctx context.Context, it port.Item) (reinstall.Text, error) {
	s, unread, err := d.standing(ctx, it.User, d.policy().Approvers)
	if err == nil && !s.Approver && s.Member("") == nil {
		err = unread
	}
	if err != nil {
		return nil, err
	}
	if r := s.MayApprove(screen.DoingOf(it.Verb)); r != nil {
		return nil, r
	}
	f, err := d.store.Frozen(ctx)
	if err != nil {
		return nil, err
	}
	if f != nil && f.Way != "" {
		return nil, reinstall.Refuse(screen.DoingOf(it.Verb), f.Why, "Whoever runs Twokey goes on with "+f.Way+", once it is known what happened")
	}
	done := false
	if it.Tries > 1 { // it may have had its effect before a crash
		if done, err = d.store.Decided(ctx, decided(it, "").Key); err != nil {
			return nil, err
		}
	}
	if f == nil && !done {
		return nil, reinstall.Refuse(screen.DoingOf(it.Verb), "nothing is frozen", "See /reinstall list")
	}
	if err := d.store.Unfreeze(ctx, decided(it, "")); err != nil {
		return nil, err
	}
	d.log.Warn("unfrozen", "by", it.User)
	d.tellAll(ctx, it, reinstall.Say(reinstall.Emoji("snowflake"), " Unfrozen by ", reinstall.Who(it.User), ". What has its keys goes on by itself."))
	d.nudge()
	return reinstall.Say("Unfrozen. What has both keys goes on by itself."), nil
}

// tellAll tells every thread whose proposal is open or running, and has the
// cards that are open drawn anew. Who is not told now reads it where the call
// waits.
func (d *Desk) tellAll(ctx context.Context, it port.Item, t reinstall.Text) {
	live, err := d.store.Live(ctx)
	for _, r := range live {
		id := r.Op.LeadID() // several machines have one card, and are told once
		ps := []port.Post{{Kind: port.PostLine, Key: it.ID + "." + id, Op: id, Text: t}}
		if r.Op.State.Open() {
			ps = append([]port.Post{{Kind: port.PostCard, Key: it.ID + "." + id + ".card", Op: id}}, ps...)
		}
		err = errors.Join(err, d.store.Tell(ctx, id, ps...))
	}
	if err != nil {
		d.log.Warn("not every thread was told of the freeze", "err", err)
	}
}
