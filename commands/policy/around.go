package policy

import (
	"maps"
	"slices"
	"strings"

	"twokey/commands/reinstall"
)

// weights are what the policy file calls them.
var weights = []reinstall.Weight{reinstall.WeighsWarn, reinstall.WeighsBlock, reinstall.WeighsOneKey}

// around reads what the things around a machine mean. Codes that are not named
// keep what they mean.
func (r *reader) around(path string, y aroundYAML) map[string]reinstall.Weight {
	if len(y) == 0 {
		return nil
	}
	out := map[string]reinstall.Weight{}
	for _, code := range slices.Sorted(maps.Keys(y)) {
		w := reinstall.Weight(y[code])
		switch {
		case !slices.Contains(reinstall.NearCodes(), code):
			r.wrong(path+"."+code, "nothing of that name is looked for around a machine; there are: %s", strings.Join(reinstall.NearCodes(), ", "))
		case !slices.Contains(weights, w):
			r.wrong(path+"."+code, "%q is not known; use warns, blocks or approval", string(w))
		}
		out[code] = w
	}
	return out
}
