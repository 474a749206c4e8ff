package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/screen"
	"twokey/commands/view"
)

// changeTries is how often a transition is decided again when the record moves
// meanwhile.
const changeTries = 8

// Change decides on the record as it is and writes what follows, once: the
// compare-and-set, the log entry, the wake-up and the lines are one script. A
// record that moved meanwhile is decided on again. A refusal, which is an error too, is
// only believed of a record that was just read.
func (k *kernel) Change(ctx context.Context, id, command, by string, decide port.Decision) error {
	rec, err := k.store.Recent(ctx, id)
	fresh := false
	for range changeTries {
		if err != nil {
			return err
		}
		next, e, no := k.decideOn(ctx, rec, decide)
		if no != nil {
			if fresh || port.AsRefusal(no) == nil {
				return no
			}
			rec, err = k.store.Load(ctx, id)
			fresh = true
			continue
		}
		err := k.commitTransition(ctx, rec, next, e, port.Claim{}, command, by)
		stale, moved := errors.AsType[*port.StaleError](err)
		if !moved {
			return err
		}
		rec, fresh = stale.Now, true
	}
	return fmt.Errorf("%s kept changing", id)
}

// decideOn is what a record becomes by what is decided on it.
func (k *kernel) decideOn(ctx context.Context, rec port.Record, decide port.Decision) (reinstall.Operation,
	reinstall.Event, error,
) {
	e, err := decide(ctx, rec)
	if err != nil {
		return reinstall.Operation{}, nil, err
	}
	next, no := reinstall.Step(rec.Op, e, k.now())
	if no != nil {
		return reinstall.Operation{}, nil, no
	}
	return next, e, nil
}

// commitTransition writes one transition with its lines, and wakes the worker.
func (k *kernel) commitTransition(ctx context.Context, rec port.Record, next reinstall.Operation, e reinstall.Event,
	c port.Claim, command, by string,
) error {
	write := k.store.Apply
	if rec.Op.State == reinstall.Tampered {
		write = k.store.ReplaceTampered
	}
	out, err := write(ctx, k.newTransition(rec, next, e, c, command, by))
	if err != nil {
		return err
	}
	if out.Op.State == next.State && leavesBudget(rec.Op, next) {
		k.queue.ReleaseKinds(ctx, rec.Op)
		if err := k.store.Unreserve(ctx, rec.Op.Plan.Account, rec.Op.ID); err != nil {
			k.log.Warn("budget: could not release a place, it will be reclaimed", "op", next.ID, "err",
				err)
		}
	}
	k.channels.addChannel(next.Channel)
	k.count("transition", string(next.State), e.Name())
	k.log.Info("transition", "op", next.ID, "event", e.Name(), "from", rec.Op.State, "to", next.State, "by", by, "rev",
		out.Rev)
	if out.Op.State == next.State {
		k.notifyBatch(ctx, rec.Op, next, e)
	}
	k.Wake()
	return nil
}

// leavesBudget reports whether an operation that had a place, or may have had
// one, needs it no longer, or waits for something at which it keeps no turn:
// then it asks for a place again.
func leavesBudget(from, to reinstall.Operation) bool {
	counts := func(s reinstall.State) bool {
		return s == reinstall.Approved || s == reinstall.Ready || s == reinstall.Armed || s == reinstall.Sent
	}
	return counts(from.State) && (!counts(to.State) || to.Waits != "" && !to.KeepsPosition)
}

// newTransition makes the change that an event comes to.
func (k *kernel) newTransition(rec port.Record, next reinstall.Operation, e reinstall.Event, c port.Claim, command,
	by string,
) port.Change {
	lines := screen.EventLines(rec.Op, next, e)
	in := wakeUp(next, k.now())
	if next.State.Ended() {
		in = watchIn(next, k.policy().WatchEvery, k.now())
	}
	if next.Proving() || next.State.Ended() && next.Disclaimed != rec.Op.Disclaimed {
		in = 0
	}
	ch := port.Change{
		Op: next, Rev: rec.Rev, Command: command, Claim: c, By: by, What: e.Name(), WakeAfter: in,
		Posts: []port.Post{{
			Kind: port.PostCard, Key: fmt.Sprintf("%s.%d.card", next.ID, rec.Rev+1), Op: next.ID,
			Rev: rec.Rev + 1,
		}},
	}
	for i, l := range lines {
		if i > 0 {
			ch.Detail += " "
		}
		ch.Detail += l.String()
	}
	ch.Detail += pressedWhere(e)
	ch.Posts = append(ch.Posts, toldPosts(rec.Op, next, e, rec.Rev+1)...)
	if u, is := e.(reinstall.CountdownNotShown); is && u.Refused && rec.Op.Waits == "" {
		ch.Posts = append(ch.Posts, port.Post{
			Kind: port.PostWhisper, Key: fmt.Sprintf("%s.%d.unseen", next.ID, rec.Rev+1), Op: next.ID,
			Channel: next.Channel, User: next.Proposer, Reply: next.Reply, Text: countdownWhisper(next),
		})
	}
	ch.Posts = append(ch.Posts, directPosts(rec.Op, next, e, rec.Rev+1)...)
	return ch
}

