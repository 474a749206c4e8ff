package commands

import (
	"context"
	"fmt"
	"slices"
	"time"

	"twokey/commands/reinstall"
)

// The lines of a card while it runs: which stage, since when, and how long such
// resets took before. How long ago a moment is the reader's own screen says, so
// that a card is edited when something changes and not to move a clock.

const (
	// earlierOnes is how many of a machine's proposals are looked at, and compareWith
	// how many of them are compared with.
	earlierOnes = 20
	compareWith = 5
)

// running reports whether a reset is under way.
func running(op oper) bool { return op.State == reinstall.Armed || op.State == reinstall.Sent }

// earlier is how long the latest resets of an operation's machine took, newest
// first; nothing where none is under way.
func (d *Desk) earlier(ctx context.Context, op oper) ([]time.Duration, error) {
	if !running(op) {
		return nil, nil
	}
	recs, err := d.store.History(ctx, op.Plan.Ref, earlierOnes)
	if err != nil {
		return nil, err
	}
	var out []time.Duration
	for _, r := range recs {
		if t, ok := took(r.Op, op.Plan.Family); ok && r.Op.ID != op.ID && len(out) < compareWith {
			out = append(out, t)
		}
	}
	return out, nil
}

// took is how long a reset took that was verified, to a system of this family.
func took(op oper, family reinstall.OSFamily) (time.Duration, bool) {
	if op.State != reinstall.Done || op.Arming == nil || op.End == nil || op.Plan.Family != family {
		return 0, false
	}
	return op.End.At.Sub(op.Arming.At), true
}

// progressOf are the lines of one machine.
func progressOf(op oper, before []time.Duration) []text {
	stage := func(n int, more ...any) text {
		return append(say(strong(fmt.Sprintf("Stage %d of 3:", n)), " "), say(more...)...)
	}
	if s := op.Silence; s != nil {
		op.Silence = nil
		stage := progressOf(op, before)
		return append(stage[:min(len(stage), 1)], silence(op, *s)...) // a comparison with earlier ones helps nobody now
	}
	switch {
	case op.State == reinstall.Armed && op.Lost != "":
		return []text{stage(1, "the call went out ", since(op.Arming.At), "; the machine's record is read for its answer."), compared(op, before)}
	case op.State == reinstall.Armed:
		return []text{stage(1, "the call went out ", since(op.Arming.At), "; the cloud's answer is awaited.")}
	case op.State == reinstall.Sent:
		t := stage(2, "the cloud reinstalls it, since ", since(op.Arming.At))
		if op.Seen != "" {
			t = append(t, say("; the machine shows "+op.Seen)...)
		}
		return []text{append(t, say(".")...), compared(op, before)}
	case op.Proving():
		return []text{stage(3, "verified; whether its ", op.Proof.Service, " port answers is looked at until ", at(op.Proof.Until), ".")}
	}
	return nil
}

// silent tells the thread that the cloud cannot be asked.
func silent(op oper, s reinstall.Silence) text {
	return say(sign("warning"), " ", strong("The cloud cannot be asked"), about(op), ", since ", since(s.Since), ": ", dot(s.Why), next(s.Next),
		" Twokey keeps asking, and guesses nothing; the card says until when.")
}

// about names the machine, and those that one line stands for.
func about(op oper) text {
	t := say(" about ", strong(op.TypedName()))
	if op.Batch != nil {
		t = append(t, say(" and what else of this proposal is under way in "+op.Plan.Region)...)
	}
	return t
}

// silence says what the cloud cannot be asked, since when, why, and what to do.
func silence(op oper, s reinstall.Silence) []text {
	why := say(sign("warning"), " ", strong("The cloud cannot be asked"), " about ", op.TypedName(), ", since ", since(s.Since), ": ", dot(s.Why), next(s.Next))
	if op.Arming != nil {
		return []text{why, say("Twokey keeps asking; without an answer by ", at(op.Arming.At.Add(reinstall.LostAfter)), " the outcome is called unknown, and a person settles it.")}
	}
	return []text{why, say("Twokey keeps asking; without an answer by ", at(op.Making.At.Add(reinstall.ImageAfter)), " the image counts as failed.")}
}

// compared says how long such resets took before.
func compared(op oper, before []time.Duration) text {
	if len(before) == 0 {
		return say("There is no earlier reset of this machine to compare with; from ", reinstall.Ago(reinstall.SlowAfter), " on it is called slow.")
	}
	what := "Its last reset to " + string(op.Plan.Family)
	if n := len(before); n > 1 {
		what = fmt.Sprintf("Its last %d resets to %s", n, op.Plan.Family)
	}
	return say(what, " took ", span(before), ", so it should be over by ", at(op.Arming.At.Add(slices.Max(before))), ".")
}

// span is "2 min to 4 min (half of them within 3 min)".
func span(ds []time.Duration) string {
	ds = slices.Sorted(slices.Values(ds))
	from, to := reinstall.Ago(ds[0]), reinstall.Ago(ds[len(ds)-1])
	switch {
	case from == to:
		return from
	case len(ds) < 3:
		return from + " and " + to
	}
	return fmt.Sprintf("%s to %s (half of them within %s)", from, to, reinstall.Ago(ds[len(ds)/2]))
}

// progressOfAll are the lines of several machines: of those under way, and how
// long such resets took, those of this proposal among them.
func progressOfAll(ops []oper, before map[string][]time.Duration) []text {
	var out []text
	for _, op := range ops {
		if op.Silence != nil { // one stands for all of its account
			out = silence(op, *op.Silence)
			break
		}
	}
	lines := underWay(ops, before)
	if out != nil {
		lines = lines[:min(len(lines), 1)]
	}
	return append(lines, out...)
}

func underWay(ops []oper, before map[string][]time.Duration) []text {
	under := slices.DeleteFunc(slices.Clone(ops), func(op oper) bool { return !running(op) })
	if len(under) == 0 {
		return nil
	}
	t := say(strong("Under way:"), " ")
	var past []time.Duration
	for i, op := range under {
		if i > 0 {
			t = append(t, say(", ")...)
		}
		t = append(t, say(op.TypedName(), " since ", since(op.Arming.At))...)
		past = append(past, before[op.ID]...)
	}
	for _, op := range ops {
		if d, ok := took(op, under[0].Plan.Family); ok {
			past = append(past, d)
		}
	}
	t = append(t, say(".")...)
	switch len(past) {
	case 0:
		return []text{t, say("There is no earlier reset of these machines to compare with; from ", reinstall.Ago(reinstall.SlowAfter), " on one is called slow.")}
	case 1:
		return []text{t, say("The last reset of these machines took ", span(past), ".")}
	}
	return []text{t, say(fmt.Sprintf("The last %d resets of these machines took ", len(past)), span(past), ".")}
}
