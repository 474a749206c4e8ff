package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"twokey/commands/people"
	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/seal"
	"twokey/commands/view"
)

// workerCommand makes a transition of the worker unique: the revision it was
// decided on and the lease it was decided under.
func workerCommand(l leased, e reinstall.Event) string {
	return fmt.Sprintf("%s:%d:%s:%d", l.Op.ID, l.Rev, e.Name(), l.Claim.Token)
}

// Facts reads everything again. An error, which may be a refusal of the cloud,
// tells nothing about the machine.
func (m *machines) Facts(ctx context.Context, op reinstall.Operation) (model.Facts, error) {
	made := ""
	if op.Making != nil {
		made = op.Making.ID
	}
	return m.cloud.Read(ctx, op.Plan.Ref, op.Request, made)
}

// readForRecheck reads everything again and makes the plan as it would be made now. A
// refusal of the cloud becomes a finding that blocks: a failed check counts as
// no.
func (m *machines) readForRecheck(ctx context.Context, op reinstall.Operation) (reinstall.RecheckResult, error) {
	f, last, audit, err := m.readEverything(ctx, op)
	var r *model.Refusal
	if errors.As(err, &r) {
		code := "read"
		if r.NotShown {
			code = model.CodeNotShown
		}
		return reinstall.RecheckResult{
			Plan: op.Plan, Latest: op.Baseline, Evidence: op.Evidence,
			Findings: []model.Finding{
				{Code: code, Severity: model.Blocks, Why: r.Why, Next: r.Next},
			},
		}, nil
	}
	if err != nil {
		return reinstall.RecheckResult{}, err
	}
	terms := m.lookAround(ctx, &f, op.Plan.Terms.OneMoreFor...)
	plan := model.MakePlan(op.Request, f, terms).WithApproved(op.Plan)
	out := reinstall.RecheckResult{
		Plan: plan, Latest: f.Instance.Latest, Evidence: f.Evidence, Around: f.Around, Last: last, Audit: audit,
		Findings: model.Preflight(model.Case{Request: op.Request, Facts: f, Terms: terms, Plan: plan, Now: m.now()}),
	}
	if out.OutsideReset = op.HiddenReset(out); out.OutsideReset == nil && op.ResetOutside(out) {
		if e, ok := m.askCloudAudit(ctx, op).EventOf(out.Latest.RequestID); ok {
			out.OutsideReset = &e
		}
	}
	return out, nil
}

// passingCodes are the findings that end by themselves: while only these block, the
// re-check waits and reads again (cloud/doc.go 3.4).
var passingCodes = map[string]bool{
	"busy": true, "state": true, model.CodeUnchecked: true, model.CodeSiblings: true,
	model.CodeUnasked: true,
}

// whyReadAgain says why a reading is to be taken again later, if it is.
func whyReadAgain(op reinstall.Operation, r reinstall.RecheckResult, now time.Time) string {
	if what, wait := op.AbsenceDoubted(r, now); wait {
		return notShownNow(what)
	}
	b := model.Blocking(r.Findings)
	for _, f := range b {
		if !passingCodes[f.Code] {
			return ""
		}
	}
	if why := op.WhyUnclear(r); why != "" {
		return why
	}
	if len(b) == 0 {
		return model.FailedCheck(op.Around, r.Around, r.Plan.Terms)
	}
	return b[0].Why
}

// readAgain reads everything again, and who has approved; why says that it must be
// done again later.
func (q *waiting) readAgain(ctx context.Context, op reinstall.Operation) (r reinstall.RecheckResult, why string) {
	who, err := q.people.RereadApprovers(ctx, op)
	if err != nil {
		return r, people.WhoUnread
	}
	if r, err = q.machines.readForRecheck(ctx, op); errors.Is(err, errNotShown) {
		return r, errNotShown.Error()
	} else if err != nil {
		q.faults.Warn("machine: could not read it again", op.ID, err, "op", op.ID, "state", op.State)
		return r, "the cloud cannot be asked about the machine" + faultReason(err)
	}
	r.Actors = who
	return r, whyReadAgain(op, r, q.now())
}

func notShownNow(what string) string { return "the cloud does not show " + what + " just now" }

// waitToRead has the operation wait for a reading that tells more.
func (q *waiting) waitToRead(ctx context.Context, l leased, r reinstall.RecheckResult, why string) error {
	w := reinstall.Waiting{Why: why}
	if what, wait := l.Op.AbsenceDoubted(r, q.now()); wait && why == notShownNow(what) {
		w.Absent = what
	}
	return q.noteWait(ctx, l, w)
}

