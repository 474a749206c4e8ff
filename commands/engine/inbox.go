package engine

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"twokey/commands/people"
	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/screen"
	"twokey/commands/view"
)

// giveUpAfter is how long an item is tried again after faults: whoever clicked
// is then told that it did not work, instead of it working much later.
const giveUpAfter = time.Minute

// unaskedAfter is the same where it is known which regions do not answer: they
// are named soon.
const unaskedAfter = 10 * time.Second

// longRefusal is a refusal that takes more than one sentence.
type longRefusal struct {
	text        view.Text
	corrections []view.Correction
}

func (e *longRefusal) Error() string { return e.text.String() }

// handleItem works off what somebody did. A refusal goes to that person alone; a
// fault is tried again, and then counts as no.
func (i *inbox) handleItem(ctx context.Context, c port.Claim) {
	it, err := i.store.Item(ctx, c.ID)
	if errors.Is(err, port.ErrForged) {
		i.forgedItem(ctx, c, it)
		return
	}
	if port.IsNotFound(err) {
		i.Release(ctx, c, port.Never)
		return
	}
	if err != nil {
		i.Fault(ctx, c, "load an item", err)
		return
	}
	answer, err := i.performLimited(ctx, it)
	r, no, buttons := port.AsRefusal(err), (*longRefusal)(nil), correctionsOf(err)
	if errors.As(err, &no) {
		answer, err = no.text, nil
	}
	if err != nil && r == nil {
		var nobody *model.UnaskedError
		wait := giveUpAfter
		if errors.As(err, &nobody) {
			wait = unaskedAfter
		}
		if i.now().Sub(it.At) < wait {
			i.Fault(ctx, c, it.Verb, err)
			return
		}
		i.log.Error("item: failed too often, dropped", "verb", it.Verb, "op", it.Op, "err", err)
		if err := i.proposing.giveUp(ctx, it); err != nil {
			i.Fault(ctx, c, it.Verb, err)
			return
		}
		r = model.Refuse(model.RefusalTitle(it.Verb),
			"Slack or the cloud could not be asked for a minute, and a failed check counts as no",
			"Try again; whoever runs Twokey finds the reason in its log")
		if nobody != nil {
			r = screen.NobodyAnswers(nobody, model.RefusalTitle(it.Verb))
		}
	}
	if r != nil {
		i.count("refused", it.Verb)
		i.log.Info("refused", "verb", it.Verb, "op", it.Op, "by", it.User, "why", r.Why)
		if answer = i.refusalOf(ctx, it, r); errors.As(err, &people.AtGate{}) {
			answer = screen.RefusalText(r)
		}
	}
	if err := i.answerAuthor(ctx, it, r != nil || no != nil, answer, buttons); err != nil {
		i.Fault(ctx, c, "answer "+it.Verb, err)
		return
	}
	if err := i.store.Finish(ctx, c); err != nil && !errors.Is(err, port.ErrFenced) {
		i.Fault(ctx, c, "finish an item", err)
	}
}

// readsCloud are the verbs that wait for the cloud.
var readsCloud = map[string]bool{
	model.VerbPropose: true, model.VerbCheck: true, model.VerbHistory: true,
	model.VerbBackup: true, model.VerbImage: true,
}

