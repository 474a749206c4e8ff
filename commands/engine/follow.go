package engine

import (
	"context"
	"errors"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

// readBatch is how many instances one read takes; auditTimeout, how long CloudAudit may
// take.
const (
	readBatch    = 100
	auditTimeout = 15 * time.Second
)

// followAll reads the machines of many operations, a hundred a call, and writes
// what the observations prove.
func (f *following) followAll(ctx context.Context, ls []leased) {
	groups := map[[2]string][]leased{}
	for _, l := range ls {
		k := [2]string{l.Op.Plan.Account, l.Op.Plan.Region}
		groups[k] = append(groups[k], l)
	}
	for k, g := range groups {
		for len(g) > 0 {
			n := min(len(g), readBatch)
			f.readStatuses(ctx, k[0], k[1], g[:n])
			g = g[n:]
		}
	}
}

func (f *following) readStatuses(ctx context.Context, account, region string, ls []leased) {
	ids := make([]string, len(ls))
	for i, l := range ls {
		ids[i] = l.Op.Plan.Instance
	}
	seen, err := f.cloud.Look(ctx, account, region, ids)
	for _, l := range ls {
		if err != nil {
			f.noteUnreachable(ctx, l, "follow", err)
			continue
		}
		if err := f.applyStatus(ctx, l, seen); err != nil {
			f.Fault(ctx, l.Claim, "follow", err)
		}
	}
}

// applyStatus writes what one observation proves of a reset under way.
func (f *following) applyStatus(ctx context.Context, l leased, seen map[string]port.InstanceStatus) error {
	s, ok := seen[l.Op.Plan.Instance]
	if !ok {
		return f.noteAbsent(ctx, l)
	}
	if l.Op.Outage != nil {
		return f.noteReachable(ctx, l)
	}
	now := reinstall.Observation{Instance: s.Instance, ServerTime: s.ServerTime}
	e := reinstall.Follow(l.Op, now, reinstall.AuditEvidence{})
	if reinstall.WorthAuditing(e) || l.Op.Inferred && (e != nil || onTheMinute(l.Op, f.now())) {
		e = reinstall.Follow(l.Op, now, f.machines.askCloudAudit(ctx, l.Op))
	}
	if done, ok := e.(reinstall.Succeeded); ok {
		done.Probe = f.policyProbe()
		e = done
	}
	switch {
	case e != nil:
		return f.applyEvent(ctx, l, e)
	case l.Op.MachineStatus != s.Instance.State && showsOurRequest(l.Op, s.Instance):
		return f.applyEvent(ctx, l, reinstall.StatusChanged{Status: s.Instance.State})
	case !l.Op.Slow && s.ServerTime.Sub(l.Op.Arming.At) > model.SlowAfter:
		return f.applyEvent(ctx, l, reinstall.BecameSlow{})
	}
	f.Release(ctx, l.Claim, followIn(l.Op, f.now()))
	return nil
}

// onTheMinute is true in one of the polls of each minute.
func onTheMinute(op reinstall.Operation, now time.Time) bool {
	return time.Duration(now.UnixNano())%time.Minute < gridOf(op, now)
}

// askCloudAudit asks CloudAudit what was called on the machine since it matters. That it
// cannot be asked is part of what is known, and no fault: nothing waits for it.
func (m *machines) askCloudAudit(ctx context.Context, op reinstall.Operation) reinstall.AuditEvidence {
	ctx, cancel := context.WithTimeout(ctx, auditTimeout)
	defer cancel()
	es, err := m.cloud.Events(ctx, op.Plan.Ref, reinstall.EventsSince(op, m.now()))
	if err == nil {
		ops, known := m.machineCalls(ctx, op)
		own, all := reinstall.SigningKeys(ops)
		return reinstall.AuditEvidence{Asked: m.now(), Events: es}.WithCallers(own, all && known).WithProposals(ops)
	}
	m.faults.Warn("CloudAudit: does not answer", op.Plan.Account+" "+op.Plan.Region, err, "op", op.ID)
	m.count("fault", "cloudaudit")
	why := "it did not answer"
	no, denied := errors.AsType[*port.AccessDeniedError](err)
	if denied {
		why = "the account does not let Twokey read it" +
			denialHint(no, "its key, its permissions, or CloudAudit is off")
	}
	return reinstall.AuditEvidence{Failed: why, Denied: denied}
}

// callsLookback is how many of a machine's operations are looked through for the keys
// that signed their calls.
const callsLookback = 50

// machineCalls are the operations of a machine, whose records name its calls and the
// keys that signed them; all says that they could be read.
func (m *machines) machineCalls(ctx context.Context, op reinstall.Operation) (ops []reinstall.Operation, all bool) {
	recs, err := m.store.History(ctx, op.Plan.Ref, callsLookback)
	if err != nil {
		m.log.Warn("CloudAudit: could not read the keys of earlier requests", "op", op.ID, "err", err)
		recs = nil
	}
	return append(port.Ops(recs), op), err == nil
}

func showsOurRequest(op reinstall.Operation, i model.Instance) bool {
	return i.Latest.RequestID == op.RequestID
}

// reconcileArmed finds out what became of an armed operation whose answer nobody
// has. It only ever reads.
func (c *arming) reconcileArmed(ctx context.Context, l leased) error {
	p := l.Op.Plan
	seen, err := c.cloud.Look(ctx, p.Account, p.Region, []string{p.Instance})
	if err != nil {
		c.following.noteUnreachable(ctx, l, "reconcile", err)
		return nil
	}
	s, ok := seen[p.Instance]
	if !ok {
		return c.following.noteAbsent(ctx, l)
	}
	if l.Op.Outage != nil {
		return c.following.noteReachable(ctx, l)
	}
	now := reinstall.Observation{Instance: s.Instance, ServerTime: s.ServerTime}
	e := reinstall.Reconcile(l.Op, now, reinstall.AuditEvidence{})
	if reinstall.NeedsAudit(l.Op, e) {
		e = reinstall.Reconcile(l.Op, now, c.machines.askCloudAudit(ctx, l.Op))
	}
	if e != nil {
		return c.applyEvent(ctx, l, e)
	}
	c.Release(ctx, l.Claim, reconcilePoll)
	return nil
}
