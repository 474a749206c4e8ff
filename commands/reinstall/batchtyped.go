package reinstall

import (
	"fmt"
	"slices"
	"strings"
)

// CheckTyped compares what was typed with the names of the machines: of one
// letter by letter; of several each once, in any order, with white space between
// them.
func CheckTyped(ops []Operation, typed string) *Refusal {
	if len(ops) == 1 && ops[0].Single() {
		return ops[0].checkTyped(typed)
	}
	words := strings.Fields(typed)
	names := make([]string, len(ops))
	for i, op := range ops {
		names[i] = op.TypedName()
	}
	slices.SortStableFunc(names, func(a, b string) int { return len(strings.Fields(b)) - len(strings.Fields(a)) })
	var missing []string
	for _, n := range names { // names of several words first
		at := run(words, strings.Fields(n))
		if at < 0 {
			missing = append(missing, Quote(n))
			continue
		}
		words = slices.Delete(words, at, at+len(strings.Fields(n)))
	}
	const what, next = "Backup not confirmed", "Type the name of every machine once, with spaces between them"
	left := Quote(strings.Join(words, " "))
	switch {
	case len(missing) == 0 && len(words) == 0:
		return nil
	case len(missing) == 0:
		return Refuse(what, left+" is one too many: every machine is named already", next)
	case len(words) == 0:
		return Refuse(what, toBeTyped(missing), next)
	}
	return Refuse(what, left+" is none of these machines; "+toBeTyped(missing), "Check that they are the machines you mean, then type their names exactly")
}

func toBeTyped(missing []string) string {
	if len(missing) == 1 {
		return missing[0] + " is still to be typed"
	}
	return fmt.Sprintf("%s are still to be typed", And(missing))
}

// run is where part stands in words, or -1.
func run(words, part []string) int {
	for i := 0; i+len(part) <= len(words); i++ {
		if slices.Equal(words[i:i+len(part)], part) {
			return i
		}
	}
	return -1
}

// And joins words as a sentence does: "a, b and c".
func And(words []string) string {
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
	return strings.Join(words, "")
}
