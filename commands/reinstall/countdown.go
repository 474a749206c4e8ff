package reinstall

import (
	"time"

	"twokey/commands/reinstall/model"
)

// A countdown is there for people. It runs from the moment at which they can see it,
// on the card and in the thread. Announced identifies each countdown of an operation.

// CountdownRuns reports whether the countdown runs, or has run out.
func (op Operation) CountdownRuns() bool { return op.State == Ready && !op.Shown.IsZero() }

// announceCountdown begins a countdown that still has to be shown.
func announceCountdown(op *Operation, now time.Time) {
	op.State, op.Waits, op.WaitsUntil, op.KeepsPosition = Ready, "", time.Time{}, false
	op.Announced, op.Shown, op.Starts = now, time.Time{}, time.Time{}
}

// AwaitsShowing reports whether the countdown announced at that moment waits to be
// shown.
func (op Operation) AwaitsShowing(of time.Time) bool {
	return op.State == Ready && op.Shown.IsZero() && !of.IsZero() && op.Announced.Equal(of)
}

// clearCountdown forgets the countdown: another one is announced later.
func clearCountdown(op *Operation) {
	op.Announced, op.Shown, op.Starts = time.Time{}, time.Time{}, time.Time{}
}

// checkCountdownShown refuses a call that people could not see coming.
func checkCountdownShown(op Operation, now time.Time) *model.Refusal {
	switch {
	case op.Announced.IsZero() || op.Shown.IsZero():
		return model.Refuse("Not sent", "its countdown has not been shown to anybody",
			"Wait: it counts once it stands on the card and in the thread")
	case now.Before(op.Starts) || now.Before(op.Shown.Add(op.Plan.Terms.Countdown)):
		return model.Refuse("Not sent", "the countdown has not ended", "Wait for it")
	}
	return nil
}

// checkAnnounced refuses what is about another countdown than the one that waits to be
// shown.
func checkAnnounced(op *Operation, of time.Time) *model.Refusal {
	if r := requireState(op, "Not noted", Ready); r != nil {
		return r
	}
	if of.IsZero() || !op.Announced.Equal(of) {
		return model.Refuse("Not noted", "it is about an earlier countdown", "Look at the card")
	}
	if !op.Shown.IsZero() {
		return model.Refuse("Not noted", "the countdown has been shown", "Wait for its end")
	}
	return nil
}

// CountdownShown says that the card and the thread now show the countdown announced at
// Of. It runs from here.
type CountdownShown struct{ Of time.Time }

func (e CountdownShown) Name() string { return "countdown shown" }

func (e CountdownShown) applyTo(op *Operation, now time.Time) *model.Refusal {
	if r := checkAnnounced(op, e.Of); r != nil {
		return r
	}
	op.Shown = now
	if now.Before(op.Announced) { // by another replica's clock
		op.Shown = op.Announced
	}
	op.Starts, op.Waits = op.Shown.Add(op.Plan.Terms.Countdown), ""
	return nil
}

// CountdownNotShown says why the countdown announced at Of cannot be shown. It loses
// its place in the queue: others go on meanwhile.
type CountdownNotShown struct {
	Of  time.Time
	Why string
	// Refused: not before a person changes something.
	Refused bool
}

func (e CountdownNotShown) Name() string { return "countdown not shown" }

func (e CountdownNotShown) applyTo(op *Operation, _ time.Time) *model.Refusal {
	if r := checkAnnounced(op, e.Of); r != nil {
		return r
	}
	if op.Waits == e.Why || e.Why == "" {
		return model.Refuse("Not noted", "it is noted already", "Wait")
	}
	op.Waits, op.WaitsUntil, op.KeepsPosition = e.Why, time.Time{}, false
	return nil
}

// CountdownShowable says that what kept the countdown from being shown has gone.
type CountdownShowable struct{ Of time.Time }

func (e CountdownShowable) Name() string { return "countdown showable" }

func (e CountdownShowable) applyTo(op *Operation, _ time.Time) *model.Refusal {
	if r := checkAnnounced(op, e.Of); r != nil {
		return r
	}
	if op.Waits == "" {
		return model.Refuse("Not noted", "nothing is in its way", "Wait")
	}
	op.Waits = ""
	return nil
}

// missedAfter is how long after its end a countdown may still lead to the call.
const missedAfter = time.Minute

// CountdownMissed reports whether the countdown ended too long ago, with nothing in
// the way of the call. Nobody expects it any more: Twokey was down, or an older record
// was restored.
func (op Operation) CountdownMissed(now time.Time) bool {
	return op.CountdownRuns() && op.Waits == "" && now.After(op.Starts.Add(missedAfter))
}

// RestartCountdown takes back a countdown that nobody announced, one that was missed,
// or one of an older record. Records from before countdowns were announced have the
// first. Everything is read again, and announced.
type RestartCountdown struct {
	// Older: the record is older than one that is known.
	Older bool
}

func (e RestartCountdown) Name() string { return "count again" }

func (e RestartCountdown) applyTo(op *Operation, now time.Time) *model.Refusal {
	if r := requireState(op, "Not noted", Ready); r != nil {
		return r
	}
	if !op.Announced.IsZero() && !op.CountdownMissed(now) && !(e.Older && op.CountdownRuns()) {
		return model.Refuse("Not noted", "the countdown was announced", "Wait for it")
	}
	clearCountdown(op)
	op.State, op.Waits = Approved, ""
	return nil
}
