package engine

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"twokey/commands/people"
	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/screen"
)

// giveUpAfter is how long an item is tried again after faults: whoever clicked
// is then told that it did not work, instead of it working much later.
const giveUpAfter = time.Minute

// unaskedAfter is the same where it is known which regions do not answer: they
// are named soon.
const unaskedAfter = 10 * time.Second

// refusedAtLength is a refusal that takes more than one sentence.
type refusedAtLength struct{ text reinstall.Text }

func (e *refusedAtLength) Error() string { return e.text.String() }

// item works off what somebody did. A refusal goes to that person alone; a
// fault is tried again, and then counts as no.
func (i *inbox) item(ctx context.Context, c port.Claim) {
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
	answer, err := i.inTurn(ctx, it)
	r, no := port.AsRefusal(err), (*refusedAtLength)(nil)
	if errors.As(err, &no) {
		answer, err = no.text, nil
	}
	if err != nil && r == nil {
		var nobody *reinstall.UnaskedError
		wait := giveUpAfter
		if errors.As(err, &nobody) {
			wait = unaskedAfter
		}
		if i.now().Sub(it.At) < wait {
			i.Fault(ctx, c, it.Verb, err)
			return
		}
		i.log.Error("given up", "verb", it.Verb, "op", it.Op, "err", err)
		if err := i.proposing.giveUp(ctx, it); err != nil {
			i.Fault(ctx, c, it.Verb, err)
			return
		}
		r = reinstall.Refuse(screen.DoingOf(it.Verb), "Slack or the cloud could not be asked for a minute, and a failed check counts as no", "Try again; whoever runs Twokey finds the reason in its log")
		if nobody != nil {
			r = screen.NobodyAnswers(nobody, screen.DoingOf(it.Verb))
		}
	}
	if r != nil {
		i.count("refused", it.Verb)
		i.log.Info("refused", "verb", it.Verb, "op", it.Op, "by", it.User, "why", r.Why)
		if answer = i.refusalOf(ctx, it, r); errors.As(err, &people.AtGate{}) {
			answer = screen.Refusal(r)
		}
	}
	if err := i.tellAuthor(ctx, it, r != nil || no != nil, answer); err != nil {
		i.Fault(ctx, c, "tell "+it.Verb, err)
		return
	}
	if err := i.store.Finish(ctx, c); err != nil && !errors.Is(err, port.ErrFenced) {
		i.Fault(ctx, c, "finish an item", err)
	}
}

// readsCloud are the verbs that wait for the cloud.
var readsCloud = map[string]bool{reinstall.VerbPropose: true, reinstall.VerbCheck: true, reinstall.VerbHistory: true, reinstall.VerbBackup: true, reinstall.VerbImage: true}

