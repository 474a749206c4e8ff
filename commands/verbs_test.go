package commands

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"twokey/commands/reinstall"
)

func TestEveryVerbIsInTheTableAndNoOther(t *testing.T) {
	want := slices.Sorted(slices.Values(reinstall.Verbs))
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(deeds))); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
