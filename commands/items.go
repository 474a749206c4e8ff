package commands

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"twokey/commands/reinstall"
)

// giveUpAfter is how long an item is tried again after faults: whoever clicked
// is then told that it did not work, instead of it working much later.
const giveUpAfter = time.Minute

// asRefusal returns the refusal in err, or nil.
func asRefusal(err error) *reinstall.Refusal {
	var r *reinstall.Refusal
	errors.As(err, &r)
	return r
}

// refusedAtLength is a refusal that takes more than one sentence.
type refusedAtLength struct{ text text }

func (e *refusedAtLength) Error() string { return e.text.String() }

// item works off what somebody did. A refusal goes to that person alone; a
// fault is tried again, and then counts as no.
func (d *Desk) item(ctx context.Context, c Claim) {
	it, err := d.store.Item(ctx, c.ID)
	if errors.Is(err, ErrForged) {
		d.forgedItem(ctx, c)
		return
	}
	if isNotFound(err) {
		d.release(ctx, c, never)
		return
	}
	if err != nil {
		d.fault(ctx, c, "load an item", err)
		return
	}
	answer, err := d.inTurn(ctx, it)
	r, no := asRefusal(err), (*refusedAtLength)(nil)
	if errors.As(err, &no) {
		answer, err = no.text, nil
	}
	if err != nil && r == nil {
		if d.now().Sub(it.At) < giveUpAfter {
			d.fault(ctx, c, it.Verb, err)
			return
		}
		d.log.Error("given up", "verb", it.Verb, "op", it.Op, "err", err)
		if err := d.giveUp(ctx, it); err != nil {
			d.fault(ctx, c, it.Verb, err)
			return
		}
		r = reinstall.Refuse(doing[it.Verb], "Slack or the cloud could not be asked for a minute, and a failed check counts as no", "Try again; whoever runs Twokey finds the reason in its log")
	}
	if r != nil {
		d.count("refused", it.Verb)
		d.log.Info("refused", "verb", it.Verb, "op", it.Op, "by", it.User, "why", r.Why)
		answer = d.refusalOf(ctx, it, r)
	}
	if err := d.tellAuthor(ctx, it, r != nil || no != nil, answer); err != nil {
		d.fault(ctx, c, "tell "+it.Verb, err)
		return
	}
	if err := d.store.Finish(ctx, c); err != nil && !errors.Is(err, ErrFenced) {
		d.fault(ctx, c, "finish an item", err)
	}
}

// readsCloud are the verbs that wait for the cloud.
var readsCloud = map[string]bool{VerbPropose: true, VerbCheck: true, VerbHistory: true, VerbBackup: true, VerbImage: true}

