package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/screen"
	"twokey/commands/view"
)

// requestsOf are the requests of a line, one for each machine.
func requestsOf(l port.Line) []model.Request {
	if len(l.Targets) == 0 {
		return []model.Request{l.Request}
	}
	out := make([]model.Request, len(l.Targets))
	for i, t := range l.Targets {
		out[i] = l.Request
		out[i].Target = t
	}
	return out
}

// proposeItem makes the proposal that an item asks for, or none at all: what stands in
// the way of any of its machines refuses the whole.
func (m *proposer) proposeItem(ctx context.Context, it port.Item, l port.Line) (view.Text, error) {
	if made, err := m.batchMade(ctx, it); made || err != nil {
		return nil, err
	}
	me, fs, err := m.runPreflight(ctx, it, requestsOf(l))
	if err == nil {
		err = m.createOperations(ctx, it, me, fs)
	}
	var long *longRefusal
	if port.AsRefusal(err) == nil && !errors.As(err, &long) {
		return nil, err
	}
	if uerr := m.withdrawPartial(ctx, it, "not all machines of its proposal could be taken"); uerr != nil {
		return nil, uerr
	}
	return nil, err
}

// createOperations makes the operations. An id may be taken at the very moment: then others
// are chosen, which helps as long as none is made.
func (m *proposer) createOperations(ctx context.Context, it port.Item, me model.Person, fs []examined) error {
	for range changeTries {
		ids, err := m.freeIDs(ctx, fs)
		if err != nil {
			return err
		}
		if err = m.createAs(ctx, it, me, ids, fs); !errors.Is(err, port.ErrExists) {
			return err
		}
	}
	return model.Refuse(model.RefusalTitle(model.VerbPropose),
		"an id that was chosen for it was taken at that very moment", "Propose it again")
}

// createAs makes them under these ids: the lead last, with the card, so that nothing
// is shown before all machines are locked. The first of several that is made says
// which ids they have; after a crash it is found by its command.
func (m *proposer) createAs(ctx context.Context, it port.Item, me model.Person, ids []string, fs []examined) error {
	ops := make([]reinstall.Operation, len(fs))
	at := m.now()
	for n := range fs {
		i := (n + 1) % len(fs) // the lead last
		op, r := reinstall.Propose(ids[i], it.Channel, it.User, fs[i].request, fs[i].plan, fs[i].facts, fs[i].findings, at)
		if r != nil {
			return r
		}
		op.ProposerMail, op.Reply = me.Mailbox(), it.Reply // the mailbox as it was checked
		if len(fs) > 1 {
			op.Batch = &reinstall.Batch{Item: it.ID, Members: ids, Index: i}
		}
		ops[i] = op
		rec, err := m.store.Create(ctx, m.creationChange(it, ops, i))
		if locked := (*port.LockedError)(nil); errors.As(err, &locked) {
			return m.lockedRefusal(ctx, it, locked.By, fs[i])
		}
		if err != nil {
			return err
		}
		ids, ops[i] = rec.Op.Members(), rec.Op
	}
	for _, op := range ops {
		m.count("transition", string(reinstall.Proposed), model.VerbPropose)
		m.log.Info("proposed", "op", op.ID, "lead", op.LeadID(), "instance", op.Plan.Instance, "by", it.User,
			"plan", op.Fingerprint)
	}
	m.Wake()
	return nil
}

// freeIDs chooses an id for each machine; none is taken now.
func (m *proposer) freeIDs(ctx context.Context, fs []examined) ([]string, error) {
	ids := make([]string, len(fs))
	for i, f := range fs {
		for range changeTries {
			id := m.store.NewID(f.plan.Ref)
			_, err := m.store.Load(ctx, id)
			if port.IsNotFound(err) && !slices.Contains(ids, id) {
				ids[i] = id
				break
			}
			if err != nil && !port.IsNotFound(err) {
				return nil, err
			}
		}
		if ids[i] == "" {
			return nil, errors.New("no free id was found")
		}
	}
	return ids, nil
}

// creationChange stores one of the operations: the lead with the card and the first line,
// the others with nothing to show.
func (m *proposer) creationChange(it port.Item, ops []reinstall.Operation, i int) port.Change {
	op := ops[i]
	c := port.Change{
		Op: op, Command: it.ID, By: it.User, What: model.VerbPropose, WakeAfter: wakeUp(op, m.now()),
		Detail: screen.OpeningText(ops[i : i+1]).String(),
	}
	if !op.Single() {
		c.Command = fmt.Sprintf("%s.%d", it.ID, i)
		c.Detail += fmt.Sprintf(" One of %d machines, proposal %s.", len(ops), op.LeadID())
	}
	if op.Leads() {
		c.Posts = append([]port.Post{
			{Kind: port.PostCard, Key: op.ID + ".1.card", Op: op.ID, Rev: 1},
			{Kind: port.PostLine, Key: op.ID + ".1.0", Op: op.ID, Rev: 1, Text: screen.OpeningText(ops)},
		}, notifyPosts(op.ID, 1, ops...)...)
	}
	return c
}

// batchMade reports whether an earlier attempt at this very item, before a crash, has
// made the proposal: of several machines the lead is made last.
func (m *proposer) batchMade(ctx context.Context, it port.Item) (bool, error) {
	if it.Tries < 2 {
		return false, nil
	}
	live, err := m.store.Live(ctx)
	for _, r := range live {
		if r.Op.OfItem(it.ID) && r.Op.Leads() {
			return true, err
		}
		if !r.Op.Single() || r.Op.Proposer != it.User {
			continue
		}
		if did, err := m.store.Happened(ctx, r.Op.ID, it.ID); did || err != nil {
			return did, err
		}
	}
	return false, err
}

// liveByItem are the live ones of several operations that an item has made.
func (m *proposer) liveByItem(ctx context.Context, it port.Item) ([]port.Record, error) {
	live, err := m.store.Live(ctx)
	return slices.DeleteFunc(live, func(r port.Record) bool { return !r.Op.OfItem(it.ID) }), err
}

// withdrawPartial ends what was made of a proposal that is not made after all. Where its
// lead was, the proposal stands.
func (m *proposer) withdrawPartial(ctx context.Context, it port.Item, why string) error {
	made, err := m.liveByItem(ctx, it)
	if err != nil || slices.ContainsFunc(made, func(r port.Record) bool { return r.Op.Leads() }) {
		return err
	}
	for _, r := range made {
		err := m.Change(ctx, r.Op.ID, it.ID+".unmade", "twokey", alwaysDecide(reinstall.NothingSent{Why: why}))
		if port.ExceptRefusal(err) != nil {
			return err
		}
	}
	return nil
}

// giveUp leaves nothing behind of a proposal for several machines that was made
// in part.
func (m *proposer) giveUp(ctx context.Context, it port.Item) error {
	if it.Verb != model.VerbPropose {
		return nil
	}
	return m.withdrawPartial(ctx, it, "Twokey could not complete its proposal")
}
