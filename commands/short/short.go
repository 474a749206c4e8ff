// Package short makes tests check less with go test -short. It is for tests alone.
package short

import "testing"

// Of returns all rows; with -short it returns at most few of them, at even
// distances, the first among them.
func Of[T any](all []T, few int) []T {
	if !testing.Short() || few >= len(all) {
		return all
	}
	return spread(all, few)
}

// Count returns all; with -short it returns few.
func Count(all, few int) int {
	if testing.Short() {
		return few
	}
	return all
}

func spread[T any](all []T, few int) []T {
	out := make([]T, 0, few)
	for i := range few {
		out = append(out, all[i*len(all)/few])
	}
	return out
}
