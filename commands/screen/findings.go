package screen

import (
	"slices"
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/view"
)

// What a card warns of: why keys were taken back, and the findings by weight.

// findings are what is warned of while it is open, by weight.
func findings(op oper, now time.Time) []text {
	out := append(willStop(op), closedCard(op, now)...)
	for _, f := range slices.SortedStableFunc(slices.Values(op.Warnings), func(a, b reinstall.Finding) int { return weight(a) - weight(b) }) {
		out = append(out, finding(f))
	}
	return out
}

// light are warnings that weigh little, the least last: what may cost data or
// the way back comes before what costs money.
var light = []string{"image-deprecated", "stopped", "price", "price-unquoted", reinstall.CodeUnasked}

func weight(f reinstall.Finding) int { return slices.Index(light, f.Code) }

// changed says why keys that were turned are asked for again.
func changed(op oper) []text {
	if op.State != reinstall.Proposed {
		return nil
	}
	var out []text
	if why := op.Recalled; why != nil {
		if why.Outside != "" {
			out = append(out, say(sign("rotating_light"), " ", strong("From outside:"), " ", view.Dot(why.Outside)))
		}
		if why.Distrust != "" {
			out = append(out, say(sign("warning"), " ", strong("Taken back:"), " all keys, for ", view.Dot(why.Distrust)))
		}
		for _, c := range why.Changes {
			out = append(out, say(sign("warning"), " ", strong("Changed:"), " ", c.Name, " ", mono(orNone(c.Old)), " became ", mono(orNone(c.New)), "."))
		}
	}
	for _, l := range op.Lapses {
		if !l.At.Before(op.AskedAt) {
			out = append(out, say(sign("warning"), " ", strong("Taken back:"), " the approval of ", who(l.By), ", for ", view.Dot(l.Why)))
		}
	}
	return out
}

func finding(f reinstall.Finding) text {
	t := say(sign("warning"), " ", strong("Warning:"), " ", view.Dot(f.Why))
	if f.Next != "" {
		t = append(t, say(" "+view.Dot(f.Next))...)
	}
	return t
}
