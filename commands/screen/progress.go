package screen

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// The lines of a card while it runs: how far it is, since when, and how long such
// resets took before. How long ago a moment is the reader's own screen says, so
// that a card is edited when something changes and not to move a clock.

// progressLines are the one line of progress, and what is out of the ordinary.
func progressLines(ops []oper, before map[string]EarlierResets) []text {
	var lines []text
	if t := progressText(ops, before); t != nil {
		lines = []text{t}
	}
	for _, op := range ops {
		if op.Outage != nil { // one stands for all
			return append(lines, outageLines(op, *op.Outage)...)
		}
	}
	for _, op := range ops {
		if op.Slow && IsRunning(op) {
			return append(lines, say(sign("hourglass"), " ", ticketAdvice(op)))
		}
	}
	return lines
}

// progressText is how far it is: "▰▰▱ 2 of 3, since 03:10, usually 10 to 30 min"; nil
// where nothing is under way.
func progressText(ops []oper, before map[string]EarlierResets) text {
	running := slices.DeleteFunc(slices.Clone(ops), func(op oper) bool { return !IsRunning(op) })
	switch {
	case len(running) == 0 && len(ops) == 1 && ops[0].Proving():
		return say(progressBar(3, 3), ": its ", ops[0].Proof.Service, " port is looked at until ", at(ops[0].Proof.Until))
	case len(running) == 0:
		return nil
	}
	bar := progressBar(len(ops)-len(OpenOps(ops))-len(running), len(ops)) + " done"
	if len(ops) == 1 && ops[0].State == reinstall.Armed {
		bar = progressBar(1, 3)
	} else if len(ops) == 1 {
		bar = progressBar(2, 3)
	}
	return say(bar, ", since ", since(running[0].Arming.At), ", usually ", usualText(ops, running, before))
}

// progressBar is "▰▰▱ 2 of 3".
func progressBar(n, of int) string {
	return strings.Repeat("▰", n) + strings.Repeat("▱", of-n) + fmt.Sprintf(" %d of %d", n, of)
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
			" the outcome counts as unknown, and an approver says what it was.")}
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
