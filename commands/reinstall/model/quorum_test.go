package model_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"twokey/commands/reinstall/model/modeltest"
)

// Whom a card names as owing a place are exactly those of whom one more fills a
// place.
func TestWhoIsNamedAsOwingAKeyIsExactlyWhoCouldTurnOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := modeltest.AnyCrowd(t)
		order := rapid.Permutation(c.Names[1:]).Draw(t, "order")[:rapid.IntRange(0, 4).Draw(t, "are there")]
		var owed []string
		for _, p := range c.Terms.FillSlots(order, c.Seats) {
			owed = append(owed, p.Candidates.Groups...)
		}
		for i := range c.Terms.Quorum {
			c.Seats["U0NEW"] = []int{i}
			gains := c.MostFilled(append(slices.Clone(order), "U0NEW")) > c.MostFilled(order)
			if named := slices.Contains(owed, fmt.Sprintf("S0G%d", i)); named != gains {
				t.Fatalf("group %d: named %v, would fill a place %v; %+v", i, named, gains,
					c.Terms.FillSlots(order, c.Seats))
			}
		}
	})
}

func TestHowManyPlacesPeopleCouldFillIsTheMost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := modeltest.AnyCrowd(t)
		if got, want := c.Terms.MostFilled(c.Seats), c.MostFilled(slices.Sorted(maps.Keys(c.Seats))); got != want {
			t.Fatalf("%d, not %d", got, want)
		}
	})
}
