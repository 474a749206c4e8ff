package inuse

import (
	"fmt"
	"slices"
	"strings"

	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// nearbyOrder orders sights: what costs one more approval, what is seen, what
// could not be checked, what only shows.
func nearbyOrder(n model.Nearby, t model.Terms) int {
	switch shows := t.Weight(n.Code) == model.Shows; {
	case slices.Contains(t.OneMoreFor, n.Code):
		return 0
	case n.Detection == model.Detected && !shows:
		return 1
	case n.Detection != model.Detected && n.Detection != model.NotDetected:
		return 2
	}
	return 3
}

// Around report what stands around a machine: a line for each thing that is
// seen or could not be checked, and one for all checks that are clear.
func Around(around []model.Nearby, t model.Terms) []text {
	around = slices.SortedStableFunc(slices.Values(around), func(a, b model.Nearby) int {
		return nearbyOrder(a,
			t) - nearbyOrder(b, t)
	})
	var out []text
	var not []string
	for _, n := range around {
		shows := t.Weight(n.Code) == model.Shows
		more := ""
		if slices.Contains(t.OneMoreFor, n.Code) {
			more = " One more approval is needed."
		}
		switch n.Detection {
		case model.Detected:
			s := "warning"
			if shows {
				s = "information_source"
			}
			out = append(out, say(sign(s), " ", strong("Seen:"), " it ", view.EndSentence(n.What), more))
		case model.NotDetected:
			not = append(not, model.NearName(n.Code))
			if more != "" { // it was seen when the proposal was made
				not[len(not)-1] += " (one more approval is needed for it)"
			}
		default:
			if more != "" {
				more = " It counts as seen: one more approval is needed."
			}
			out = append(out, say(sign("question"), " ", strong("Could not check "+model.NearName(n.Code)+":"), " ",
				view.EndSentence(n.What), more))
		}
	}
	if len(not) > 0 {
		out = append(out, say(fmt.Sprintf("%d of %d checks clear: %s.", len(not), len(around), strings.Join(not, ", "))))
	}
	return out
}
