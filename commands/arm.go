package commands

import (
	"context"
	"errors"
	"fmt"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/seal"
	"twokey/commands/view"
)

// workerCommand makes a transition of the worker unique: the revision it was
// decided on and the lease it was decided under.
func workerCommand(l leased, e reinstall.Event) string {
	return fmt.Sprintf("%s:%d:%s:%d", l.Op.ID, l.Rev, e.Name(), l.Claim.Token)
}

// facts reads everything anew. An error, which may be a refusal of the cloud,
// tells nothing about the machine.
func (d *Desk) facts(ctx context.Context, op reinstall.Operation) (reinstall.Facts, error) {
	made := ""
	if op.Making != nil {
		made = op.Making.ID
	}
	return d.cloud.Read(ctx, op.Plan.Ref, op.Wish, made)
}

// read reads everything anew and makes the plan as it would be made now. A
// refusal of the cloud becomes a finding that blocks: a failed check counts as
// no.
func (d *Desk) read(ctx context.Context, op reinstall.Operation) (reinstall.Reading, error) {
	f, last, audit, err := d.survey(ctx, op)
	var r *reinstall.Refusal
	if errors.As(err, &r) {
		code := "read"
		if r.Unseen {
			code = reinstall.CodeUnseen
		}
		return reinstall.Reading{Plan: op.Plan, Latest: op.Baseline, Evidence: op.Evidence, Findings: []reinstall.Finding{
			{Code: code, Severity: reinstall.Blocks, Why: r.Why, Next: r.Next},
		}}, nil
	}
	if err != nil {
		return reinstall.Reading{}, err
	}
	terms := d.lookAround(ctx, &f, op.Plan.Terms.Owed...)
	plan := reinstall.MakePlan(op.Wish, f, terms).Approved(op.Plan)
	out := reinstall.Reading{
		Plan: plan, Latest: f.Instance.Latest, Evidence: f.Evidence, Around: f.Around, Last: last, Audit: audit,
		Findings: reinstall.Preflight(reinstall.Case{Wish: op.Wish, Facts: f, Terms: terms, Plan: plan, Now: d.now()}),
	}
	if out.By = op.Hidden(out); out.By == nil && op.Outside(out) {
		if e, ok := d.ask(ctx, op).Of(out.Latest.RequestID); ok {
			out.By = &e
		}
	}
	return out, nil
}

// passing are the findings that end by themselves: while only these block, the
// re-check waits and reads again (facts/tencent.md section 1).
var passing = map[string]bool{"busy": true, "state": true, reinstall.CodeUnchecked: true, reinstall.CodeSiblings: true, reinstall.CodeUnasked: true}

// soon says why a reading is to be taken again later, if it is.
func soon(op reinstall.Operation, r reinstall.Reading, now time.Time) string {
	if what, wait := op.Doubts(r, now); wait {
		return notSeen(what)
	}
	b := reinstall.Blocking(r.Findings)
	for _, f := range b {
		if !passing[f.Code] {
			return ""
		}
	}
	if why := op.Unclear(r); why != "" {
		return why
	}
	if len(b) == 0 {
		return reinstall.Blind(op.Around, r.Around, r.Plan.Terms)
	}
	return b[0].Why
}

// reread reads everything anew, and who has approved; why says that it must be
// done again later.
func (d *Desk) reread(ctx context.Context, op reinstall.Operation) (r reinstall.Reading, why string) {
	who, err := d.witnesses(ctx, op)
	if err != nil {
		return r, whoUnread
	}
	if r, err = d.read(ctx, op); errors.Is(err, errNotShown) {
		return r, errNotShown.Error()
	} else if err != nil {
		d.faults.Warn("could not read the machine again", op.ID, err, "op", op.ID, "state", op.State)
		return r, "the cloud cannot be asked about the machine" + meaning(err)
	}
	r.Who = who
	return r, soon(op, r, d.now())
}

func notSeen(what string) string { return "the cloud does not show " + what + " just now" }

// waitsToRead has the operation wait for a reading that tells more.
func (d *Desk) waitsToRead(ctx context.Context, l leased, r reinstall.Reading, why string) error {
	w := reinstall.Waiting{Why: why}
	if what, wait := l.Op.Doubts(r, d.now()); wait && why == notSeen(what) {
		w.Unseen = what
	}
	return d.waitsFor(ctx, l, w)
}