// inTurn performs an item. Those that wait for the cloud wait for one another,
// so that a key or a hold never waits behind them.
func (i *inbox) inTurn(ctx context.Context, it port.Item) (reinstall.Text, error) {
	if readsCloud[it.Verb] {
		select {
		case i.reads <- struct{}{}:
			defer func() { <-i.reads }()
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	return i.perform(ctx, it)
}

// tellAuthor tells the item's author alone, through the outbox. A refusal is
// told in the script that puts it into the audit.
func (i *inbox) tellAuthor(ctx context.Context, it port.Item, refused bool, t reinstall.Text) error {
	if t == nil {
		return nil
	}
	key := it.Op
	if key == "" {
		key = it.ID
	}
	post := port.Post{
		Kind: port.PostWhisper, Key: it.ID + ".whisper", Op: it.Op, Channel: it.Channel, Thread: it.Thread, User: it.User, Reply: it.Reply, Text: t,
	}
	var err error
	if refused {
		err = i.store.Note(ctx, port.Note{Key: it.ID + ".refused", Kind: port.NoteRefusal, Op: it.Op, By: it.User, What: it.Verb, Detail: t.String()}, post)
	} else {
		err = i.store.Tell(ctx, key, post)
	}
	if err == nil {
		i.Nudge()
	}
	return err
}

// perform does what the item asks. What it returns is whispered to its author.
func (i *inbox) perform(ctx context.Context, it port.Item) (reinstall.Text, error) {
	var l port.Line
	if err := json.Unmarshal([]byte(it.Args), &l); err != nil {
		return nil, reinstall.Refuse("Not done", "the stored request cannot be read", "Do it again")
	}
	if reinstall.Stops(it.Verb) {
		ctx = people.Hastily(ctx)
	}
	return i.performed(ctx, it, i.people.Said(ctx, it, l))
}

// event makes the event that an item comes to, on the record as it is.
func (i *inbox) event(ctx context.Context, it port.Item, l port.Line, rec port.Record) (reinstall.Event, *reinstall.Refusal, error) {
	if it.Verb == reinstall.VerbHold || it.Verb == reinstall.VerbCancel {
		return i.stop(ctx, it, l, rec)
	}
	s, unread, err := i.people.Standing(ctx, it.User, i.people.MayDecide(it.Verb, rec.Op))
	if err != nil {
		return nil, nil, err
	}
	if r, err := i.people.AmongOurselves(ctx, it, s, rec.Op); r != nil || err != nil {
		return nil, r, err
	}
	e, r, err := i.eventBy(ctx, it, l, rec, s)
	if err == nil && r == nil && unread != nil {
		if _, no := reinstall.Step(rec.Op, e, i.now()); no != nil { // it may be for what was not read
			return nil, nil, unread
		}
	}
	return e, r, err
}

// eventBy is event for somebody whose standing is known.
func (i *inbox) eventBy(ctx context.Context, it port.Item, l port.Line, rec port.Record, s reinstall.Standing) (reinstall.Event, *reinstall.Refusal, error) {
	switch it.Verb {
	case reinstall.VerbApprove:
		print, err := i.printAt(ctx, it, rec)
		if err != nil {
			return nil, nil, err
		}
		var unread error
		if s.Seats, unread = i.people.Seats(ctx, it.User, rec.Op); len(s.Seats) > 0 {
			unread = nil // one is enough
		}
		return reinstall.Approve{By: s, Print: print, Team: it.Team}, nil, unread
	case reinstall.VerbBreakGlass:
		print, err := i.printAt(ctx, it, rec)
		return reinstall.BreakGlass{By: s, Why: l.Text, Print: print}, nil, err
	case reinstall.VerbReject:
		return reinstall.Reject{By: s, Why: l.Text}, nil, nil
	case reinstall.VerbBackup:
		return i.confirm(ctx, it, l, rec, s)
	case reinstall.VerbImage:
		return i.images.askImage(ctx, l, rec, s)
	case reinstall.VerbResume:
		return reinstall.Resume{By: s}, nil, nil
	case reinstall.VerbResolve:
		return reinstall.Resolve{By: s, As: reinstall.State(l.As), Why: l.Text}, nil, nil
	}
	return nil, reinstall.Refuse("Not done", "there is no such verb", "See /reinstall help"), nil
}

// stop makes the event of a hold or a cancel. While a countdown runs, nobody
// waits for Slack: where it cannot say who pressed, the countdown is held; so is
// one that its proposer holds, and could end that.
func (i *inbox) stop(ctx context.Context, it port.Item, l port.Line, rec port.Record) (reinstall.Event, *reinstall.Refusal, error) {
	_, nobody := reinstall.Step(rec.Op, stopEvent(it, l, reinstall.Standing{Person: reinstall.Person{ID: it.User}, Approver: true}), i.now())
	if nobody != nil && it.Channel == rec.Op.Channel {
		return nil, nobody, nil // there is nothing to ask, and they see how it stands
	}
	s, unread, err := i.people.Standing(ctx, it.User, rec.Op.Approvers())
	if nobody != nil {
		return nil, nobody, err // an error comes first
	}
	if err == nil && !s.Approver && it.User != rec.Op.Proposer && s.Member("") == nil {
		err = unread
	}
	if err != nil {
		if s := rec.Op.State; s != reinstall.Approved && s != reinstall.Ready && !(s == reinstall.Held && it.Verb == reinstall.VerbHold) {
			return nil, nil, err
		}
		i.log.Warn("held without knowing who asked", "op", rec.Op.ID, "by", it.User, "err", err)
		return reinstall.Hold{By: reinstall.Standing{Person: reinstall.Person{ID: it.User}}, Why: l.Text, Unchecked: true}, nil, nil
	}
	return stopEvent(it, l, s), nil, nil
}

// stopEvent is a hold's or a cancel's event by somebody.
func stopEvent(it port.Item, l port.Line, s reinstall.Standing) reinstall.Event {
	if it.Verb == reinstall.VerbHold {
		return reinstall.Hold{By: s, Why: l.Text}
	}
	return reinstall.Cancel{By: s, Why: l.Text}
}

// printAt is the fingerprint of the plan that its author had before their
// eyes: that of the card's revision they clicked on, or today's where they
// typed.
func (i *inbox) printAt(ctx context.Context, it port.Item, rec port.Record) (string, error) {
	if it.Rev == 0 || it.Rev == rec.Rev {
		return rec.Op.Print, nil
	}
	log, err := i.store.Log(ctx, rec.Op.ID)
	if err != nil {
		return "", err
	}
	for _, e := range log {
		if e.Rev == it.Rev && !e.Unsealed {
			return e.Print, nil
		}
	}
	return "", nil // no revision of ours: no plan was seen
}

// confirm reads the evidence anew: the cloud's word counts, not the list that
// was shown.
func (i *inbox) confirm(ctx context.Context, it port.Item, l port.Line, rec port.Record, s reinstall.Standing) (reinstall.Event, *reinstall.Refusal, error) {
	print, err := i.printAt(ctx, it, rec)
	if err != nil {
		return nil, nil, err
	}
	f, err := i.machines.Facts(ctx, rec.Op)
	if r := port.AsRefusal(err); r != nil {
		return nil, r, nil
	}
	if err != nil {
		return nil, nil, err
	}
	for _, e := range f.Evidence {
		if e.ID == l.As {
			return reinstall.ConfirmBackup{By: s, Typed: l.Text, Evidence: e, Print: print, Team: it.Team}, nil, nil
		}
	}
	return nil, reinstall.Refuse(screen.DoingOf(reinstall.VerbBackup), "the cloud knows no backup "+reinstall.Quote(l.As)+" of this machine's system disk", "Pick another, or press Make backup image"), nil
}

// performed is perform behind the gate: the memory may be older than what Slack
// says by now.
func (i *inbox) performed(ctx context.Context, it port.Item, l port.Line) (reinstall.Text, error) {
	if err := i.people.Passes(ctx, it); err != nil {
		return nil, err
	}
	switch it.Verb {
	case reinstall.VerbPropose:
		return i.proposing.propose(ctx, it, l)
	case reinstall.VerbCheck:
		return i.proposing.check(ctx, it, l.Wish)
	case reinstall.VerbHistory:
		return i.proposing.history(ctx, it, l.Target)
	case reinstall.VerbFreeze:
		return i.freeze(ctx, it, l.Text)
	case reinstall.VerbUnfreeze:
		return i.unfreeze(ctx, it)
	}
	return i.click(ctx, it, l)
}
