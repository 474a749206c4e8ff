package commands

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
		return never
	}
	in := every - time.Duration(now.UnixNano())%every
	if op.End != nil && now.Sub(op.End.At) < every {
		in += every
	}
	return in
}

// watch looks at the machines of operations that have ended.
func (d *Desk) watch(ctx context.Context, ls []leased) {
	groups := map[[2]string][]leased{}
	for _, l := range ls {
		if !l.Op.Watched(d.now()) {
			d.release(ctx, l.Claim, never)
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
		seen, err := d.cloud.Look(ctx, k[0], k[1], ids) // a hundred a call
		d.watched(k[0]+" "+k[1], len(g), err)
		for _, l := range g {
			d.glance(ctx, l, seen)
		}
	}
}

// watched logs that machines could not be looked at, ever more rarely while it
// lasts, and its end. They are looked at again in any case.
func (d *Desk) watched(where string, machines int, err error) {
	if err == nil {
		if lasted, was := d.faults.Over("watch "+where); was {
			d.log.Info("machines of proposals that have ended can be looked at again", "where", where, "after", lasted.String())
		}
		return
	}
	d.count("fault", "watch")
	if silent, yes := d.faults.Tell("watch "+where); yes {
		d.log.Warn("could not look at machines of proposals that have ended; next time", "where", where, "machines", machines, "silent", silent, "err", err)
	}
}

// glance reports a reset from outside, once, and says when to look again.
func (d *Desk) glance(ctx context.Context, l leased, seen map[string]port.Seen) {
	s, ok := seen[l.Op.Plan.Instance]
	next := watchIn(l.Op, d.policy().WatchEvery, d.now())
	if !ok || !l.Op.ForeignReset(s.Instance.Latest) || !d.reported.fresh(l.Op.ID, s.Instance.Latest.RequestID) {
		d.release(ctx, l.Claim, next)
		return
	}
	newest, err := d.store.History(ctx, l.Op.Plan.Ref, 1)
	if err == nil && len(newest) > 0 && newest[0].Op.ID != l.Op.ID {
		d.release(ctx, l.Claim, never) // that one looks after the machine
		return
	}
	if err == nil {
		err = d.report(ctx, l.Op, s)
	}
	if err != nil {
		d.fault(ctx, l.Claim, "watch", err)
		return
	}
	d.reported.add(l.Op.ID, s.Instance.Latest.RequestID)
	d.release(ctx, l.Claim, next)
}

// report tells the channel and the audit of a reset that no proposal asked for,
// once by its request.
func (d *Desk) report(ctx context.Context, op reinstall.Operation, s port.Seen) error {
	r := s.Instance.Latest.RequestID
	t := screen.Outside(op, s.Instance, d.ask(ctx, op))
	d.log.Warn("a machine was reinstalled from outside", "op", op.ID, "instance", op.Plan.Instance, "request", r)
	d.count("finding", "foreign reset")
	return d.store.Note(ctx,
		port.Note{Key: op.ID + ".outside." + r, Kind: port.NoteFinding, Op: op.ID, By: "twokey", What: "reset from outside", Detail: t.String()},
		port.Post{Kind: port.PostLine, Key: op.ID + ".outside." + r, Op: op.ID, Text: t, Loud: true})
}

// reports are what this process has reported, so that it does not ask about it
// again each time. Another process finds in Redis that it was told.
type reports struct{ m sync.Map }

func (r *reports) fresh(op, request string) bool {
	last, ok := r.m.Load(op)
	return !ok || last != request
}

func (r *reports) add(op, request string) { r.m.Store(op, request) }
