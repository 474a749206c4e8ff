package api

import (
	"fmt"
	"slices"
)

// AllPages reads a list to its end. A list that is shorter than its own total is an
// error: something was not read.
func AllPages[T any](get func(offset int) (page []T, total *int64, err error)) ([]T, error) {
	var all []T
	for {
		page, total, err := get(len(all))
		if err != nil {
			return nil, err
		}
		if total == nil {
			return nil, ErrNoAnswer
		}
		all = append(all, page...)
		if int64(len(all)) >= *total {
			return all, nil
		}
		if len(page) == 0 {
			return nil, fmt.Errorf("the list ended after %d of %d entries: %w", len(all), *total, ErrNoAnswer)
		}
	}
}

// IsMissing reports whether a list is null beside a total above 0: then it was not
// read.
func IsMissing[T any](list []T, total *int64) bool { return list == nil && Val(total) > 0 }

// Unique keeps the first entry of each id. A new entry moves the others onto the
// next page while pages are read. Unique drops entries without an id.
func Unique[T any](list []T, id func(T) string) []T {
	seen := map[string]bool{"": true}
	return slices.DeleteFunc(list, func(one T) bool {
		was := seen[id(one)]
		seen[id(one)] = true
		return was
	})
}
