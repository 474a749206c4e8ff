package commands

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"twokey/commands/reinstall/model"
)

func TestEveryVerbIsInTheTableAndNoOther(t *testing.T) {
	want := slices.Sorted(slices.Values(model.Verbs))
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(verbTable))); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
