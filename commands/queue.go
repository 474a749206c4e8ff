package commands

import (
	"context"
	"fmt"
	"slices"

	"twokey/commands/reinstall"
)

// Bid asks for a place in an account's budget.
type Bid struct {
	// Account is the account, or what makes siblings: that has one place for each
	// kind (reinstall.Plan.Kin).
	Account string
	Waiter
	Limits reinstall.Limits
	// Ahead are those whose turn comes first, in their order. Who of them has a
	// place already does not count.
	Ahead []Waiter
}

// Waiter is an operation that needs a place, with its machine's tags.
type Waiter struct {
	Op   string
	Tags map[string]string
}

// Place is what came of a bid.
type Place struct {
	OK bool
	// Of is the limit that is full; of its numbers are those below. Where OK is
	// set it is the account's.
	Of      reinstall.TagLimit
	Hourly  bool // the hour is full, not what runs at once
	Running int
	Hour    int // in the last hour
	Taken   int // running, or let in this hour, or kept for those ahead
	Ahead   int // how many of those ahead wait for the same limit
}

// queue takes a place in the budget, or says why there is none and whose turn
// it is. Nobody overtakes.
func (d *Desk) queue(ctx context.Context, op reinstall.Operation) (reinstall.Waiting, error) {
	bid := Bid{Account: op.Plan.Account, Waiter: Waiter{op.ID, op.Plan.Tags}, Limits: d.policy().Limits}
	var running, ahead []reinstall.Operation
	if !bid.Limits.None() {
		var err error
		if running, ahead, err = d.beside(ctx, op); err != nil {
			return reinstall.Waiting{}, err
		}
		for _, o := range ahead {
			bid.Ahead = append(bid.Ahead, Waiter{o.ID, o.Plan.Tags})
		}
	}
	p, err := d.store.Reserve(ctx, bid)
	if err != nil {
		return reinstall.Waiting{}, err
	}
	if !p.OK {
		return reinstall.Waiting{Why: p.full(), Keeps: true}, nil
	}
	if bid.Limits.Room(op, running, ahead) == nil {
		return d.thisHour(ctx, op, bid.Limits)
	}
	return d.counted(ctx, op, bid.Limits)
}

// mostThisHour is how many of those that ended last are looked through for calls of
// the last hour.
const mostThisHour = 500

// thisHour has an operation wait where the records say that the hour is full, though
// the budget let it in: it is not sealed.
func (d *Desk) thisHour(ctx context.Context, op reinstall.Operation, l reinstall.Limits) (reinstall.Waiting, error) {
	if !slices.ContainsFunc(l.Of(op.Plan.Tags), func(of reinstall.TagLimit) bool { return of.PerHour > 0 }) {
		return reinstall.Waiting{}, nil
	}
	live, err := d.store.Live(ctx)
	if err != nil {
		return reinstall.Waiting{}, err
	}
	ended, err := d.store.Ended(ctx, mostThisHour)
	if err != nil {
		return reinstall.Waiting{}, err
	}
	f := l.Hour(op, Ops(slices.Concat(live, ended)), d.now())
	if f == nil {
		return reinstall.Waiting{}, nil
	}
	d.log.Warn("the budget has room for a call, and the calls of the last hour leave none; it waits", "op", op.ID, "calls", f.Running)
	d.leaveKin(ctx, op)
	if err := d.store.Unreserve(ctx, op.Plan.Account, op.ID); err != nil {
		return reinstall.Waiting{}, err
	}
	return reinstall.Waiting{Why: Place{Of: f.Of, Hourly: true, Hour: f.Running, Taken: f.Running}.full()}, nil
}

// counted has an operation wait where the records say that there is no room,
// though the budget let it in: the budget is not sealed, and whoever may write to
// Redis can empty it. It gives its place back, and keeps none: else it and one that
// is ahead, and finds the place taken, would wait for one another.
// The records are read once more: a place may have become free while they were.
func (d *Desk) counted(ctx context.Context, op reinstall.Operation, l reinstall.Limits) (reinstall.Waiting, error) {
	running, ahead, err := d.beside(ctx, op)
	if err != nil {
		return reinstall.Waiting{}, err
	}
	f := l.Room(op, running, ahead)
	if f == nil {
		return reinstall.Waiting{}, nil
	}
	d.log.Warn("the budget has room for a call, and what runs leaves none; it waits", "op", op.ID, "running", f.Running, "ahead", f.Ahead)
	d.leaveKin(ctx, op)
	if err := d.store.Unreserve(ctx, op.Plan.Account, op.ID); err != nil {
		return reinstall.Waiting{}, err
	}
	p := Place{Of: f.Of, Running: f.Running, Taken: f.Running + f.Ahead, Ahead: f.Ahead}
	return reinstall.Waiting{Why: p.full()}, nil
}

// beside are those of the account whose call is out, and those whose turn comes
// before op's, in their order.
func (d *Desk) beside(ctx context.Context, op reinstall.Operation) (running, ahead []reinstall.Operation, err error) {
	live, err := d.store.Live(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, r := range live {
		switch {
		case r.Op.ID == op.ID || r.Op.Plan.Account != op.Plan.Account:
		case r.Op.State == reinstall.Armed || r.Op.State == reinstall.Sent:
			running = append(running, r.Op)
		case r.Op.InLine() && r.Op.Before(op):
			ahead = append(ahead, r.Op)
		}
	}
	slices.SortFunc(ahead, func(a, b reinstall.Operation) int {
		if a.Before(b) {
			return -1
		}
		return 1
	})
	return running, ahead, nil
}

// full says which limit is full, and the place in the queue.
func (p Place) full() string {
	which := "reinstalls"
	if p.Of.Tag != "" {
		which += " of machines tagged " + p.Of.Tag
	}
	n, most, are := p.Running, p.Of.AtOnce, "are running"
	if p.Hourly {
		n, most, are = p.Hour, p.Of.PerHour, "were made in the last hour"
	}
	if n < most {
		n, are = p.Taken, are+" or have their turn before it"
	}
	return fmt.Sprintf("%d of at most %d %s %s; it is %s in the queue", n, most, which, are, ordinal(p.Ahead+1))
}

// ordinal is 1st, 2nd, 3rd, 4th, 11th.
func ordinal(n int) string {
	end := "th"
	if n%100 < 11 || n%100 > 13 {
		switch n % 10 {
		case 1:
			end = "st"
		case 2:
			end = "nd"
		case 3:
			end = "rd"
		}
	}
	return fmt.Sprint(n) + end
}
