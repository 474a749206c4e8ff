package screen

import (
	"slices"
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// What a card warns of: why keys were taken back, and the findings by weight.

// findingLines are what is warned of while it is open, by weight.
func findingLines(op oper, now time.Time) []text {
	out := append(willStop(op), closedWarning(op, now)...)
	for _, f := range slices.SortedStableFunc(slices.Values(op.Warnings), func(a,
		b model.Finding,
	) int {
		return findingWeight(a) - findingWeight(b)
	}) {
		out = append(out, findingText(f))
	}
	return out
}

// lightFindings are warnings that weigh little, the least last: what may cost data or
// the way back comes before what costs money.
var lightFindings = []string{"image-deprecated", "stopped", "price", "price-unquoted", model.CodeUnasked}

func findingWeight(f model.Finding) int { return slices.Index(lightFindings, f.Code) }

// changedLines says why keys that were turned are asked for again.
func changedLines(op oper) []text {
	if op.State != reinstall.Proposed {
		return nil
	}
	var out []text
	if why := op.Recalled; why != nil {
		if why.Outside != "" {
			out = append(out, say(sign("rotating_light"), " ", strong("From outside:"), " ",
				view.EndSentence(why.Outside)))
		}
		if why.Distrust != "" {
			out = append(out, say(sign("warning"), " ", strong("Taken back:"), " all keys, for ",
				view.EndSentence(why.Distrust)))
		}
		for _, c := range why.Changes {
			out = append(out, say(sign("warning"), " ", strong("Changed:"), " ", c.Name, " ", mono(orNone(c.Old)),
				" became ", mono(orNone(c.New)), "."))
		}
	}
	for _, l := range op.Revoked {
		if !l.At.Before(op.AskedAt) {
			out = append(out, say(sign("warning"), " ", strong("Taken back:"), " the approval of ", who(l.By), ", for ",
				view.EndSentence(l.Why)))
		}
	}
	return out
}

func findingText(f model.Finding) text {
	t := say(sign("warning"), " ", strong("Warning:"), " ", view.EndSentence(f.Why))
	if f.Next != "" {
		t = append(t, say(" "+view.EndSentence(f.Next))...)
	}
	return t
}
