package engine

import (
	"context"
	"slices"

	"twokey/commands/people"
	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/screen"
	"twokey/commands/view"
)

// clickResult is what a click comes to for one of the machines.
type clickResult struct {
	rec port.Record
	e   reinstall.Event
	no  *model.Refusal
}

// applyClick does for all machines that can take it what somebody pressed or typed about
// a proposal, each by a transition of its own. Done again after a crash, it goes on
// where it was: what had its effect has it once.
func (i *inbox) applyClick(ctx context.Context, it port.Item, l port.Line) (view.Text, error) {
	recs, err := i.recordsOfClick(ctx, it)
	if err != nil {
		return nil, err
	}
	round := recs[0].Op.Round()
	if len(recs) > 1 {
		if p, err := i.people.WhoIs(ctx, it.User); err == nil { // where it fails, each finds out
			ctx = people.WithClicker(ctx, p)
		}
		fresh, err := i.sameRound(ctx, it, recs[0])
		if err != nil {
			return nil, err
		}
		if !fresh {
			round = -1
		}
	}
	take, not, err := i.tryRecord(ctx, it, l, recs, round)
	if err != nil {
		return nil, err
	}
	again, err := i.didBefore(ctx, it, recs)
	if err != nil {
		return nil, err
	}
	if r := refuseAll(it, take, not, again); r != nil {
		return nil, r
	}
	told := again
	var took []clickResult
	for _, t := range take {
		err = i.applyToRecord(ctx, it, l, t, round, shareLine(t.e, take, len(recs), !told))
		if t.no = port.AsRefusal(err); t.no == nil && err != nil {
			return nil, err
		}
		if t.no != nil { // somebody else was quicker
			not = append(not, t)
			continue
		}
		took, told = append(took, t), true
	}
	if r := refuseAll(it, took, not, told); r != nil {
		return nil, r
	}
	return partialText(it, took, not), nil
}

// recordsOfClick are the records that a click is for, as they are now, the lead first: all
// of a proposal, or the one that the verb is for.
func (i *inbox) recordsOfClick(ctx context.Context, it port.Item) ([]port.Record, error) {
	rec, err := i.store.Load(ctx, it.Op)
	if port.IsNotFound(err) {
		return nil, people.NoSuchProposal(it.Verb, it.Op)
	}
	if err != nil || model.ForOne(it.Verb) {
		return []port.Record{rec}, err
	}
	lead, err := i.proposals.LeadOf(ctx, rec)
	if err != nil {
		return nil, err
	}
	if lead.Op.Single() && !rec.Op.Single() { // nothing of its record is believed
		return nil, model.Refuse(model.RefusalTitle(it.Verb), lead.Op.ID+" "+lead.Op.State.Words(),
			"An approver settles it with /reinstall resolve "+lead.Op.ID)
	}
	return i.proposals.All(ctx, lead)
}

// tryRecord says for which of them a click can be taken and for which not, and changes
// nothing.
func (i *inbox) tryRecord(
	ctx context.Context, it port.Item, l port.Line, recs []port.Record, round int,
) (take, not []clickResult, err error) {
	var unasked error
	for _, rec := range recs {
		if !i.isFor(it, l, recs, rec.Op) {
			continue
		}
		e, err := i.eventForRecord(ctx, it, l, rec, round)
		r := port.AsRefusal(err)
		if err == nil {
			_, r = reinstall.Step(rec.Op, e, i.now())
		}
		switch {
		case r != nil:
			not = append(not, clickResult{rec: rec, e: e, no: r})
		case err != nil && (it.Verb == model.VerbHold || it.Verb == model.VerbCancel):
			unasked = err // a countdown among them is held all the same
		case err != nil:
			return nil, nil, err
		default:
			take = append(take, clickResult{rec: rec, e: e})
		}
	}
	if len(take) == 0 && unasked != nil {
		return nil, nil, unasked
	}
	return take, not, nil
}

// sameRound reports whether the keys that the author had before their eyes are
// still those that are asked for: the lead has lost none since the revision of
// the card they clicked on.
func (i *inbox) sameRound(ctx context.Context, it port.Item, lead port.Record) (bool, error) {
	if it.Rev == 0 || it.Rev == lead.Rev {
		return true, nil
	}
	log, err := i.store.Log(ctx, lead.Op.ID)
	if err != nil || it.Rev > lead.Rev || !hasAllEntries(log, it.Rev, lead.Rev) {
		return false, err
	}
	return !slices.ContainsFunc(log, func(e port.Entry) bool {
		return e.Rev > it.Rev && (e.What == reinstall.Recall{}.Name() || e.What == reinstall.Recheck{}.Name() &&
			e.State == reinstall.Proposed)
	}), nil
}

// hasAllEntries reports whether a log has every entry between two revisions, as it was
// written.
func hasAllEntries(log []port.Entry, from, to int64) bool {
	n := int64(0)
	for _, e := range log {
		if e.Rev > from && e.Rev <= to && !e.Unsealed {
			n++
		}
	}
	return n == to-from
}

// eventForRecord makes the event of one of them. Keys of one machine are bound to the plan
// that the card showed; of several, to the round.
func (i *inbox) eventForRecord(
	ctx context.Context, it port.Item, l port.Line, rec port.Record, round int,
) (reinstall.Event, error) {
	if rec.Op.Single() {
		return i.clickEvent(ctx, it, l, rec)
	}
	it.Op, it.Rev = rec.Op.ID, 0
	if rec.Op.Round() != round {
		it.Rev = -1 // no revision that there was: no plan was seen
	}
	if it.Verb == model.VerbBackup {
		l.As, l.Text = l.Each[rec.Op.ID], rec.Op.TypedName() // all names were compared with what was typed
	}
	return i.clickEvent(ctx, it, l, rec)
}

