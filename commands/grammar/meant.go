package grammar

import (
	"maps"
	"slices"
	"strings"

	"twokey/commands/reinstall/model"
	"twokey/commands/spelling"
)

// Meant is the line that somebody may have meant whose first word is nearly a verb; empty
// if there is none, or more than one. It is said, and never done: a machine may be called
// so.
func Meant(text string) string {
	line := Straighten(text)
	first, rest, _ := strings.Cut(line, " ")
	first = strings.ToLower(first)
	if _, known := verbs[first]; known || strings.Trim(first, "abcdefghijklmnopqrstuvwxyz-") != "" {
		return ""
	}
	var near []string
	for _, verb := range slices.Sorted(maps.Keys(verbs)) {
		if !isNear(first, verb) {
			continue
		}
		if _, no := Parse(verb + " " + rest); no == nil {
			near = append(near, strings.TrimSpace(verb+" "+rest))
		}
	}
	if len(near) != 1 {
		return ""
	}
	return model.CleanText(near[0])
}

// isNear reports whether few letters differ: two that changed places count as two.
func isNear(word, verb string) bool {
	if len(verb) <= 4 && len(word) != len(verb) {
		return spelling.Distance(word, verb) <= 1
	}
	return spelling.Distance(word, verb) <= 2 && word[:min(1, len(word))] == verb[:1]
}
