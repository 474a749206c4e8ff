package screen

import (
	"slices"
	"strings"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// findingLines are the warnings, the weightiest first, in one sentence each. What the
// card shows as a change is left out.
func findingLines(op oper) []text {
	var out []text
	for _, f := range sortedFindings(op) {
		if !slices.Contains(shownAsChange, f.Code) {
			out = append(out, say(sign("warning"), " ", view.Capitalize(view.EndSentence(f.Why))))
		}
	}
	return out
}

// shownAsChange are warnings that the line of what changes says, too.
var shownAsChange = []string{"price", "disk-grows"}

// fullFindings are all warnings, with what to do.
func fullFindings(op oper) []text {
	var out []text
	for _, f := range sortedFindings(op) {
		out = append(out, findingText(f))
	}
	return out
}

func sortedFindings(op oper) []model.Finding {
	return slices.SortedStableFunc(slices.Values(op.Warnings), func(a, b model.Finding) int {
		return findingWeight(a) - findingWeight(b)
	})
}

// lightFindings are warnings that weigh little, the least last: what may cost data or
// the way back comes before what costs money.
var lightFindings = []string{"image-deprecated", "stopped", "price", "price-unquoted", model.CodeUnasked}

func findingWeight(f model.Finding) int { return slices.Index(lightFindings, f.Code) }

// changedLines say in short why keys are needed again: what differs, and no request ids.
func changedLines(op oper) []text {
	if op.State != reinstall.Proposed {
		return nil
	}
	var out []text
	if why := op.Recalled; why != nil {
		if why.Outside != "" {
			first, _, _ := strings.Cut(why.Outside, ". ")
			out = append(out, outsideText(first))
		}
		out = append(out, distrustLines(*why)...)
		for _, c := range why.Changes {
			switch {
			case c.Name == model.FieldOperation && why.Outside != "": // the same, with ids
				continue
			case c.Name == model.FieldTags:
				c.Old, c.New = withoutEqual(c.Old, c.New)
			}
			out = append(out, changeText(c))
		}
	}
	return append(out, revokedLines(op)...)
}

// fullChanges say all of it.
func fullChanges(op oper) []text {
	if op.State != reinstall.Proposed {
		return nil
	}
	var out []text
	if why := op.Recalled; why != nil {
		if why.Outside != "" {
			out = append(out, outsideText(why.Outside))
		}
		out = append(out, distrustLines(*why)...)
		for _, c := range why.Changes {
			out = append(out, changeText(c))
		}
	}
	return append(out, revokedLines(op)...)
}

func outsideText(what string) text {
	return say(sign("rotating_light"), " ", view.Capitalize(view.EndSentence(what)))
}

func changeText(c model.Change) text {
	return say(sign("warning"), " ", strong("Changed:"), " ", c.Name, " ", mono(orNone(c.Old)), " became ",
		mono(orNone(c.New)), ".")
}

// withoutEqual leaves out of two lists what both have.
func withoutEqual(old, now string) (string, string) {
	const comma = ", "
	olds, news := strings.Split(old, comma), strings.Split(now, comma)
	without := func(list, other []string) string {
		return strings.Join(slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(other, s) }),
			comma)
	}
	return without(olds, news), without(news, olds)
}

func distrustLines(why reinstall.Recalled) []text {
	if why.Distrust == "" {
		return nil
	}
	return []text{say(sign("warning"), " ", strong("Taken back:"), " all keys: ", view.EndSentence(why.Distrust))}
}

// revokedLines are the approvals of this round whose people no longer count.
func revokedLines(op oper) []text {
	var out []text
	for _, l := range op.Revoked {
		if !l.At.Before(op.AskedAt) {
			out = append(out, say(sign("warning"), " ", strong("Taken back:"), " the approval of ", who(l.By), ": ",
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