// recheck reads everything after the last key.
func (d *Desk) recheck(ctx context.Context, l leased) error {
	if !d.now().Before(l.Op.Expires) {
		return d.advance(ctx, l, reinstall.Expire{})
	}
	if done, err := d.beforeRecheck(ctx, l); done || err != nil {
		return err
	}
	if done, err := d.stopped(ctx, l); done || err != nil {
		return err
	}
	if p := d.closed(l.Op); p != nil {
		return d.pauses(ctx, l, *p)
	}
	r, why := d.reread(ctx, l.Op)
	if why != "" {
		return d.waitsToRead(ctx, l, r, why)
	}
	return d.advance(ctx, l, reinstall.Recheck{Reading: r})
}

// launch is the arming protocol (facts/engine.md, points 1 to 6): read again,
// burn the intent durably, and only then, in a straight line, make the one
// call. Whoever else finds the operation armed only reconciles.
func (d *Desk) launch(ctx context.Context, l leased) error {
	if done, err := d.beforeLaunch(ctx, l); done || err != nil {
		return err
	}
	key, err := d.cloud.Signer(ctx, l.Op.Plan.Account)
	if err != nil {
		d.log.Warn("the cloud's access key cannot be had", "op", l.Op.ID, "err", err)
		return d.waits(ctx, l, "there is no access key for the cloud just now")
	}
	r, why := d.reread(ctx, l.Op)
	if why != "" {
		return d.waitsToRead(ctx, l, r, why)
	}
	if next, refused := reinstall.Step(l.Op, reinstall.Recheck{Reading: r}, d.now()); refused != nil || next.State != reinstall.Ready {
		return d.advance(ctx, l, reinstall.Recheck{Reading: r})
	}
	if p := d.closed(l.Op); p != nil { // reading takes a while
		return d.pauses(ctx, l, *p)
	}
	password, sealed, err := d.password(l.Op)
	if err != nil {
		return err
	}
	if done, err := d.stopped(ctx, l); done || err != nil {
		return err
	}
	if still, err := d.stillItsTurn(ctx, l.Op); err != nil || !still {
		if err == nil {
			d.release(ctx, l.Claim, again)
		}
		return err
	}
	arm := reinstall.Arm{Reading: r, At: d.now(), Password: sealed, Key: key}
	if why := r.Stale(arm.At); why != "" {
		return d.waits(ctx, l, why)
	}
	if l.Op.Missed(arm.At) {
		return d.advance(ctx, l, reinstall.CountAnew{})
	}
	next, refused := reinstall.Step(l.Op, arm, arm.At)
	if refused != nil {
		return d.advance(ctx, l, reinstall.NothingSent{Why: view.Dot(refused.Why) + " " + refused.Next})
	}
	return d.send(ctx, l, next, arm, password)
}

// beforeLaunch ends a countdown that is over, or has it wait, where nothing
// needs to be read for it.
func (d *Desk) beforeLaunch(ctx context.Context, l leased) (done bool, err error) {
	if d.ending.Load() { // another one, or this one started again, goes on
		d.release(ctx, l.Claim, 0)
		return true, nil
	}
	if !d.now().Before(l.Op.Expires) {
		return true, d.advance(ctx, l, reinstall.Expire{})
	}
	if p := d.closed(l.Op); p != nil { // before a place in the budget is taken
		return true, d.pauses(ctx, l, *p)
	}
	if newest, err := d.store.Newest(ctx, l.Record); err != nil || !newest {
		if err == nil { // read again, it is known for an older one
			d.log.Warn("the audit shows a later revision than Redis holds", "op", l.Op.ID, "rev", l.Rev)
			d.release(ctx, l.Claim, 0)
		}
		return true, err
	}
	w, err := d.mustWait(ctx, l.Op)
	switch {
	case err != nil:
		return true, err
	case w.Why != "":
		return true, d.waitsFor(ctx, l, w)
	case l.Op.Waits != "":
		return true, d.advance(ctx, l, reinstall.WaitOver{})
	}
	return false, nil
}

// send burns the intent and makes the one call.
func (d *Desk) send(ctx context.Context, l leased, next reinstall.Operation, arm reinstall.Arm, password string) error {
	armed, err := d.store.Arm(ctx, d.transition(l.Record, next, arm, l.Claim, workerCommand(l, arm), "twokey"))
	if err != nil {
		return d.notArmed(ctx, l, next, err)
	}
	d.count("transition", string(reinstall.Armed), arm.Name())
	d.log.Info("armed", "op", next.ID, "instance", next.Plan.Instance, "rev", armed.Rev, "plan", next.Print)
	var answer port.Answer
	if why, err := d.stopsArmed(ctx, next); err != nil || why != "" {
		answer = port.Answer{Verdict: port.NeverSent, Message: view.OrWord(why, "Redis could not be asked whether everything is frozen")}
	} else {
		answer = d.cloud.Reset(ctx, port.Order{Plan: next.Plan, Password: password, T0: arm.At})
	}
	d.log.Info("answered", "op", next.ID, "verdict", answer.Verdict, "request", answer.RequestID, "code", answer.Code)
	return d.answered(ctx, armed, answer)
}