// toldPosts are the thread's messages of a transition. The message of a countdown has a
// key of its own, so that later transitions edit it. The channel shows it as well.
func toldPosts(before, after reinstall.Operation, e reinstall.Event, rev int64) (out []port.Post) {
	told := screen.Tell(before, after, e)
	for i, l := range told.Lines {
		out = append(out, port.Post{
			Kind: port.PostLine, Key: fmt.Sprintf("%s.%d.%d", after.ID, rev, i), Op: after.ID, Rev: rev, Text: l,
			Loud: isLoud(before, after, e),
		})
	}
	if last := len(out) - 1; last >= 0 {
		out[last].Steps = told.Steps
		if !after.Announced.Equal(before.Announced) && after.AwaitsShowing(after.Announced) {
			c := view.Countdown{Op: after.ID, Of: after.Announced}
			out[last].Counts, out[last].Key, out[last].Loud = &c, port.CountdownKey(c), after.Single()
		}
	}
	if len(told.Edit) == 0 {
		return out
	}
	of := screen.CountdownOf(before, after)
	return append(out, port.Post{
		Kind: port.PostEdit, Key: fmt.Sprintf("%s.%d.edit", after.ID, rev), Op: after.ID, Rev: rev, Text: told.Edit,
		Line: port.CountdownKey(view.Countdown{Op: of.ID, Of: of.Announced}), Stops: told.Stops,
	})
}

// isLoud reports whether an event's lines belong into the channel as well: what
// was done to the machine from outside, and who was passed over.
func isLoud(before, after reinstall.Operation, e reinstall.Event) bool {
	switch e := e.(type) {
	case reinstall.Shared:
		return isLoud(before, after, e.Event)
	case reinstall.Recheck: // one that ends for another reason is looked at again
		return before.ResetOutside(e.Result) && (after.State == reinstall.Superseded ||
			after.State == reinstall.Proposed)
	case reinstall.AwaitClearance:
		return before.ResetOutside(e.Result) && after.State == reinstall.Proposed
	case reinstall.Disowned, reinstall.BreakGlass:
		return true
	}
	return false
}

// The worker's own rhythm.
const (
	imagePoll = 3 * time.Second
	// armedFor leaves the sender its time before others look.
	armedFor      = 10 * time.Second
	reconcilePoll = 5 * time.Second
	waitPoll      = 5 * time.Second
	batchPoll     = 15 * time.Second
	followSlow    = 10 * time.Second
	followFast    = 2 * time.Second
)

// wakeUp is after how long an operation in this state has to be looked at.
func wakeUp(op reinstall.Operation, now time.Time) time.Duration {
	in := wakeAlone(op, now)
	if !op.Single() && op.State.Open() { // the others may have come to an end
		return min(in, batchPoll)
	}
	return in
}

func wakeAlone(op reinstall.Operation, now time.Time) time.Duration {
	in := func(t time.Time) time.Duration { return max(t.Sub(now), 0) }
	switch op.State {
	case reinstall.Proposed:
		if m := op.Making; m != nil && m.Stage == reinstall.ImageAsked && m.Waits != "" && !op.StopPending() {
			return waitPoll
		} else if m != nil && m.Stage == reinstall.ImageAsked && !op.StopPending() {
			return 0
		} else if m != nil && m.Stage == reinstall.ImageMaking {
			return imagePoll
		}
		if at := op.NextReminder(); !at.IsZero() {
			return in(at)
		}
		return in(op.Expires)
	case reinstall.Approved:
		if op.Waits != "" {
			return waitPoll
		}
		return 0
	case reinstall.Ready:
		switch {
		case op.Announced.IsZero():
			return 0
		case !op.CountdownRuns():
			return in(op.Expires) // whoever shows it wakes it
		case op.Waits != "":
			return waitPoll
		}
		return in(op.Starts)
	case reinstall.Held:
		return in(op.Expires)
	case reinstall.Armed:
		return armedFor
	case reinstall.Sent:
		return followIn(op, now)
	}
	return port.Never
}

// followIn aligns the polls of all machines to one grid, so that one read
// serves many of them (bot/store/doc.go 5).
func followIn(op reinstall.Operation, now time.Time) time.Duration {
	grid := gridOf(op, now)
	return grid - time.Duration(now.UnixNano())%grid
}

func gridOf(op reinstall.Operation, now time.Time) time.Duration {
	if now.Sub(op.Arming.At) > 5*time.Minute {
		return followSlow
	}
	return followFast
}

// countdownWhisper tells the proposer alone why their countdown cannot be shown.
func countdownWhisper(op reinstall.Operation) view.Text {
	return view.Say(view.Emoji("double_vertical_bar"), " ", view.Mono(op.ID), " ", view.Strong(op.TypedName()),
		" has its keys, but its countdown cannot be shown: ", view.EndSentence(op.Waits),
		" Nothing is wiped before everybody could see it for ", model.HumanDuration(op.Plan.Terms.Countdown),
		". It goes on by itself; to end it, type /reinstall cancel ", op.ID, ".")
}

// Wake tells the worker that something may be due at once.
func (k *kernel) Wake() {
	select {
	case k.wake <- struct{}{}:
	default:
	}
}
