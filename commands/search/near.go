package search

import (
	"cmp"
	"slices"
	"strings"

	"twokey/commands/reinstall/model"
	"twokey/commands/spelling"
)

// mostNear is how many names are said of those that may be meant.
const mostNear = 3

// Near are the names of the machines that a word nearly is, the first few by name. Only
// those with the fewest letters that differ count: at most two, and one in three.
func Near(parts []model.FleetPart, word string) []string {
	word = strings.ToLower(strings.TrimSpace(word))
	apart := map[string]int{}
	for _, p := range parts {
		for _, i := range p.Machines {
			name := strings.TrimSpace(i.Name)
			n := spelling.Distance(strings.ToLower(name), word)
			if name != "" && n <= 2 && 3*n <= len([]rune(word)) {
				apart[name] = n
			}
		}
	}
	var out []string
	for name := range apart {
		out = append(out, name)
	}
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(apart[a]-apart[b], strings.Compare(a, b)) })
	for n := range out {
		if n == mostNear || apart[out[n]] > apart[out[0]] {
			return out[:n]
		}
	}
	return out
}
