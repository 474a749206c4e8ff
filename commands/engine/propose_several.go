package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/screen"
	"twokey/commands/view"
)

// readers is how many machines of one proposal are read at a time.
const readers = 4

// ForEach does something for each of several machines, for some at a time.
func ForEach(n int, do func(i int)) {
	var all errgroup.Group
	all.SetLimit(readers)
	for i := range n {
		all.Go(func() error { do(i); return nil })
	}
	_ = all.Wait() // none of them fails
}

// parted are the wishes for each of several machines.
func parted(l port.Line) []reinstall.Wish {
	out := make([]reinstall.Wish, len(l.Targets))
	for i, t := range l.Targets {
		out[i] = l.Wish
		out[i].Target = t
	}
	return out
}

// proposeAll makes one proposal for several machines, or none at all: what
// stands in the way of any of them refuses the whole.
func (m *proposer) proposeAll(ctx context.Context, it port.Item, l port.Line) (reinstall.Text, error) {
	if made, err := m.stands(ctx, it); made || err != nil {
		return nil, err
	}
	me, fs, err := m.examineAll(ctx, it, l)
	if err == nil {
		err = m.createAll(ctx, it, me, l, fs)
	}
	var long *refusedAtLength
	if port.AsRefusal(err) == nil && !errors.As(err, &long) {
		return nil, err
	}
	if uerr := m.unmake(ctx, it, "not all machines of its proposal could be taken"); uerr != nil {
		return nil, uerr
	}
	return nil, err
}

// examineAll checks who proposes, reads every machine and words all that stands
// in the way.
func (m *proposer) examineAll(ctx context.Context, it port.Item, l port.Line) (me reinstall.Person, fs []found, err error) {
	me, r, err := m.mayPropose(ctx, it)
	if r != nil || err != nil {
		return me, nil, screen.Either(r, err)
	}
	wishes := parted(l)
	fs = make([]found, len(wishes))
	errs := make([]error, len(wishes))
	ForEach(len(wishes), func(i int) { fs[i], errs[i] = m.examine(ctx, wishes[i], screen.DoingOf(reinstall.VerbPropose)) })
	var no []reinstall.Text
	for i, w := range wishes {
		why, err := m.against(ctx, it, w, &fs[i], errs[i])
		if err != nil {
			return me, nil, err
		}
		no = append(no, why...)
	}
	if len(no) > 0 {
		return me, nil, &refusedAtLength{noneOf(len(wishes), no)}
	}
	if r := sameTwice(wishes, fs); r != nil {
		return me, nil, r
	}
	return me, fs, nil
}

// noneOf words what refuses a whole proposal: a line for each machine.
func noneOf(of int, no []reinstall.Text) reinstall.Text {
	t := reinstall.Say(reinstall.Emoji("no_entry"), " ", reinstall.Strong(screen.DoingOf(reinstall.VerbPropose)), fmt.Sprintf(": %d of %d machines cannot be reinstalled like this, so nothing is proposed.", len(no), of))
	for _, why := range no {
		t = append(t, reinstall.Say("\n• ", why)...)
	}
	return append(t, reinstall.Say("\nNothing was started. Leave them out, or propose them one by one; words that belong together need quotation marks.")...)
}

// against says what stands in the way of one machine, as at most one line.
func (m *proposer) against(ctx context.Context, it port.Item, w reinstall.Wish, f *found, err error) ([]reinstall.Text, error) {
	if r := port.AsRefusal(err); r != nil {
		return []reinstall.Text{reinstall.Say(reinstall.Strong(w.Target), ": ", screen.WhyNot(r))}, nil
	}
	if err != nil {
		return nil, err
	}
	name := reinstall.Strong(f.plan.Called())
	if live, err := m.liveFor(ctx, f.plan.Ref); err != nil {
		return nil, err
	} else if own, err := m.isOf(ctx, live, it); err != nil {
		return nil, err
	} else if live != "" && !own {
		var r *reinstall.Refusal
		if err := m.locked(ctx, it, live, *f); !errors.As(err, &r) {
			return nil, err
		}
		return []reinstall.Text{screen.WhyNot(r)}, nil
	}
	if b := reinstall.Blocking(f.findings); len(b) > 0 {
		t := reinstall.Say(name, ":")
		for _, x := range b {
			t = append(t, reinstall.Say(" ", screen.Capital(view.Dot(x.Why)), " ", view.Dot(x.Next))...)
		}
		return []reinstall.Text{t}, nil
	}
	warn, r, err := m.people.Enough(ctx, it.User, f.plan)
	f.findings = append(f.findings, warn...)
	if r == nil && err == nil {
		r = view.ClosedTooLong(f.plan.Terms, m.now())
	}
	if r == nil || err != nil {
		return nil, err
	}
	return []reinstall.Text{reinstall.Say(name, ": ", screen.WhyNot(r))}, nil
}

// isOf reports whether an operation was made by an earlier attempt at this item.
func (m *proposer) isOf(ctx context.Context, id string, it port.Item) (bool, error) {
	if id == "" {
		return false, nil
	}
	rec, err := m.store.Load(ctx, id)
	if port.IsNotFound(err) {
		return false, nil
	}
	return err == nil && rec.Op.Batch != nil && rec.Op.Batch.Item == it.ID, err
}

