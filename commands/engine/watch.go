package engine

import (
	"context"
	"sync"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/screen"
)

// Whoever was told no, or has just had a machine reinstalled, may do it at the
// console all the same. So the machine of an ended operation is looked at for a
// while. The operation wakes up on one grid with all others, so that one read
// serves a batch; a look without a finding writes nothing but the next wake-up.

// watchIn is when an operation that has ended is looked at next: on the grid of
// the policy, the first time not before a whole interval has passed.
func watchIn(op reinstall.Operation, every time.Duration, now time.Time) time.Duration {
	if every <= 0 || !op.Watched(now) {
		return port.Never
	}
	in := every - time.Duration(now.UnixNano())%every
	if op.End != nil && now.Sub(op.End.At) < every {
		in += every
	}
	return in
}

// watchEnded looks at the machines of operations that have ended.
func (f *following) watchEnded(ctx context.Context, ls []leased) {
	groups := map[[2]string][]leased{}
	for _, l := range ls {
		if !l.Op.Watched(f.now()) {
			f.Release(ctx, l.Claim, port.Never)
			continue
		}
		k := [2]string{l.Op.Plan.Account, l.Op.Plan.Region}
		groups[k] = append(groups[k], l)
	}
	for k, g := range groups {
		ids := make([]string, len(g))
		for i, l := range g {
			ids[i] = l.Op.Plan.Instance
		}
		seen, err := f.cloud.Look(ctx, k[0], k[1], ids) // a hundred a call
		f.logWatchFault(k[0]+" "+k[1], len(g), err)
		for _, l := range g {
			f.checkOutsideReset(ctx, l, seen)
		}
	}
}

// logWatchFault logs that machines could not be looked at, ever more rarely while it
// lasts, and its end. They are looked at again in any case.
func (f *following) logWatchFault(where string, machines int, err error) {
	if err == nil {
		if lasted, was := f.faults.Recovered("watch " + where); was {
			f.log.Info("machines of proposals that have ended can be looked at again", "where", where, "after", lasted.String())
		}
		return
	}
	f.count("fault", "watch")
	if silent, yes := f.faults.ShouldLog("watch " + where); yes {
		f.log.Warn("could not look at machines of proposals that have ended; next time", "where", where, "machines", machines, "silent", silent, "err", err)
	}
}

// checkOutsideReset reports a reset from outside, once, and says when to look again.
func (f *following) checkOutsideReset(ctx context.Context, l leased, seen map[string]port.InstanceStatus) {
	s, ok := seen[l.Op.Plan.Instance]
	next := watchIn(l.Op, f.policy().WatchEvery, f.now())
	if !ok || !l.Op.ForeignReset(s.Instance.Latest) || !f.reported.isNew(l.Op.ID, s.Instance.Latest.RequestID) {
		f.Release(ctx, l.Claim, next)
		return
	}
	newest, err := f.store.History(ctx, l.Op.Plan.Ref, 1)
	if err == nil && len(newest) > 0 && newest[0].Op.ID != l.Op.ID {
		f.Release(ctx, l.Claim, port.Never) // that one looks after the machine
		return
	}
	if err == nil {
		err = f.reportOutsideReset(ctx, l.Op, s)
	}
	if err != nil {
		f.Fault(ctx, l.Claim, "watch", err)
		return
	}
	f.reported.addReport(l.Op.ID, s.Instance.Latest.RequestID)
	f.Release(ctx, l.Claim, next)
}

// reportOutsideReset tells the channel and the audit of a reset that no proposal asked for,
// once by its request.
func (f *following) reportOutsideReset(ctx context.Context, op reinstall.Operation, s port.InstanceStatus) error {
	r := s.Instance.Latest.RequestID
	t := screen.OutsideResetText(op, s.Instance, f.machines.askCloudAudit(ctx, op))
	f.log.Warn("a machine was reinstalled from outside", "op", op.ID, "instance", op.Plan.Instance, "request", r)
	f.count("finding", "foreign reset")
	return f.store.Note(ctx,
		port.Note{Key: op.ID + ".outside." + r, Kind: port.NoteFinding, Op: op.ID, By: "twokey", What: "reset from outside", Detail: t.String()},
		port.Post{Kind: port.PostLine, Key: op.ID + ".outside." + r, Op: op.ID, Text: t, Loud: true})
}

// reports are what this process has reported, so that it does not ask about it
// again each time. Another process finds in Redis that it was told.
type reports struct{ m sync.Map }

func (r *reports) isNew(op, request string) bool {
	last, ok := r.m.Load(op)
	return !ok || last != request
}

func (r *reports) addReport(op, request string) { r.m.Store(op, request) }