// isFor reports whether a click is for this one of the machines.
func (i *inbox) isFor(it port.Item, l port.Line, recs []port.Record, op reinstall.Operation) bool {
	switch {
	case len(recs) > 1 && it.Verb == model.VerbBackup:
		return l.Each[op.ID] != ""
	case len(recs) > 1 && it.Verb == model.VerbImage:
		return i.needsImage(recs, op)
	}
	return true
}

// needsImage reports whether Make backup image is for this one: it has no backup
// that counts. Where none of them needs one, it is for all without the key.
func (i *inbox) needsImage(recs []port.Record, op reinstall.Operation) bool {
	lacks := func(op reinstall.Operation) bool {
		return op.State == reinstall.Proposed && !op.Keys().Backup && op.MayMakeImage(i.now()) &&
			screen.CountUsableBackups(op, i.now()) == 0
	}
	if slices.ContainsFunc(recs, func(r port.Record) bool { return lacks(r.Op) }) {
		return lacks(op)
	}
	return !op.Keys().Backup
}

// didBefore reports whether an earlier attempt at this item had an effect on any
// of them.
func (i *inbox) didBefore(ctx context.Context, it port.Item, recs []port.Record) (bool, error) {
	if it.Tries < 2 {
		return false, nil
	}
	for _, r := range recs {
		if did, err := i.store.Happened(ctx, r.Op.ID, it.ID); did || err != nil {
			return did, err
		}
	}
	return false, nil
}

// refuseAll is the refusal of a click that no operation takes; of a backup, of
// one that any refuses: one form confirms them all.
func refuseAll(it port.Item, take, not []clickResult, again bool) *model.Refusal {
	if len(not) == 0 && len(take) == 0 {
		return model.Refuse(model.RefusalTitle(it.Verb), "no machine of this proposal needs it",
			"Look at the card for what is still needed")
	}
	if again || len(not) == 0 || len(take) > 0 && it.Verb != model.VerbBackup {
		return nil
	}
	no := clearestRefusal(it, not)
	r := *no.no
	if len(take)+len(not) > 1 && it.Verb == model.VerbBackup {
		r.Why = no.rec.Op.TypedName() + ": " + r.Why
	}
	return &r
}

// clearestRefusal is the refusal that says most: of one that still waits for what was
// clicked, or is held, else of one that is open.
func clearestRefusal(it port.Item, not []clickResult) clickResult {
	for _, fits := range []func(reinstall.State) bool{
		func(s reinstall.State) bool { return model.TurnsKeys(it.Verb) && s == reinstall.Proposed },
		func(s reinstall.State) bool { return it.Verb == model.VerbResume && s == reinstall.Held },
		reinstall.State.Open,
	} {
		for _, t := range not {
			if fits(t.rec.Op.State) {
				return t
			}
		}
	}
	return not[0]
}

// shareLine wraps what is the same for several machines, so that one line tells it.
func shareLine(e reinstall.Event, take []clickResult, of int, tells bool) reinstall.Event {
	if of == 1 {
		return e
	}
	switch e.(type) {
	case reinstall.ConfirmBackup, reinstall.AskImage: // each has its own to tell
		return e
	}
	s := reinstall.Shared{Event: e, All: len(take) == of}
	if tells {
		s.For = resultNames(take)
	}
	return s
}

// applyToRecord writes the transition of one of them; what was decided on stays as
// long as the record does. It is refused where the record moved meanwhile.
func (i *inbox) applyToRecord(
	ctx context.Context, it port.Item, l port.Line, t clickResult, round int, e reinstall.Event,
) error {
	decide := func(ctx context.Context, rec port.Record) (reinstall.Event, error) {
		if rec.Rev == t.rec.Rev {
			return e, nil
		}
		now, err := i.eventForRecord(ctx, it, l, rec, round)
		if s, ok := e.(reinstall.Shared); ok && now != nil {
			s.Event = now
			now = s
		}
		return now, err
	}
	err := i.Change(ctx, t.rec.Op.ID, it.ID, it.User, decide)
	if r := port.AsRefusal(err); r != nil {
		i.log.Info("click: not taken, the record moved before it was written", "verb", it.Verb, "op", t.rec.Op.ID,
			"why", r.Why)
	}
	return err
}

// partialText tells the author for which machines it was not taken, and why.
func partialText(it port.Item, take, not []clickResult) view.Text {
	var t view.Text
	for _, n := range not {
		if s := n.rec.Op.State; it.Verb == model.VerbResume && s != reinstall.Held || s.Ended() ||
			model.TurnsKeys(it.Verb) && s != reinstall.Proposed {
			continue
		}
		t = append(t, view.Say(" Not for ", view.Strong(n.rec.Op.TypedName()), ": ", screen.RefusalBody(n.no))...)
	}
	if t == nil || len(take) == 0 {
		return nil
	}
	return append(view.Say("Done for ", model.JoinAnd(resultNames(take)), "."), t...)
}

func resultNames(ts []clickResult) []string {
	out := make([]string, len(ts))
	for i, t := range ts {
		out[i] = t.rec.Op.TypedName()
	}
	return out
}
