package screen

import (
	"fmt"
	"slices"
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/view"
)

// The lines of a card while it runs: which stage, since when, and how long such
// resets took before. How long ago a moment is the reader's own screen says, so
// that a card is edited when something changes and not to move a clock.

// progress are the lines of those under way, and how long such resets took.
func progress(ops []oper, before map[string]Earlier) []text {
	lines := underWay(ops, before)
	for _, op := range ops {
		if op.Silence != nil { // one stands for all; a comparison with earlier ones helps nobody now
			return append(lines[:min(len(lines), 1)], silence(op, *op.Silence)...)
		}
	}
	return lines
}

// stage is how far one machine is.
func stage(op oper, before map[string]Earlier) []text {
	stage := func(n int, more ...any) text {
		return append(say(strong(fmt.Sprintf("Stage %d of 3:", n)), " "), say(more...)...)
	}
	switch {
	case op.State == reinstall.Armed && op.Lost != "":
		return []text{
			stage(1, "the call went out ", since(op.Arming.At), "; the machine's record is read for its answer."),
			compared([]oper{op}, before),
		}
	case op.State == reinstall.Armed:
		return []text{stage(1, "the call went out ", since(op.Arming.At), "; the cloud's answer is awaited.")}
	case op.State == reinstall.Sent:
		t := stage(2, "the cloud reinstalls it, since ", since(op.Arming.At))
		if op.Seen != "" {
			t = append(t, say("; the machine shows "+op.Seen)...)
		}
		out := []text{append(t, say(".")...), compared([]oper{op}, before)}
		if op.Slow {
			out = append(out, say(sign("hourglass"), " It runs longer than usual. ", ticket(op)))
		}
		return out
	case op.Proving():
		return []text{stage(3, "verified; whether its ", op.Proof.Service, " port answers is looked at until ",
			at(op.Proof.Until), ".")}
	}
	return nil
}

// silent tells the thread that the cloud cannot be asked.
func silent(op oper, s reinstall.Silence) text {
	return say(sign("warning"), " ", strong("The cloud cannot be asked"), about(op), ", since ", since(s.Since), ": ",
		view.Dot(s.Why), Next(s.Next),
		" Twokey keeps asking, and guesses nothing; the card says until when.")
}

// about names the machine, and those that one line stands for.
func about(op oper) text {
	t := say(" about ", strong(op.TypedName()))
	if !op.Single() {
		t = append(t, say(" and what else of this proposal is under way in "+op.Plan.Region)...)
	}
	return t
}

// silence says what the cloud cannot be asked, since when, why, and what to do.
func silence(op oper, s reinstall.Silence) []text {
	why := say(sign("warning"), " ", strong("The cloud cannot be asked"), " about ", op.TypedName(), ", since ",
		since(s.Since), ": ", view.Dot(s.Why), Next(s.Next))
	if op.Arming != nil {
		return []text{why, say("Twokey keeps asking; without an answer by ", at(op.Arming.At.Add(reinstall.LostAfter)),
			" the outcome is called unknown, and a person settles it.")}
	}
	return []text{why, say("Twokey keeps asking; without an answer by ", at(op.Making.At.Add(reinstall.ImageAfter)),
		" the image counts as failed.")}
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

// underWay is the stage of one machine, or since when each of several is under way.
func underWay(ops []oper, before map[string]Earlier) []text {
	if len(ops) == 1 {
		return stage(ops[0], before)
	}
	under := slices.DeleteFunc(slices.Clone(ops), func(op oper) bool { return !Running(op) })
	if len(under) == 0 {
		return nil
	}
	t := say(strong("Under way:"), " ")
	var slow []text
	for i, op := range under {
		if i > 0 {
			t = append(t, say(", ")...)
		}
		t = append(t, say(op.TypedName(), " since ", since(op.Arming.At))...)
		if op.Slow {
			slow = append(slow, say(sign("hourglass"), " ", strong(op.TypedName()), " runs longer than usual. ", ticket(op)))
		}
	}
	out := []text{append(t, say(".")...), compared(ops, before)}
	return append(out, slow...)
}
