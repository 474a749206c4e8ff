package engine

import (
	"context"
	"errors"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall"
)

// batch is how many instances one read takes; askFor, how long CloudAudit may
// take.
const (
	batch  = 100
	askFor = 15 * time.Second
)

// follow reads the machines of many operations, a hundred a call, and writes
// what the sights prove.
func (f *following) follow(ctx context.Context, ls []leased) {
	groups := map[[2]string][]leased{}
	for _, l := range ls {
		k := [2]string{l.Op.Plan.Account, l.Op.Plan.Region}
		groups[k] = append(groups[k], l)
	}
	for k, g := range groups {
		for len(g) > 0 {
			n := min(len(g), batch)
			f.look(ctx, k[0], k[1], g[:n])
			g = g[n:]
		}
	}
}

func (f *following) look(ctx context.Context, account, region string, ls []leased) {
	ids := make([]string, len(ls))
	for i, l := range ls {
		ids[i] = l.Op.Plan.Instance
	}
	seen, err := f.cloud.Look(ctx, account, region, ids)
	for _, l := range ls {
		if err != nil {
			f.unheard(ctx, l, "follow", err)
			continue
		}
		if err := f.sight(ctx, l, seen); err != nil {
			f.Fault(ctx, l.Claim, "follow", err)
		}
	}
}

// sight writes what one machine's sight proves of a reset under way.
func (f *following) sight(ctx context.Context, l leased, seen map[string]port.Seen) error {
	s, ok := seen[l.Op.Plan.Instance]
	if !ok {
		return f.absent(ctx, l)
	}
	if l.Op.Silence != nil {
		return f.heard(ctx, l)
	}
	now := reinstall.Sight{Instance: s.Instance, ServerTime: s.ServerTime}
	e := reinstall.Follow(l.Op, now, reinstall.Testimony{})
	if reinstall.Weighty(e) || l.Op.Inferred && (e != nil || onTheMinute(l.Op, f.now())) {
		e = reinstall.Follow(l.Op, now, f.machines.ask(ctx, l.Op))
	}
	if done, ok := e.(reinstall.Succeeded); ok {
		done.Probe = f.wanted()
		e = done
	}
	switch {
	case e != nil:
		return f.advance(ctx, l, e)
	case l.Op.Seen != s.Instance.State && ours(l.Op, s.Instance):
		return f.advance(ctx, l, reinstall.Moved{Seen: s.Instance.State})
	case !l.Op.Slow && s.ServerTime.Sub(l.Op.Arming.At) > reinstall.SlowAfter:
		return f.advance(ctx, l, reinstall.RunsLong{})
	}
	f.Release(ctx, l.Claim, followIn(l.Op, f.now()))
	return nil
}

// onTheMinute is true in one of the polls of each minute.
func onTheMinute(op reinstall.Operation, now time.Time) bool {
	return time.Duration(now.UnixNano())%time.Minute < gridOf(op, now)
}

// ask asks CloudAudit what was called on the machine since it matters. That it
// cannot be asked is part of what is known, and no fault: nothing waits for it.
func (m *machines) ask(ctx context.Context, op reinstall.Operation) reinstall.Testimony {
	ctx, cancel := context.WithTimeout(ctx, askFor)
	defer cancel()
	es, err := m.cloud.Events(ctx, op.Plan.Ref, op.EventsSince(m.now()))
	if err == nil {
		ops, known := m.callers(ctx, op)
		own, all := reinstall.Signers(ops)
		return reinstall.Testimony{Asked: m.now(), Events: es}.Judged(own, all && known).Recorded(ops)
	}
	m.faults.Warn("CloudAudit could not be asked", op.Plan.Account+" "+op.Plan.Region, err, "op", op.ID)
	m.count("fault", "cloudaudit")
	why := "it did not answer"
	var no denied
	refused := errors.As(err, &no) && no.Denied()
	if refused {
		why = "the account does not let Twokey read it" + lacks(err, "its key, its permissions, or CloudAudit is off")
	}
	return reinstall.Testimony{Failed: why, Denied: refused}
}

// signed is how many of a machine's operations are looked through for the keys
// that signed their calls.
const signed = 50

// callers are the operations of a machine, whose records name its calls and the
// keys that signed them; all says that they could be read.
func (m *machines) callers(ctx context.Context, op reinstall.Operation) (ops []reinstall.Operation, all bool) {
	recs, err := m.store.History(ctx, op.Plan.Ref, signed)
	if err != nil {
		m.log.Warn("the keys of earlier calls could not be read", "op", op.ID, "err", err)
		recs = nil
	}
	return append(port.Ops(recs), op), err == nil
}

func ours(op reinstall.Operation, i reinstall.Instance) bool {
	return i.Latest.RequestID == op.RequestID
}

// reconcile finds out what became of an armed operation whose answer nobody
// has. It only ever reads.
func (c *arming) reconcile(ctx context.Context, l leased) error {
	p := l.Op.Plan
	seen, err := c.cloud.Look(ctx, p.Account, p.Region, []string{p.Instance})
	if err != nil {
		c.following.unheard(ctx, l, "reconcile", err)
		return nil
	}
	s, ok := seen[p.Instance]
	if !ok {
		return c.following.absent(ctx, l)
	}
	if l.Op.Silence != nil {
		return c.following.heard(ctx, l)
	}
	now := reinstall.Sight{Instance: s.Instance, ServerTime: s.ServerTime}
	e := reinstall.Reconcile(l.Op, now, reinstall.Testimony{})
	if reinstall.AsksAudit(l.Op, e) {
		e = reinstall.Reconcile(l.Op, now, c.machines.ask(ctx, l.Op))
	}
	if e != nil {
		return c.advance(ctx, l, e)
	}
	c.Release(ctx, l.Claim, reconciles)
	return nil
}
