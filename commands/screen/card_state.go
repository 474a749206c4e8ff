package screen

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/screen/aftercare"
	"twokey/commands/screen/inuse"
	"twokey/commands/view"
)

// pendingLines are those of a card whose keys are turned, and that can be stopped.
func pendingLines(ops []oper, currency func(string) string, now time.Time) []text {
	open := OpenOps(ops)
	out := []text{statusText(ops)}
	if len(ops) > 1 {
		out = append(out, machineLines(ops)...)
	}
	out = append(out, askedText(ops[0]))
	return slices.Concat(out, warningsBeforeUse(open, now), inuse.Lines(open),
		[]text{lostText(open), thenText(open, currency), keysText(open, now)})
}

// calledLines are those of a card of which nothing can be stopped any more: it runs or
// has ended.
func calledLines(ops []oper, now time.Time, before map[string]EarlierResets) []text {
	out := append([]text{statusText(ops)}, progressLines(ops, before)...)
	if len(ops) > 1 {
		return append(append(out, machineLines(ops)...), askedText(ops[0]))
	}
	op := ops[0]
	if op.State == reinstall.Tampered {
		return out
	}
	out = append(out, askedText(op), keysText(ops, now))
	if op.Proof != nil {
		out = append(out, say(strong("Login port"), ": ", aftercare.ProofRow(op)[0].Value))
	}
	return out
}

// statusText is the state and the one sentence that matters now.
func statusText(ops []oper) text {
	s := proposalStatus(ops)
	return say(sign(strings.Trim(s.Emoji, ":")), " ", strong(s.Word), ". ", leadText(ops))
}

// keysText is who turned which key.
func keysText(ops []oper, now time.Time) text {
	return say(strong("Keys"), ": ", groupedText(ops, func(op oper) text {
		if len(op.Keys().By) == 0 && !op.Keys().Backup {
			return say("none")
		}
		var t text
		for _, by := range op.Keys().By {
			t = appendAfter(t, " · ", "✓ ", who(by), " ", view.AtHour(approvedAt(op, by), now))
		}
		switch {
		case op.Keys().Backup:
			t = appendAfter(t, " · ", backupNeeded(op, now))
		case !op.Keys().Required:
			t = appendAfter(t, " · ", "no backup (not required)")
		}
		if op.BreakGlass != nil {
			t = appendAfter(t, " · ", "break-glass by ", who(op.BreakGlass.By))
		}
		return t
	}))
}

// machineLines are the states of several machines, a line each, the worst first. Those
// that have no line are counted by their states.
func machineLines(ops []oper) []text {
	ranked := slices.SortedStableFunc(slices.Values(ops), func(a, b oper) int { return machineRank(a) - machineRank(b) })
	var out []text
	for i, op := range ranked {
		if i == inuse.MostMachines && len(ranked) > inuse.MostMachines+1 {
			return append(out, restOfMachines(ranked[i:]))
		}
		out = append(out, machineLine(op))
	}
	return out
}

// restOfMachines counts machines by their states.
func restOfMachines(ops []oper) text {
	var words []string
	count := map[string]int{}
	for _, op := range ops {
		w := lowerFirst(statusOf(op).Word)
		if count[w]++; count[w] == 1 {
			words = append(words, w)
		}
	}
	for i, w := range words {
		words[i] = fmt.Sprintf("%d %s", count[w], w)
	}
	return say(fmt.Sprintf("… and %d more machines: %s; press Details", len(ops), strings.Join(words, ", ")))
}

// machineLine is where one of several machines stands, and what it waits for.
func machineLine(op oper) text {
	s := statusOf(op)
	t := say(sign(strings.Trim(s.Emoji, ":")), " ", strong(shortenName(op.TypedName())), ": ", lowerFirst(s.Word))
	switch {
	case op.Waits != "" && (op.State == reinstall.Approved || op.State == reinstall.Ready):
		t = append(t, say(": "+view.ShortenTo(strings.TrimPrefix(op.Waits, "it "), mostWhy))...)
	case IsRunning(op):
		t = append(t, say(", since ", since(op.Arming.At))...)
		if op.Slow {
			t = append(t, say(", longer than usual")...)
		}
	case op.State == reinstall.Unknown:
		t = append(t, say(": does it run ", shortSystem(op.Plan.Image.OSName), "?")...)
	}
	return t
}

// mostWhy is how much of a reason stands in a line.
const mostWhy = 160