// recheckProposal reads everything after the last key.
func (c *arming) recheckProposal(ctx context.Context, l leased) error {
	if !c.now().Before(l.Op.Expires) {
		return c.applyEvent(ctx, l, reinstall.Expire{})
	}
	if done, err := c.waiting.awaitClearance(ctx, l); done || err != nil {
		return err
	}
	if done, err := c.waiting.waitIfStopped(ctx, l); done || err != nil {
		return err
	}
	if p := c.waiting.closedHours(l.Op); p != nil {
		return c.waiting.waitForOpening(ctx, l, *p)
	}
	r, why := c.waiting.readAgain(ctx, l.Op)
	if why != "" {
		return c.waiting.waitToRead(ctx, l, r, why)
	}
	return c.applyEvent(ctx, l, reinstall.Recheck{Result: r})
}

// armAndSend is the arming protocol (bot/store/doc.go 6): read again,
// burn the intent durably, and only then, in a straight line, make the one
// call. Whoever else finds the operation armed only reconciles.
func (c *arming) armAndSend(ctx context.Context, l leased) error {
	if done, err := c.checkBeforeArm(ctx, l); done || err != nil {
		return err
	}
	key, err := c.cloud.Signer(ctx, l.Op.Plan.Account)
	if err != nil {
		c.log.Warn("cloud: access key not available", "op", l.Op.ID, "err", err)
		return c.waiting.waitBecause(ctx, l, "Twokey has no access key for the cloud just now")
	}
	r, why := c.waiting.readAgain(ctx, l.Op)
	if why != "" {
		return c.waiting.waitToRead(ctx, l, r, why)
	}
	if next, refused := reinstall.Step(l.Op, reinstall.Recheck{Result: r}, c.now()); refused != nil ||
		next.State != reinstall.Ready {
		return c.applyEvent(ctx, l, reinstall.Recheck{Result: r})
	}
	if p := c.waiting.closedHours(l.Op); p != nil { // reading takes a while
		return c.waiting.waitForOpening(ctx, l, *p)
	}
	password, sealed, err := c.makePassword(l.Op)
	if err != nil {
		return err
	}
	if done, err := c.waiting.waitIfStopped(ctx, l); done || err != nil {
		return err
	}
	if still, err := c.waiting.stillCleared(ctx, l.Op); err != nil || !still {
		if err == nil {
			c.Release(ctx, l.Claim, port.Again)
		}
		return err
	}
	arm := reinstall.Arm{Recheck: r, At: c.now(), Password: sealed, Key: key}
	if why := r.Stale(arm.At); why != "" {
		return c.waiting.waitBecause(ctx, l, why)
	}
	if l.Op.CountdownMissed(arm.At) {
		return c.applyEvent(ctx, l, reinstall.RestartCountdown{})
	}
	next, refused := reinstall.Step(l.Op, arm, arm.At)
	if refused != nil {
		return c.applyEvent(ctx, l, reinstall.NothingSent{Why: view.EndSentence(refused.Why) + " " + refused.Next})
	}
	return c.sendReset(ctx, l, next, arm, password)
}

// checkBeforeArm ends a countdown that is over, or has it wait, where nothing
// needs to be read for it.
func (c *arming) checkBeforeArm(ctx context.Context, l leased) (done bool, err error) {
	if c.ending.Load() { // another one, or this one started again, goes on
		c.Release(ctx, l.Claim, 0)
		return true, nil
	}
	if !c.now().Before(l.Op.Expires) {
		return true, c.applyEvent(ctx, l, reinstall.Expire{})
	}
	if p := c.waiting.closedHours(l.Op); p != nil { // before a place in the budget is taken
		return true, c.waiting.waitForOpening(ctx, l, *p)
	}
	if newest, err := c.store.Newest(ctx, l.Record); err != nil || !newest {
		if err == nil { // read again, it is known for an older one
			c.log.Warn("audit: shows a later revision than Redis", "op", l.Op.ID, "rev", l.Rev)
			c.Release(ctx, l.Claim, 0)
		}
		return true, err
	}
	w, err := c.waiting.whyMustWait(ctx, l.Op)
	switch {
	case err != nil:
		return true, err
	case w.Why != "":
		return true, c.waiting.noteWait(ctx, l, w)
	case l.Op.Waits != "":
		return true, c.applyEvent(ctx, l, reinstall.WaitOver{})
	}
	return false, nil
}

