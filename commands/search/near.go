package search

import (
	"cmp"
	"slices"
	"strings"

	"twokey/commands/reinstall/model"
	"twokey/commands/spelling"
)

// mostNear is how many machines are said of those that may be meant.
const mostNear = 3

// Near are the machines whose name a word nearly is, the first few by name. Only those
// with the fewest letters that differ count: at most two, and one in three.
func Near(parts []model.FleetPart, word string) []model.Instance {
	word = strings.ToLower(strings.TrimSpace(word))
	apart := map[model.Ref]int{}
	var out []model.Instance
	for _, p := range parts {
		for _, i := range p.Machines {
			name := strings.TrimSpace(i.Name)
			n := spelling.Distance(strings.ToLower(name), word)
			if name != "" && n <= 2 && 3*n <= len([]rune(word)) {
				apart[i.Ref], out = n, append(out, i)
			}
		}
	}
	slices.SortFunc(out, func(a, b model.Instance) int {
		return cmp.Or(apart[a.Ref]-apart[b.Ref], strings.Compare(a.Name, b.Name), strings.Compare(a.Instance, b.Instance))
	})
	for n := range out {
		if n == mostNear || apart[out[n].Ref] > apart[out[0].Ref] {
			return out[:n]
		}
	}
	return out
}

// NamesOf are the machines' names, each once.
func NamesOf(machines []model.Instance) []string {
	var out []string
	for _, i := range machines {
		if name := strings.TrimSpace(i.Name); !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}