// notArmed: whatever is not certain about the intent means that nothing is
// sent. If it was written all the same, the record says armed, and reconciling
// will find that no call was made.
func (d *Desk) notArmed(ctx context.Context, l leased, armed reinstall.Operation, err error) error {
	if errors.Is(err, port.ErrCannotArm) {
		d.log.Error("not armed: Redis cannot keep the intent safe", "op", l.Op.ID, "err", err)
		d.count("fault", "not durable")
		return d.waitsFor(ctx, l, reinstall.Waiting{Why: unkept(err), Keeps: true})
	}
	if errors.Is(err, port.ErrNotDurable) {
		d.log.Error("armed, but not durably: nothing is sent", "op", l.Op.ID, "err", err)
		d.count("fault", "not durable")
		if ctx.Err() != nil { // a stop cut the wait for the disk off; that nothing was sent is known all the same
			fresh, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
			defer cancel()
			ctx = fresh
		}
		return d.answered(ctx, port.Record{Op: armed, Rev: l.Rev + 1}, port.Answer{Verdict: port.NeverSent, Message: "Redis did not confirm that it keeps a record of it"})
	}
	if stale := (*port.StaleError)(nil); !errors.As(err, &stale) && !errors.Is(err, port.ErrFenced) {
		// It may have been written, as where the answer came too late. That nothing
		// was sent is known, and is heard whatever others took for it meanwhile.
		err = errors.Join(err, d.answered(ctx, port.Record{Op: armed, Rev: l.Rev + 1}, port.Answer{Verdict: port.NeverSent, Message: "Redis did not say in time that it keeps a record of it"}))
	}
	return d.moved(ctx, l.Claim, err)
}

// answered writes what the answer proves of this very arming: after a fail-over
// that lost it, another worker may have armed again, and of that it proves
// nothing. It is tried for a while: the request id is worth more than the time.
func (d *Desk) answered(ctx context.Context, armed port.Record, a port.Answer) error {
	var e reinstall.Event
	switch {
	case a.Verdict == port.Accepted && a.RequestID != "":
		e = reinstall.Accepted{RequestID: a.RequestID}
	case a.Verdict == port.Declined:
		e = reinstall.Declined{Code: a.Code, Why: a.Message}
	case a.Verdict == port.NeverSent:
		e = reinstall.NothingSent{Why: "no call was made: " + a.Message}
	default:
		e = reinstall.AnswerLost{Why: view.OrWord(a.Code, "no answer")}
		d.log.Warn("the answer to the one call tells nothing", "op", armed.Op.ID, "code", a.Code, "words", a.Message)
	}
	command := fmt.Sprintf("%s:answer:%d:%d", armed.Op.ID, armed.Rev, armed.Op.Arming.At.UnixNano())
	var err error
	for wait := 100 * time.Millisecond; wait < 20*time.Second; wait *= 2 {
		var r *reinstall.Refusal
		r, err = d.change(ctx, armed.Op.ID, command, "twokey", func(_ context.Context, rec port.Record) (reinstall.Event, *reinstall.Refusal, error) {
			if a := rec.Op.Arming; a == nil || !a.At.Equal(armed.Op.Arming.At) {
				return nil, reinstall.Refuse("Not noted", "the record is of another arming", "Reconcile"), nil
			}
			return e, nil, nil
		})
		if err == nil {
			if r != nil {
				d.log.Info("the outcome was found before the answer was written", "op", armed.Op.ID, "why", r.Why)
			}
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(wait):
		}
	}
	return err
}

// password makes and seals one, where the plan asks for one.
func (d *Desk) password(op reinstall.Operation) (clear, sealed string, err error) {
	if op.Plan.Login.Kind != reinstall.LoginPassword {
		return "", "", nil
	}
	clear, err = seal.NewPassword(d.rand)
	if err != nil {
		return "", "", err
	}
	sealed, err = d.seal.Seal(op.ID, clear)
	return clear, sealed, err
}