// sendReset burns the intent and sends the ResetInstance request.
func (c *arming) sendReset(ctx context.Context, l leased, next reinstall.Operation, arm reinstall.Arm,
	password string,
) error {
	armed, err := c.store.Arm(ctx, c.newTransition(l.Record, next, arm, l.Claim, workerCommand(l, arm), "twokey"))
	if err != nil {
		return c.handleNotArmed(ctx, l, next, err)
	}
	c.count("transition", string(reinstall.Armed), arm.Name())
	c.log.Info("armed", "op", next.ID, "instance", next.Plan.Instance, "rev", armed.Rev, "plan", next.Fingerprint)
	var answer port.Answer
	if why, err := c.waiting.whyStopArmed(ctx, next); err != nil || why != "" {
		answer = port.Answer{Verdict: port.NeverSent, Message: cmp.Or(why,
			"Redis could not be asked whether everything is frozen")}
	} else {
		answer = c.cloud.Reset(ctx, port.Order{Plan: next.Plan, Password: password, T0: arm.At})
	}
	c.log.Info("answered", "op", next.ID, "verdict", answer.Verdict, "request", answer.RequestID, "code", answer.Code)
	return c.recordAnswer(ctx, armed, answer)
}

// notArmed: whatever is not certain about the intent means that nothing is
// sent. If it was written all the same, the record says armed, and reconciling
// will find that no request was sent.
func (c *arming) handleNotArmed(ctx context.Context, l leased, armed reinstall.Operation, err error) error {
	if errors.Is(err, port.ErrCannotArm) {
		c.log.Error("reset: not armed, Redis cannot keep the intent safe", "op", l.Op.ID, "err", err)
		c.count("fault", "not durable")
		return c.waiting.noteWait(ctx, l, reinstall.Waiting{Why: cannotArmText(err), KeepsPosition: true})
	}
	if errors.Is(err, port.ErrNotDurable) {
		c.log.Error("reset: armed, but not durably; nothing is sent", "op", l.Op.ID, "err", err)
		c.count("fault", "not durable")
		if ctx.Err() != nil { // a stop cut the wait for the disk off; that nothing was sent is known all the same
			fresh, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
			defer cancel()
			ctx = fresh
		}
		return c.recordAnswer(ctx, port.Record{Op: armed, Rev: l.Rev + 1}, port.Answer{
			Verdict: port.NeverSent,
			Message: "Redis did not confirm that it keeps a record of it",
		})
	}
	if stale := (*port.StaleError)(nil); !errors.As(err, &stale) && !errors.Is(err, port.ErrFenced) {
		// It may have been written, as where the answer came too late. That nothing
		// was sent is known, and is heard whatever others took for it meanwhile.
		err = errors.Join(err, c.recordAnswer(ctx, port.Record{Op: armed, Rev: l.Rev + 1},
			port.Answer{Verdict: port.NeverSent, Message: "Redis did not say in time that it keeps a record of it"}))
	}
	return c.retryIfMoved(ctx, l.Claim, err)
}

// recordAnswer writes what the answer proves of this very arming: after a fail-over
// that lost it, another worker may have armed again, and of that it proves
// nothing. It is tried for a while: the request id is worth more than the time.
func (c *arming) recordAnswer(ctx context.Context, armed port.Record, a port.Answer) error {
	var e reinstall.Event
	switch {
	case a.Verdict == port.Accepted && a.RequestID != "":
		e = reinstall.Accepted{RequestID: a.RequestID}
	case a.Verdict == port.Declined:
		e = reinstall.Declined{Code: a.Code, Why: a.Message}
	case a.Verdict == port.NeverSent:
		e = reinstall.NothingSent{Why: "Twokey sent no request: " + a.Message}
	default:
		e = reinstall.AnswerLost{Why: cmp.Or(a.Code, "no answer")}
		c.log.Warn("reset: the answer was lost", "op", armed.Op.ID, "code", a.Code, "words", a.Message)
	}
	command := fmt.Sprintf("%s:answer:%d:%d", armed.Op.ID, armed.Rev, armed.Op.Arming.At.UnixNano())
	var err error
	for wait := 100 * time.Millisecond; wait < 20*time.Second; wait *= 2 {
		err = c.Change(ctx, armed.Op.ID, command, "twokey", func(_ context.Context, rec port.Record) (reinstall.Event,
			error,
		) {
			if a := rec.Op.Arming; a == nil || !a.At.Equal(armed.Op.Arming.At) {
				return nil, model.Refuse("Not noted", "the record is of another arming", "Reconcile")
			}
			return e, nil
		})
		if r := port.AsRefusal(err); r != nil {
			c.log.Info("reset: outcome found before the answer was written", "op", armed.Op.ID, "why", r.Why)
		}
		if port.ExceptRefusal(err) == nil {
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

// makePassword makes and seals one, where the plan asks for one.
func (c *arming) makePassword(op reinstall.Operation) (clear, sealed string, err error) {
	if op.Plan.Login.Kind != model.LoginPassword {
		return "", "", nil
	}
	clear, err = seal.NewPassword(c.rand)
	if err != nil {
		return "", "", err
	}
	sealed, err = c.seal.Seal(op.ID, clear)
	return clear, sealed, err
}
