package engine

import (
	"context"
	"errors"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// Redis keeps the truth and must not be able to make it up. What was changed
// there outside Twokey is told, nothing is done with it, and a person settles it.

// guardEvery is how often all that is live is looked through for records that
// were changed: one that nothing wakes would not be seen else.
const guardEvery = 30 * time.Second

// watchRecords looks through the live records until ctx ends.
func (g *guard) watchRecords(ctx context.Context) {
	t := time.NewTicker(guardEvery)
	defer t.Stop()
	for {
		g.checkLiveRecords(ctx)
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

func (g *guard) checkLiveRecords(ctx context.Context) {
	live, err := g.store.Live(ctx)
	if err != nil {
		if ctx.Err() == nil {
			g.faults.Error("records: could not read the live ones", "guard", err)
		}
		return
	}
	for _, r := range live {
		g.channels.addChannel(r.Op.Channel)
		err := error(nil)
		switch {
		case r.Op.State == reinstall.Tampered:
			err = g.reportTampered(ctx, r)
		case r.Op.State.Open() && (r.Unsealed || wasPutBack(r)):
			err = g.resealProposal(ctx, r)
		}
		if err != nil {
			g.faults.Error("records: could not report one that was changed outside Twokey", "guard", err, "op", r.Op.ID)
		}
	}
}

// parkTampered leaves an operation alone: nothing wakes it again, and its machine
// stays locked.
func (g *guard) parkTampered(ctx context.Context, l leased) error {
	if err := g.reportTampered(ctx, l.Record); err != nil {
		return err
	}
	g.Release(ctx, l.Claim, port.Never)
	return nil
}

// reportTampered tells of it once, in the channel, in the audit and as a metric.
func (g *guard) reportTampered(ctx context.Context, r port.Record) error {
	id := r.Op.ID
	n := port.Note{
		Key: id + ".tampered", Kind: port.NoteFinding, Op: id, By: "twokey", What: "changed outside",
		Detail: "its record was changed outside Twokey; nothing is done with it",
	}
	if told, err := g.store.Noted(ctx, n); told || err != nil {
		return err
	}
	g.count("tampered", "record")
	t := view.Say(view.Emoji("octagonal_sign"), " ", view.Strong("Stopped"), ": the record of ", id,
		" was changed outside Twokey, in Redis. Nothing is done with it, and its machine stays locked. Look at the "+
			"machine; an approver then settles it: ", view.Mono("/reinstall resolve "+id+" done|failed TEXT"))
	err := g.store.Note(ctx, n,
		port.Post{Kind: port.PostCard, Key: id + ".tampered.card", Op: id},
		port.Post{Kind: port.PostLine, Key: id + ".tampered.line", Op: id, Text: t, Loud: true})
	if err == nil {
		g.Wake()
	}
	return err
}

// resealEvent is the event of a record that does not show that people still want it.
func resealEvent(r port.Record) reinstall.Reseal {
	if r.Unsealed {
		return reinstall.Reseal{Why: reinstall.WhyUnsealed}
	}
	return reinstall.Reseal{Why: reinstall.WhyOlder}
}

// wasPutBack reports whether a record is an open one from before it was stopped or
// sent: nobody still wants it. A fail-over that lost a step on the way to the call
// is none; that step is taken again.
func wasPutBack(r port.Record) bool {
	return r.Op.State.Open() && r.Later != "" && (r.Later == reinstall.Held || !r.Later.Open())
}

// resealProposal seals an open proposal of an older Twokey. Its keys were lost when it was
// read, and the card asks for them again.
func (g *guard) resealProposal(ctx context.Context, r port.Record) error {
	e := resealEvent(r)
	next, no := reinstall.Step(r.Op, e, g.now())
	if no != nil {
		return no
	}
	err := g.commitTransition(ctx, r, next, e, port.Claim{}, r.Op.ID+".reseal", "twokey")
	if stale := (*port.StaleError)(nil); errors.As(err, &stale) {
		return nil
	}
	return err
}

// forgedItem drops a request that is not what was taken at the door. Whoever it
// names is asked to do it again: it may be of an older Twokey.
func (i *inbox) forgedItem(ctx context.Context, c port.Claim, it port.Item) {
	i.count("tampered", "request")
	i.log.Error("inbox: dropped a request changed outside Twokey or taken by an older one", "item", c.ID, "verb",
		it.Verb, "op", it.Op, "user", it.User)
	if it.User != "" && (it.Channel != "" || it.AtHome) {
		r := model.Refuse(model.RefusalTitle(it.Verb),
			"what was stored of it was changed outside Twokey, or an older Twokey stored it", "Do it again")
		it.ID = c.ID
		if err := i.answerAuthor(ctx, it, true, view.Say(r.Error()), nil); err != nil {
			i.Fault(ctx, c, "report a request that was changed", err)
			return
		}
	}
	if err := i.store.Finish(ctx, c); err != nil && !errors.Is(err, port.ErrFenced) {
		i.Fault(ctx, c, "finish an item", err)
	}
}
