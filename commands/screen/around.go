package screen

import (
	"fmt"
	"slices"
	"strings"

	"twokey/commands/reinstall"
	"twokey/commands/view"
)

// nearWeight orders sights: what costs one more approval, what is seen, what
// could not be checked, what only shows.
func nearWeight(n reinstall.Nearby, t reinstall.Terms) int {
	switch shows := t.Weight(n.Code) == reinstall.Shows; {
	case slices.Contains(t.Owed, n.Code):
		return 0
	case n.Seen == reinstall.Seen && !shows:
		return 1
	case n.Seen != reinstall.Seen && n.Seen != reinstall.NotSeen:
		return 2
	}
	return 3
}

// AroundLines tell what stands around a machine: a line for each thing that is
// seen or could not be checked, and one for all that was looked for and not
// seen. stays says that what stays is told elsewhere.
func AroundLines(around []reinstall.Nearby, t reinstall.Terms, stays bool) []text {
	around = slices.SortedStableFunc(slices.Values(around), func(a, b reinstall.Nearby) int { return nearWeight(a, t) - nearWeight(b, t) })
	var out []text
	var not []string
	for _, n := range around {
		shows := t.Weight(n.Code) == reinstall.Shows
		if stays && shows {
			continue
		}
		more := ""
		if slices.Contains(t.Owed, n.Code) {
			more = " One more approval is asked for."
		}
		switch n.Seen {
		case reinstall.Seen:
			s := "warning"
			if shows {
				s = "information_source"
			}
			out = append(out, say(sign(s), " ", strong("Seen:"), " it ", view.Dot(n.What), more))
		case reinstall.NotSeen:
			not = append(not, reinstall.NearName(n.Code))
			if more != "" { // it was seen when the proposal was made
				not[len(not)-1] += " (one more approval stays owed for it)"
			}
		default:
			if more != "" {
				more = " It counts as seen: one more approval is asked for."
			}
			out = append(out, say(sign("question"), " ", strong("Could not check "+reinstall.NearName(n.Code)+":"), " ", view.Dot(n.What), more))
		}
	}
	if len(not) > 0 {
		out = append(out, say(fmt.Sprintf("Looked for, not seen: %s.", strings.Join(not, ", "))))
	}
	return out
}