// inTurn performs an item. Those that wait for the cloud wait for one another,
// so that a key or a hold never waits behind them.
func (d *Desk) inTurn(ctx context.Context, it Item) (text, error) {
	if readsCloud[it.Verb] {
		select {
		case d.reads <- struct{}{}:
			defer func() { <-d.reads }()
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	return d.perform(ctx, it)
}

// tellAuthor tells the item's author alone, through the outbox. A refusal is
// told in the script that puts it into the audit.
func (d *Desk) tellAuthor(ctx context.Context, it Item, refused bool, t text) error {
	if t == nil {
		return nil
	}
	key := it.Op
	if key == "" {
		key = it.ID
	}
	post := Post{
		Kind: PostWhisper, Key: it.ID + ".whisper", Op: it.Op, Channel: it.Channel, Thread: it.Thread, User: it.User, Reply: it.Reply, Text: t,
	}
	var err error
	if refused {
		err = d.store.Note(ctx, Note{Key: it.ID + ".refused", Kind: NoteRefusal, Op: it.Op, By: it.User, What: it.Verb, Detail: t.String()}, post)
	} else {
		err = d.store.Tell(ctx, key, post)
	}
	if err == nil {
		d.nudge()
	}
	return err
}

// perform does what the item asks. What it returns is whispered to its author.
func (d *Desk) perform(ctx context.Context, it Item) (text, error) {
	var l Line
	if err := json.Unmarshal([]byte(it.Args), &l); err != nil {
		return nil, reinstall.Refuse("Not done", "the stored request cannot be read", "Do it again")
	}
	switch it.Verb {
	case VerbPropose:
		if len(l.Targets) > 0 {
			return d.proposeAll(ctx, it, l)
		}
		return d.propose(ctx, it, l.Wish)
	case VerbCheck:
		return d.check(ctx, l.Wish)
	case VerbHistory:
		return d.history(ctx, it.User, l.Target)
	case VerbFreeze, VerbUnfreeze:
		return d.freeze(ctx, it, l.Text)
	}
	if rec, err := d.store.Recent(ctx, it.Op); err == nil && rec.Op.Batch != nil && !alone[it.Verb] {
		lead, err := d.store.Load(ctx, rec.Op.LeadID())
		if err != nil {
			return nil, err
		}
		if lead.Op.Batch == nil {
			return nil, reinstall.Refuse(doing[it.Verb], lead.Op.ID+" "+lead.Op.State.Words(), "An approver settles it with /reinstall resolve "+lead.Op.ID)
		}
		return d.performAll(ctx, it, l, lead)
	}
	r, err := d.change(ctx, it.Op, it.ID, it.User, func(ctx context.Context, rec Record) (reinstall.Event, *reinstall.Refusal, error) {
		return d.event(ctx, it, l, rec)
	})
	switch {
	case isNotFound(err):
		return nil, reinstall.Refuse(doing[it.Verb], "there is no proposal "+it.Op, "See /reinstall list")
	case err != nil:
		return nil, err
	case r != nil:
		if it.Tries > 1 { // it may have had its effect before a crash
			if did, err := d.store.Happened(ctx, it.Op, it.ID); err != nil || did {
				return nil, err
			}
		}
		return nil, r
	}
	return nil, nil
}

// event makes the event that an item comes to, on the record as it is.
func (d *Desk) event(ctx context.Context, it Item, l Line, rec Record) (reinstall.Event, *reinstall.Refusal, error) {
	if it.Verb == VerbHold || it.Verb == VerbCancel {
		return d.stop(ctx, it, l, rec)
	}
	approvers := rec.Op.Approvers()
	if rec.Op.State == reinstall.Tampered { // what it says of them is not believed
		approvers = d.policy().Approvers
	}
	s, err := d.standing(ctx, it.User, approvers)
	if err != nil {
		return nil, nil, err
	}
	if r, err := d.amongOurselves(ctx, it, s, rec.Op); r != nil || err != nil {
		return nil, r, err
	}
	switch it.Verb {
	case VerbApprove:
		print, err := d.printAt(ctx, it, rec)
		if err != nil {
			return nil, nil, err
		}
		s.Seats, err = d.seats(ctx, it.User, rec.Op)
		return reinstall.Approve{By: s, Print: print, Team: it.Team}, nil, err
	case VerbBreakGlass:
		print, err := d.printAt(ctx, it, rec)
		return reinstall.BreakGlass{By: s, Why: l.Text, Print: print}, nil, err
	case VerbReject:
		return reinstall.Reject{By: s, Why: l.Text}, nil, nil
	case VerbBackup:
		return d.confirm(ctx, it, l, rec, s)
	case VerbImage:
		return d.askImage(ctx, l, rec, s)
	case VerbResume:
		return reinstall.Resume{By: s}, nil, nil
	case VerbResolve:
		return reinstall.Resolve{By: s, As: reinstall.State(l.As), Why: l.Text}, nil, nil
	}
	return nil, reinstall.Refuse("Not done", "there is no such verb", "See /reinstall help"), nil
}

// stop makes the event of a hold or a cancel. While a countdown runs, nobody
// waits for Slack: where it cannot say who pressed, the countdown is held.
func (d *Desk) stop(ctx context.Context, it Item, l Line, rec Record) (reinstall.Event, *reinstall.Refusal, error) {
	s, err := d.stopper(ctx, it.User, rec.Op)
	if err != nil {
		if rec.Op.State != reinstall.Approved && rec.Op.State != reinstall.Ready {
			return nil, nil, err
		}
		d.log.Warn("held without knowing who asked", "op", rec.Op.ID, "by", it.User, "err", err)
		return reinstall.Hold{By: reinstall.Standing{Person: reinstall.Person{ID: it.User}}, Why: l.Text, Unchecked: true}, nil, nil
	}
	if it.Verb == VerbHold {
		return reinstall.Hold{By: s, Why: l.Text}, nil, nil
	}
	return reinstall.Cancel{By: s, Why: l.Text}, nil, nil
}

// printAt is the fingerprint of the plan that its author had before their
// eyes: that of the card's revision they clicked on, or today's where they
// typed.
func (d *Desk) printAt(ctx context.Context, it Item, rec Record) (string, error) {
	if it.Rev == 0 || it.Rev == rec.Rev {
		return rec.Op.Print, nil
	}
	log, err := d.store.Log(ctx, rec.Op.ID)
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
func (d *Desk) confirm(ctx context.Context, it Item, l Line, rec Record, s reinstall.Standing) (reinstall.Event, *reinstall.Refusal, error) {
	print, err := d.printAt(ctx, it, rec)
	if err != nil {
		return nil, nil, err
	}
	f, err := d.facts(ctx, rec.Op)
	if r := asRefusal(err); r != nil {
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
	return nil, reinstall.Refuse(doing[VerbBackup], "the cloud knows no backup "+reinstall.Quote(l.As)+" of this machine's system disk", "Pick another, or press Make backup image"), nil
}

// tellAll tells every thread whose proposal is open or running, and has the
// cards that are open drawn anew. Who is not told now reads it where the call
// waits.
func (d *Desk) tellAll(ctx context.Context, it Item, t text) {
	live, err := d.store.Live(ctx)
	for _, r := range live {
		id := r.Op.LeadID() // several machines have one card, and are told once
		ps := []Post{{Kind: PostLine, Key: it.ID + "." + id, Op: id, Text: t}}
		if r.Op.State.Open() {
			ps = append([]Post{{Kind: PostCard, Key: it.ID + "." + id + ".card", Op: id}}, ps...)
		}
		err = errors.Join(err, d.store.Tell(ctx, id, ps...))
	}
	if err != nil {
		d.log.Warn("not every thread was told of the freeze", "err", err)
	}
}

// decided is the audit's note of a freeze or its end.
func decided(it Item, why string) Note {
	return Note{Key: it.ID + ".decided", Kind: NoteDecision, By: it.User, What: it.Verb, Detail: why}
}

// freeze stops or allows all arming, on every replica.
func (d *Desk) freeze(ctx context.Context, it Item, why string) (text, error) {
	s, err := d.standing(ctx, it.User, d.policy().Approvers)
	if err != nil {
		return nil, err
	}
	if r := s.MayApprove(doing[it.Verb]); r != nil {
		return nil, r
	}
	if it.Verb == VerbFreeze {
		if err := d.store.Freeze(ctx, Freeze{By: it.User, Why: why, When: it.At}, decided(it, why)); err != nil {
			return nil, err
		}
		d.log.Warn("frozen", "by", it.User, "why", why)
		d.tellAll(ctx, it, say(sign("snowflake"), " Frozen by ", who(it.User), ": ", reinstall.Quote(why), ". No call goes out until /reinstall unfreeze."))
		return say(sign("snowflake"), " Frozen: no call goes out until /reinstall unfreeze. What is running goes on."), nil
	}
	f, err := d.store.Frozen(ctx)
	if err != nil {
		return nil, err
	}
	done := false
	if it.Tries > 1 { // it may have had its effect before a crash
		if done, err = d.store.Decided(ctx, decided(it, "").Key); err != nil {
			return nil, err
		}
	}
	if f.Why == "" && !done {
		return nil, reinstall.Refuse(doing[it.Verb], "nothing is frozen", "See /reinstall list")
	}
	if err := d.store.Freeze(ctx, Freeze{}, decided(it, "")); err != nil {
		return nil, err
	}
	d.log.Warn("unfrozen", "by", it.User)
	d.tellAll(ctx, it, say(sign("snowflake"), " Unfrozen by ", who(it.User), ". What has its keys goes on by itself."))
	d.nudge()
	return say("Unfrozen. What has both keys goes on by itself."), nil
}
