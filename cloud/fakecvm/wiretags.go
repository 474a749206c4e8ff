package fakecvm

import (
	"slices"
	"strings"
)

// tag is a tag on the wire.
type tag struct{ Key, Value string }

func wireTags(tags map[string]string) []tag {
	list := []tag{}
	for key, value := range tags {
		list = append(list, tag{key, value})
	}
	slices.SortFunc(list, func(a, b tag) int { return strings.Compare(a.Key, b.Key) })
	return list
}

// orEmpty makes a nil list [] and not null.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// orNull makes an empty text null.
func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