// sameTwice refuses a machine that two of the words mean.
func sameTwice(ws []reinstall.Wish, fs []found) *reinstall.Refusal {
	for i := range fs {
		for j := range i {
			if fs[i].plan.Ref == fs[j].plan.Ref {
				return reinstall.Refuse(screen.DoingOf(reinstall.VerbPropose), reinstall.Quote(ws[j].Target)+" and "+reinstall.Quote(ws[i].Target)+" are the same machine, "+fs[i].plan.Instance,
					"Name each machine once")
			}
		}
	}
	return nil
}

// createAll makes the operations: the lead last, with the card, so that nothing
// is shown before all machines are locked. The first that is made says which ids
// they have; after a crash it is found by its command.
func (m *proposer) createAll(ctx context.Context, it port.Item, me reinstall.Person, l port.Line, fs []found) error {
	ids, err := m.freeIDs(ctx, fs)
	if err != nil {
		return err
	}
	wishes, ops := parted(l), make([]reinstall.Operation, len(fs))
	at := m.now()
	for n := range fs {
		i := (n + 1) % len(fs) // the lead last
		op, r := reinstall.Propose(ids[i], it.Channel, it.User, wishes[i], fs[i].plan, fs[i].facts, fs[i].findings, at)
		if r != nil {
			return r
		}
		op.ProposerMail, op.Reply = me.Mailbox(), it.Reply // the mailbox as it was checked
		op.Batch = &reinstall.Batch{Item: it.ID, Members: ids, Index: i}
		ops[i] = op
		rec, err := m.store.Create(ctx, m.memberCreation(it, ops, i))
		if err != nil {
			return m.notCreated(ctx, it, fs[i], err)
		}
		ids, ops[i] = rec.Op.Batch.Members, rec.Op
	}
	for range ops {
		m.count("transition", string(reinstall.Proposed), reinstall.VerbPropose)
	}
	m.log.Info("proposed for several machines", "op", ids[0], "all", ids, "by", it.User)
	m.Nudge()
	return nil
}

func (m *proposer) notCreated(ctx context.Context, it port.Item, f found, err error) error {
	var locked *port.LockedError
	switch {
	case errors.As(err, &locked):
		return m.locked(ctx, it, locked.By, f)
	case errors.Is(err, port.ErrExists):
		return reinstall.Refuse(screen.DoingOf(reinstall.VerbPropose), "an id that was chosen for it was taken at that very moment", "Propose it again")
	}
	return err
}

// freeIDs chooses an id for each machine; none is taken now.
func (m *proposer) freeIDs(ctx context.Context, fs []found) ([]string, error) {
	ids := make([]string, len(fs))
	for i, f := range fs {
		for range tries {
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

// memberCreation stores one of several: the lead with the card and the first
// line, the others with nothing to tell.
func (m *proposer) memberCreation(it port.Item, ops []reinstall.Operation, i int) port.Change {
	op := ops[i]
	c := port.Change{
		Op: op, Command: fmt.Sprintf("%s.%d", it.ID, i), By: it.User, What: reinstall.VerbPropose, In: wakeUp(op, m.now()),
		Det: screen.Opening(op).String() + fmt.Sprintf(" One of %d machines, proposal %s.", len(ops), op.LeadID()),
	}
	if op.Leads() {
		c.Posts = append([]port.Post{
			{Kind: port.PostCard, Key: op.ID + ".1.card", Op: op.ID, Rev: 1},
			{Kind: port.PostLine, Key: op.ID + ".1.0", Op: op.ID, Rev: 1, Text: screen.OpeningOf(ops)},
		}, callPosts(op.ID, 1, ops...)...)
	}
	return c
}

// stands reports whether an earlier attempt at this very item, before a crash,
// has made the proposal: its lead is made last.
func (m *proposer) stands(ctx context.Context, it port.Item) (bool, error) {
	if it.Tries < 2 {
		return false, nil
	}
	made, err := m.liveOf(ctx, it)
	return slices.ContainsFunc(made, func(r port.Record) bool { return r.Op.Leads() }), err
}

// liveOf are the live operations that an item has made.
func (m *proposer) liveOf(ctx context.Context, it port.Item) ([]port.Record, error) {
	live, err := m.store.Live(ctx)
	return slices.DeleteFunc(live, func(r port.Record) bool { return r.Op.Batch == nil || r.Op.Batch.Item != it.ID }), err
}

// unmake ends what was made of a proposal that is not made after all. Where its
// lead was, the proposal stands.
func (m *proposer) unmake(ctx context.Context, it port.Item, why string) error {
	made, err := m.liveOf(ctx, it)
	if err != nil || slices.ContainsFunc(made, func(r port.Record) bool { return r.Op.Leads() }) {
		return err
	}
	for _, r := range made {
		_, err := m.Change(ctx, r.Op.ID, it.ID+".unmade", "twokey", func(context.Context, port.Record) (reinstall.Event, *reinstall.Refusal, error) {
			return reinstall.NothingSent{Why: why}, nil, nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// giveUp leaves nothing behind of a proposal for several machines that was made
// in part.
func (m *proposer) giveUp(ctx context.Context, it port.Item) error {
	if it.Verb != reinstall.VerbPropose {
		return nil
	}
	return m.unmake(ctx, it, "Twokey could not complete its proposal")
}
