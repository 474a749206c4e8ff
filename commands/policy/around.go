package policy

import (
	"maps"
	"slices"
	"strings"

	"twokey/commands/reinstall/model"
)

// weights are what the policy file calls them.
var weights = []model.Weight{model.WeighsWarn, model.WeighsBlock, model.WeighsOneKey}

// readAround reads what the things around a machine mean. Codes that are not named
// keep what they mean.
func (r *reader) readAround(path string, y aroundYAML) map[string]model.Weight {
	if len(y) == 0 {
		return nil
	}
	out := map[string]model.Weight{}
	for _, code := range slices.Sorted(maps.Keys(y)) {
		w := model.Weight(y[code])
		switch {
		case !slices.Contains(model.NearCodes(), code):
			r.addMistake(path+"."+code, "nothing of that name is looked for around a machine; there are: %s", strings.Join(model.NearCodes(), ", "))
		case !slices.Contains(weights, w):
			r.addMistake(path+"."+code, "%q is not known; use warns, blocks or approval", string(w))
		}
		out[code] = w
	}
	return out
}
