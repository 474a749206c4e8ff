package short

import (
	"slices"
	"testing"
)

func TestFewRowsAreSpreadOverAll(t *testing.T) {
	all := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}
	for few, want := range map[int][]int{1: {0}, 3: {0, 3, 6}, 10: all} {
		if got := spread(all, few); !slices.Equal(got, want) {
			t.Errorf("%d of ten: %v, not %v", few, got, want)
		}
	}
}

func TestOnlyShortTestsCheckLess(t *testing.T) {
	rows, count := len(Of(make([]int, 7), 2)), Count(7, 2)
	if want := map[bool]int{true: 2, false: 7}[testing.Short()]; rows != want || count != want {
		t.Errorf("%d rows, a count of %d, not %d", rows, count, want)
	}
}