// performLimited performs an item. Those that wait for the cloud wait for one another,
// so that a key or a hold never waits behind them.
func (i *inbox) performLimited(ctx context.Context, it port.Item) (view.Text, error) {
	if readsCloud[it.Verb] {
		select {
		case i.reads <- struct{}{}:
			defer func() { <-i.reads }()
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	return i.performItem(ctx, it)
}

// answerAuthor answers the item's author where they pressed or typed.
func (i *inbox) answerAuthor(
	ctx context.Context, it port.Item, refused bool, t view.Text, buttons []view.Correction,
) error {
	if it.AtHome {
		return i.answerAtHome(ctx, it, refused, t)
	}
	return i.whisperAuthor(ctx, it, refused, t, buttons)
}

// whisperAuthor tells the item's author alone, through the outbox. A refusal is
// told in the script that puts it into the audit.
func (i *inbox) whisperAuthor(
	ctx context.Context, it port.Item, refused bool, t view.Text, buttons []view.Correction,
) error {
	if t == nil {
		return nil
	}
	key := it.Op
	if key == "" {
		key = it.ID
	}
	post := port.Post{
		Kind: port.PostWhisper, Key: it.ID + ".whisper", Op: it.Op, Channel: it.Channel, Thread: it.Thread,
		User: it.User, Reply: it.Reply, Text: t, Corrections: buttons,
	}
	var err error
	if refused {
		err = i.store.Note(ctx, port.Note{
			Key: it.ID + ".refused", Kind: port.NoteRefusal, Op: it.Op, By: it.User,
			What: it.Verb, Detail: t.String(),
		}, post)
	} else {
		err = i.store.Tell(ctx, key, post)
	}
	if err == nil {
		i.Wake()
	}
	return err
}

// performItem does what the item asks. What it returns is whispered to its author.
func (i *inbox) performItem(ctx context.Context, it port.Item) (view.Text, error) {
	var l port.Line
	if err := json.Unmarshal([]byte(it.Args), &l); err != nil {
		return nil, model.Refuse("Not done", "the stored request cannot be read", "Do it again")
	}
	if model.Stops(it.Verb) {
		ctx = people.WithStopDeadline(ctx)
	}
	return i.performGated(ctx, it, i.people.ResolveNames(ctx, it, l))
}

// clickEvent makes the event that an item comes to, on the record as it is.
func (i *inbox) clickEvent(ctx context.Context, it port.Item, l port.Line, rec port.Record) (reinstall.Event,
	error,
) {
	if it.Verb == model.VerbHold || it.Verb == model.VerbCancel {
		return i.holdOrCancel(ctx, it, l, rec)
	}
	s, unread, err := i.people.ActorOf(ctx, it.User, i.people.MayDecide(it.Verb, rec.Op))
	if err != nil {
		return nil, err
	}
	if err := i.people.CheckNotShared(ctx, it, s, rec.Op); err != nil {
		return nil, err
	}
	e, err := i.eventByActor(ctx, it, l, rec, s)
	if err == nil && unread != nil {
		if _, no := reinstall.Step(rec.Op, e, i.now()); no != nil { // it may be for what was not read
			return nil, unread
		}
	}
	return e, err
}

// eventByActor is clickEvent for somebody whose standing is known.
func (i *inbox) eventByActor(ctx context.Context, it port.Item, l port.Line, rec port.Record,
	s reinstall.Actor,
) (reinstall.Event, error) {
	switch it.Verb {
	case model.VerbApprove:
		print, err := i.fingerprintAt(ctx, it, rec)
		if err != nil {
			return nil, err
		}
		var unread error
		if s.Seats, unread = i.people.Seats(ctx, it.User, rec.Op); len(s.Seats) > 0 {
			unread = nil // one is enough
		}
		return reinstall.Approve{By: s, Fingerprint: print, Team: it.Team, AtHome: it.AtHome}, unread
	case model.VerbBreakGlass:
		print, err := i.fingerprintAt(ctx, it, rec)
		return reinstall.BreakGlass{By: s, Why: l.Text, Fingerprint: print}, err
	case model.VerbReject:
		return reinstall.Reject{By: s, Why: l.Text}, nil
	case model.VerbBackup:
		return i.confirmBackup(ctx, it, l, rec, s)
	case model.VerbImage:
		return i.images.askImage(ctx, l, rec, s)
	case model.VerbResume:
		return reinstall.Resume{By: s}, nil
	case model.VerbResolve:
		return reinstall.Resolve{By: s, As: reinstall.State(l.As), Why: l.Text}, nil
	}
	return nil, model.Refuse("Not done", "there is no such verb", "See /reinstall help")
}

// holdOrCancel makes the event of a hold or a cancel. While a countdown runs, nobody
// waits for Slack: where it cannot say who pressed, the countdown is held; so is
// one that its proposer holds, and could end that.
func (i *inbox) holdOrCancel(ctx context.Context, it port.Item, l port.Line, rec port.Record) (reinstall.Event,
	error,
) {
	_, nobody := reinstall.Step(rec.Op, stopEvent(it, l, reinstall.Actor{
		Person:   model.Person{ID: it.User},
		Approver: true,
	}), i.now())
	if nobody != nil && it.Channel == rec.Op.Channel {
		return nil, nobody // there is nothing to ask, and they see how it stands
	}
	s, unread, err := i.people.ActorOf(ctx, it.User, rec.Op.Approvers())
	switch {
	case nobody != nil && err != nil:
		return nil, err
	case nobody != nil:
		return nil, nobody
	}
	free := it.Verb == model.VerbHold && rec.Op.MayHold(s) // whether they are an approver is of no matter
	if err == nil && !free && !s.Approver && it.User != rec.Op.Proposer && s.CheckMember("") == nil {
		err = unread
	}
	if err != nil {
		if s := rec.Op.State; s != reinstall.Approved && s != reinstall.Ready &&
			!(s == reinstall.Held && it.Verb == model.VerbHold) {
			return nil, err
		}
		i.log.Warn("hold: Slack did not say who asked", "op", rec.Op.ID, "by", it.User, "err", err)
		return reinstall.Hold{By: reinstall.Actor{Person: model.Person{ID: it.User}}, Why: l.Text, Unchecked: true}, nil
	}
	return stopEvent(it, l, s), nil
}

// stopEvent is a hold's or a cancel's event by somebody.
func stopEvent(it port.Item, l port.Line, s reinstall.Actor) reinstall.Event {
	if it.Verb == model.VerbHold {
		return reinstall.Hold{By: s, Why: l.Text}
	}
	return reinstall.Cancel{By: s, Why: l.Text}
}

// fingerprintAt is the fingerprint of the plan that its author had before their
// eyes: that of the card's revision they clicked on, or today's where they
// typed.
func (i *inbox) fingerprintAt(ctx context.Context, it port.Item, rec port.Record) (string, error) {
	if it.Rev == 0 || it.Rev == rec.Rev {
		return rec.Op.Fingerprint, nil
	}
	log, err := i.store.Log(ctx, rec.Op.ID)
	if err != nil {
		return "", err
	}
	for _, e := range log {
		if e.Rev == it.Rev && !e.Unsealed {
			return e.Fingerprint, nil
		}
	}
	return "", nil // no revision of ours: no plan was seen
}

// confirmBackup reads the evidence again: the cloud's word counts, not the list that
// was shown.
func (i *inbox) confirmBackup(ctx context.Context, it port.Item, l port.Line, rec port.Record,
	s reinstall.Actor,
) (reinstall.Event, error) {
	print, err := i.fingerprintAt(ctx, it, rec)
	if err != nil {
		return nil, err
	}
	f, err := i.machines.Facts(ctx, rec.Op)
	if err != nil {
		return nil, err
	}
	for _, e := range f.Evidence {
		if e.ID == l.As {
			return reinstall.ConfirmBackup{By: s, Typed: l.Text, Evidence: e, Fingerprint: print, Team: it.Team}, nil
		}
	}
	return nil, model.Refuse(model.RefusalTitle(model.VerbBackup), "the cloud knows no backup "+model.Quote(l.As)+
		" of this machine's system disk", "Pick another, or press Make backup image")
}

// performGated is perform behind the gate: the memory may be older than what Slack
// says by now.
func (i *inbox) performGated(ctx context.Context, it port.Item, l port.Line) (view.Text, error) {
	if err := i.people.CheckStored(ctx, it); err != nil {
		return nil, err
	}
	switch it.Verb {
	case model.VerbPropose:
		return i.proposing.proposeItem(ctx, it, l)
	case model.VerbCheck:
		return i.proposing.checkOnly(ctx, it, l.Request)
	case model.VerbHistory:
		return i.proposing.historyText(ctx, it, l.Target)
	case model.VerbFreeze:
		return i.freezeAll(ctx, it, l.Text)
	case model.VerbUnfreeze:
		return i.unfreezeAll(ctx, it)
	}
	return i.applyClick(ctx, it, l)
}
