package search_test

import (
	"fmt"
	"reflect"
	"testing"

	"twokey/commands/reinstall/model"
	"twokey/commands/search"
)

func TestANearlyRightNameFindsTheNearestMachines(t *testing.T) {
	var p model.FleetPart
	for n, name := range []string{"web-01", "web-02", "web-11", "db-01", "", " cache-01 ", "cache-01"} {
		p.Machines = append(p.Machines, model.Instance{Ref: model.Ref{Instance: fmt.Sprintf("ins-%d", n)}, Name: name})
	}
	for word, want := range map[string][]string{
		"web-03":          {"web-01", "web-02"},
		"web01":           {"web-01"},
		"Web-01":          {"web-01"},
		"cahce-01":        {"cache-01"},
		"d1":              nil,
		"no-such-machine": nil,
		"":                nil,
	} {
		if got := search.NamesOf(search.Near([]model.FleetPart{p}, word)); !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %q, not %q", word, got, want)
		}
	}
}
