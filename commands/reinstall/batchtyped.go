package reinstall

import (
	"fmt"
	"slices"
	"strings"

	"twokey/commands/reinstall/model"
)

// CheckTyped compares what was typed with the names of the machines. The name of one
// is compared letter by letter. Names of several come once each, in any order, with
// white space between them.
func CheckTyped(ops []Operation, typed string) *model.Refusal {
	if len(ops) == 1 && ops[0].Single() {
		return checkTyped(ops[0], typed)
	}
	words := strings.Fields(typed)
	names := make([]string, len(ops))
	for i, op := range ops {
		names[i] = op.TypedName()
	}
	slices.SortStableFunc(names, func(a, b string) int { return len(strings.Fields(b)) - len(strings.Fields(a)) })
	var missing []string
	for _, n := range names { // names of several words first
		at := indexOfWords(words, strings.Fields(n))
		if at < 0 {
			missing = append(missing, model.Quote(n))
			continue
		}
		words = slices.Delete(words, at, at+len(strings.Fields(n)))
	}
	what, next := model.RefusalTitle(model.VerbBackup), "Type the name of every machine once, with spaces between them"
	left := model.Quote(strings.Join(words, " "))
	switch {
	case len(missing) == 0 && len(words) == 0:
		return nil
	case len(missing) == 0:
		return model.Refuse(what, left+" is one too many: every machine is named already", next)
	case len(words) == 0:
		return model.Refuse(what, stillToType(missing), next)
	}
	return model.Refuse(what, left+" is not one of these machines; "+stillToType(missing),
		"Check that they are the machines you mean, then type their names exactly")
}

func stillToType(missing []string) string {
	if len(missing) == 1 {
		return missing[0] + " is still to be typed"
	}
	return fmt.Sprintf("%s are still to be typed", model.JoinAnd(missing))
}

// indexOfWords is the index in words at which part begins, or -1.
func indexOfWords(words, part []string) int {
	for i := 0; i+len(part) <= len(words); i++ {
		if slices.Equal(words[i:i+len(part)], part) {
			return i
		}
	}
	return -1
}
