package screen

import (
	"fmt"
	"slices"
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// The lines of a card while it runs: which stage, since when, and how long such
// resets took before. How long ago a moment is the reader's own screen says, so
// that a card is edited when something changes and not to move a clock.

// progressLines are the lines of those under way, and how long such resets took.
func progressLines(ops []oper, before map[string]EarlierResets) []text {
	lines := underWayLines(ops, before)
	for _, op := range ops {
		if op.Outage != nil { // one stands for all; a comparison with earlier ones helps nobody now
			return append(lines[:min(len(lines), 1)], outageLines(op, *op.Outage)...)
		}
	}
	return lines
}

// stageLines is how far one machine is.
func stageLines(op oper, before map[string]EarlierResets) []text {
	stage := func(n int, more ...any) text {
		return append(say(strong(fmt.Sprintf("Stage %d of 3:", n)), " "), say(more...)...)
	}
	switch {
	case op.State == reinstall.Armed && op.AnswerLost != "":
		return []text{
			stage(1, "the call went out ", since(op.Arming.At), "; the machine's record is read for its answer."),
			comparisonText([]oper{op}, before),
		}
	case op.State == reinstall.Armed:
		return []text{stage(1, "the call went out ", since(op.Arming.At), "; the cloud's answer is awaited.")}
	case op.State == reinstall.Sent:
		t := stage(2, "the cloud reinstalls it, since ", since(op.Arming.At))
		if op.MachineStatus != "" {
			t = append(t, say("; the machine shows "+op.MachineStatus)...)
		}
		out := []text{append(t, say(".")...), comparisonText([]oper{op}, before)}
		if op.Slow {
			out = append(out, say(sign("hourglass"), " It runs longer than usual. ", ticketAdvice(op)))
		}
		return out
	case op.Proving():
		return []text{stage(3, "verified; whether its ", op.Proof.Service, " port answers is looked at until ",
			at(op.Proof.Until), ".")}
	}
	return nil
}

// outageNotice tells the thread that the cloud cannot be asked.
func outageNotice(op oper, s reinstall.Outage) text {
	return say(sign("warning"), " ", strong("The cloud cannot be asked"), aboutMachine(op), ", since ", since(s.Since),
		": ",
		view.EndSentence(s.Why), NextSentence(s.Next),
		" Twokey keeps asking, and guesses nothing; the card says until when.")
}

// aboutMachine names the machine, and those that one line stands for.
func aboutMachine(op oper) text {
	t := say(" about ", strong(op.TypedName()))
	if !op.Single() {
		t = append(t, say(" and what else of this proposal is under way in "+op.Plan.Region)...)
	}
	return t
}

// outageLines says what the cloud cannot be asked, since when, why, and what to do.
func outageLines(op oper, s reinstall.Outage) []text {
	why := say(sign("warning"), " ", strong("The cloud cannot be asked"), " about ", op.TypedName(), ", since ",
		since(s.Since), ": ", view.EndSentence(s.Why), NextSentence(s.Next))
	if op.Arming != nil {
		return []text{why, say("Twokey keeps asking; without an answer by ", at(op.Arming.At.Add(model.LostAfter)),
			" the outcome is called unknown, and a person settles it.")}
	}
	return []text{why, say("Twokey keeps asking; without an answer by ", at(op.Making.At.Add(reinstall.ImageTimeout)),
		" the image counts as failed.")}
}

// durationRange is "2 min to 4 min (half of them within 3 min)".
func durationRange(ds []time.Duration) string {
	ds = slices.Sorted(slices.Values(ds))
	from, to := model.HumanDuration(ds[0]), model.HumanDuration(ds[len(ds)-1])
	switch {
	case from == to:
		return from
	case len(ds) < 3:
		return from + " and " + to
	}
	return fmt.Sprintf("%s to %s (half of them within %s)", from, to, model.HumanDuration(ds[len(ds)/2]))
}

// underWayLines is the stage of one machine, or since when each of several is under way.
func underWayLines(ops []oper, before map[string]EarlierResets) []text {
	if len(ops) == 1 {
		return stageLines(ops[0], before)
	}
	under := slices.DeleteFunc(slices.Clone(ops), func(op oper) bool { return !IsRunning(op) })
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
			slow = append(slow, say(sign("hourglass"), " ", strong(op.TypedName()), " runs longer than usual. ",
				ticketAdvice(op)))
		}
	}
	out := []text{append(t, say(".")...), comparisonText(ops, before)}
	return append(out, slow...)
}
