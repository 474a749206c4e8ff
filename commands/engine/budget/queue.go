// Package budget decides which proposal may be called next: the limits of an account,
// the order in which proposals queue, and that two of a kind are never wiped at once.
package budget

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

// Queue decides who takes a place, over what the memory and the records say.
type Queue struct {
	store  Store
	policy func() model.Policy
	now    func() time.Time
	log    *slog.Logger
}

// Store is what a queue needs of the memory.
type Store interface {
	Live(ctx context.Context) ([]port.Record, error)
	Ended(ctx context.Context, limit int) ([]port.Record, error)
	Reserve(ctx context.Context, b model.Reservation) (model.QueuePosition, error)
	Unreserve(ctx context.Context, account, op string) error
}

// New returns the queue of all accounts that the policy names.
func New(s Store, policy func() model.Policy, now func() time.Time, log *slog.Logger) *Queue {
	return &Queue{store: s, policy: policy, now: now, log: log}
}

// Take takes a place in the budget, or says why there is none and whose turn
// it is. Nobody overtakes.
func (q *Queue) Take(ctx context.Context, op reinstall.Operation) (reinstall.Waiting, error) {
	bid := model.Reservation{
		Account: op.Plan.Account, QueuedOp: model.QueuedOp{Op: op.ID, Tags: op.Plan.Tags},
		Limits: q.policy().Limits,
	}
	var running, ahead []reinstall.Operation
	if !bid.Limits.None() {
		var err error
		if running, ahead, err = q.runningAndAhead(ctx, op); err != nil {
			return reinstall.Waiting{}, err
		}
		for _, o := range ahead {
			bid.Ahead = append(bid.Ahead, model.QueuedOp{Op: o.ID, Tags: o.Plan.Tags})
		}
	}
	p, err := q.store.Reserve(ctx, bid)
	if err != nil {
		return reinstall.Waiting{}, err
	}
	if !p.OK {
		return reinstall.Waiting{Why: p.FullWords(), KeepsPosition: true}, nil
	}
	if reinstall.CheckConcurrency(bid.Limits, op, running, ahead) == nil {
		return q.checkHourly(ctx, op, bid.Limits)
	}
	return q.checkConcurrency(ctx, op, bid.Limits)
}

// mostThisHour is how many of those that ended last are looked through for calls of
// the last hour.
const mostThisHour = 500

// checkHourly has an operation wait where the records say that the hour is full, though
// the budget let it in: it is not sealed.
func (q *Queue) checkHourly(ctx context.Context, op reinstall.Operation, l model.Limits) (reinstall.Waiting, error) {
	if !slices.ContainsFunc(l.LimitsFor(op.Plan.Tags), func(of model.TagLimit) bool { return of.PerHour > 0 }) {
		return reinstall.Waiting{}, nil
	}
	live, err := q.store.Live(ctx)
	if err != nil {
		return reinstall.Waiting{}, err
	}
	ended, err := q.store.Ended(ctx, mostThisHour)
	if err != nil {
		return reinstall.Waiting{}, err
	}
	f := reinstall.CheckHourly(l, op, port.Ops(slices.Concat(live, ended)), q.now())
	if f == nil {
		return reinstall.Waiting{}, nil
	}
	q.log.Warn("budget: has room, but the resets of the last hour leave none; waiting", "op", op.ID,
		"calls", f.Running)
	q.ReleaseKinds(ctx, op)
	if err := q.store.Unreserve(ctx, op.Plan.Account, op.ID); err != nil {
		return reinstall.Waiting{}, err
	}
	return reinstall.Waiting{Why: model.QueuePosition{
		Of: f.Of, Hourly: true, Hour: f.Running,
		Taken: f.Running,
	}.FullWords()}, nil
}

// checkConcurrency has an operation wait where the records say that there is no room,
// though the budget let it in: the budget is not sealed, and whoever may write to
// Redis can empty it. It gives its place back, and keeps none: else it and one that
// is ahead, and finds the place taken, would wait for one another.
// The records are read once more: a place may have become free while they were.
func (q *Queue) checkConcurrency(ctx context.Context, op reinstall.Operation, l model.Limits) (reinstall.Waiting,
	error,
) {
	running, ahead, err := q.runningAndAhead(ctx, op)
	if err != nil {
		return reinstall.Waiting{}, err
	}
	f := reinstall.CheckConcurrency(l, op, running, ahead)
	if f == nil {
		return reinstall.Waiting{}, nil
	}
	q.log.Warn("budget: has room, but the running resets leave none; waiting", "op", op.ID, "running", f.Running,
		"ahead", f.Ahead)
	q.ReleaseKinds(ctx, op)
	if err := q.store.Unreserve(ctx, op.Plan.Account, op.ID); err != nil {
		return reinstall.Waiting{}, err
	}
	p := model.QueuePosition{Of: f.Of, Running: f.Running, Taken: f.Running + f.Ahead, Ahead: f.Ahead}
	return reinstall.Waiting{Why: p.FullWords()}, nil
}

// runningAndAhead are those of the account whose call is out, and those whose turn comes
// before op's, in their order.
func (q *Queue) runningAndAhead(ctx context.Context, op reinstall.Operation) (running, ahead []reinstall.Operation,
	err error,
) {
	live, err := q.store.Live(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, r := range live {
		switch {
		case r.Op.ID == op.ID || r.Op.Plan.Account != op.Plan.Account:
		case r.Op.State == reinstall.Armed || r.Op.State == reinstall.Sent:
			running = append(running, r.Op)
		case r.Op.InQueue() && r.Op.QueuedBefore(op):
			ahead = append(ahead, r.Op)
		}
	}
	slices.SortFunc(ahead, func(a, b reinstall.Operation) int {
		if a.QueuedBefore(b) {
			return -1
		}
		return 1
	})
	return running, ahead, nil
}
