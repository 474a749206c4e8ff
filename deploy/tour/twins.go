package main

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

var word = regexp.MustCompile(`[A-Z]?[a-z0-9]+|[A-Z]+`)

// findTwins returns pairs of functions: by their names, one does for one thing
// what the other does for several. The second is nameAll, nameOfAll, or the first
// with one of its words in the plural. Both are of the same type, or of none.
func (p *pkg) findTwins() [][2]string {
	var out [][2]string
	for _, full := range slices.Sorted(maps.Keys(p.names)) {
		of, name, _ := strings.Cut(full, ".")
		for _, many := range pluralNames(name) {
			if p.names[of+"."+many] > 0 {
				out = append(out, [2]string{name, many})
			}
		}
	}
	return out
}

// pluralNames are the names that a function for several things would have.
func pluralNames(name string) []string {
	out := []string{name + "All", name + "OfAll"}
	for _, at := range word.FindAllStringIndex(name, -1) {
		one := name[at[0]:at[1]]
		many := one + "s"
		if stem, ok := strings.CutSuffix(one, "y"); ok {
			many = stem + "ies"
		}
		out = append(out, name[:at[0]]+many+name[at[1]:])
	}
	return out
}
