package engine

import (
	"context"
	"errors"
	"slices"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall"
)

// denialHint says in brackets what a denial asks for: the permission that the cloud
// names, or what else it can be.
func denialHint(no *port.AccessDeniedError, otherwise string) string {
	if no.Action != "" {
		return " (its CAM policy does not allow " + no.Action + ")"
	}
	return " (" + otherwise + ")"
}

// faultReason is what a fault means for people, behind a colon, if it can say so.
func faultReason(err error) string {
	x, ok := errors.AsType[*port.ExplainedError](err)
	if !ok {
		return ""
	}
	return ": " + x.Why
}

const (
	// outagePoll is how often the cloud is asked while it cannot be;
	// outagePollLong, once that has lasted for outageLong.
	outagePoll     = 10 * time.Second
	outagePollLong = 30 * time.Second
	outageLong     = 5 * time.Minute
)

// noteUnreachable notes that the cloud cannot be asked about what is under way, goes on
// asking, and ends it after the limit. It logs each change, not each attempt.
func (f *following) noteUnreachable(ctx context.Context, l leased, doing string, err error) {
	e := reinstall.CloudUnreachable{
		Why:  "it does not answer",
		Next: "Look at the console, and at the network between Twokey and the cloud",
	}
	if r := port.AsRefusal(err); r != nil {
		e.Why, e.Next = r.Why, r.Next
	} else if x, ok := errors.AsType[*port.ExplainedError](err); ok {
		e.Why, e.Next = x.Why, x.Next
	}
	f.count("fault", doing)
	what := f.outageEvent(ctx, l.Op, e)
	if what == nil {
		f.log.Debug("cloud: still does not answer", "op", l.Op.ID, "doing", doing, "err", err)
		f.Release(ctx, l.Claim, outagePollIn(l.Op, f.now()))
		return
	}
	f.log.Error("cloud: does not answer", "op", l.Op.ID, "doing", doing, "then", what.Name(), "err", err)
	if err := f.applyEvent(ctx, l, what); err != nil {
		f.Fault(ctx, l.Claim, doing, err)
	}
}

func outagePollIn(op reinstall.Operation, now time.Time) time.Duration {
	if op.Outage != nil && now.Sub(op.Outage.Since) > outageLong {
		return outagePollLong
	}
	return outagePoll
}

// noteAbsent notes that the cloud answers without showing the machine that is under
// way, until that is believed.
func (f *following) noteAbsent(ctx context.Context, l leased) error {
	if reinstall.JudgeAbsence(l.Op, f.now(), reinstall.AuditEvidence{}) != nil {
		return f.applyEvent(ctx, l, reinstall.JudgeAbsence(l.Op, f.now(), f.machines.askCloudAudit(ctx, l.Op)))
	}
	return f.noteNotShown(ctx, l, "the machine")
}

// noteNotShown notes that the cloud answers without showing what was asked for.
func (f *following) noteNotShown(ctx context.Context, l leased, what string) error {
	e := reinstall.CloudUnreachable{
		Why:  "it answers, but does not show " + what + " just now",
		Next: "Look at the console", Absent: true,
	}
	if next := f.outageEvent(ctx, l.Op, e); next != nil {
		return f.applyEvent(ctx, l, next)
	}
	f.Release(ctx, l.Claim, outagePoll)
	return nil
}

// outageEvent is what comes of a silence. Of several machines in one place one alone
// tells of it, and the last one of its end.
func (f *following) outageEvent(ctx context.Context, op reinstall.Operation,
	e reinstall.CloudUnreachable,
) reinstall.Event {
	e.Muted = reinstall.OutageNoticeDue(op, f.now()) && f.outageReported(ctx, op)
	return op.OutageEvent(e, f.now())
}

// noteReachable notes that the cloud answers again.
func (f *following) noteReachable(ctx context.Context, l leased) error {
	return f.applyEvent(ctx, l, reinstall.CloudReachable{Muted: l.Op.Outage.Reported && f.outageReported(ctx, l.Op)})
}

// outageReported reports whether the thread has been told the same of another one
// of the proposal. Where that cannot be read it is told twice.
func (f *following) outageReported(ctx context.Context, op reinstall.Operation) bool {
	recs, err := f.proposals.All(ctx, port.Record{Op: op})
	return err == nil && slices.ContainsFunc(recs, func(r port.Record) bool {
		s, p := r.Op.Outage, r.Op.Plan
		return r.Op.ID != op.ID && s != nil && s.Reported && p.Account == op.Plan.Account && p.Region == op.Plan.Region
	})
}
