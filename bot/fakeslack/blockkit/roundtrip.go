package blockkit

import (
	"encoding/json"
	"maps"
	"slices"
)

// A Block is one Block Kit block as JSON would have it.
type Block map[string]any

// Clone copies blocks, so that later changes do not reach into them.
func Clone(blocks []Block) []Block {
	if blocks == nil {
		return nil
	}
	var out []Block
	RoundTrip(blocks, &out)
	return out
}

// RoundTrip copies JSON-shaped values. It panics on values that are not,
// which would be a mistake of the caller's.
func RoundTrip(in, out any) {
	b, err := json.Marshal(in)
	if err == nil {
		err = json.Unmarshal(b, out)
	}
	if err != nil {
		panic("blockkit: " + err.Error())
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
