package screen

import (
	"fmt"
	"slices"
	"strings"

	"twokey/commands/reinstall/model"
)

// groupedText says something of each: once where it is the same for all, else behind
// the names of those for which it is.
func groupedText(ops []oper, of func(oper) text) text {
	texts, names := groupByText(ops, func(op oper) []text { return []text{of(op)} })
	if len(texts) == 1 {
		return texts[0]
	}
	var out text
	for i, t := range texts {
		if i > 0 {
			out = append(out, say("; ")...)
		}
		out = append(out, labelledText(names[i], t)...)
	}
	return out
}

// groupedLines lists what is said of any of them, each sentence once, with the names of
// those of which it is said.
func groupedLines(ops []oper, of func(oper) []text) []text {
	texts, names := groupByText(ops, of)
	out := make([]text, len(texts))
	for i, t := range texts {
		if out[i] = t; len(names[i]) < len(ops) {
			out[i] = labelledText(names[i], t)
		}
	}
	return out
}

// fewNames is how many names stand before what is said of them. More stand behind
// it: where there is no room for all, the names are what is cut.
const fewNames = 4

func labelledText(names []string, t text) text {
	if len(names) > fewNames {
		return say(t, " (", strong(model.JoinAnd(names)), ")")
	}
	return say(strong(model.JoinAnd(names)), ": ", t)
}

// abbreviateNames names a few, and counts the others.
func abbreviateNames(names []string) string {
	if len(names) <= fewNames+1 {
		return model.JoinAnd(names)
	}
	return strings.Join(names[:fewNames], ", ") + fmt.Sprintf(" and %d more", len(names)-fewNames)
}

// groupByText are the texts that are said of any of them, each once, and the names of
// those of which it is said. The moment of a click differs by what it took to write it.
func groupByText(ops []oper, of func(oper) []text) (texts []text, names [][]string) {
	for _, op := range ops {
		for _, t := range of(op) {
			i := slices.IndexFunc(texts, func(u text) bool { return u.Timeless().String() == t.Timeless().String() })
			if i < 0 {
				i = len(texts)
				texts, names = append(texts, t), append(names, nil)
			}
			names[i] = append(names[i], op.TypedName())
		}
	}
	return texts, names
}
