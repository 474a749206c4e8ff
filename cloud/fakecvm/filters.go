package fakecvm

import (
	"slices"
	"strings"

	"twokey/cloud/fakecvm/apierr"
)

// filter is one element of Filters, in cvm and cbs alike.
type filter struct {
	Name   string
	Values []string
}

const (
	maxFilters      = 10
	maxFilterValues = 5
	maxPage         = 100
	usualPage       = 20
)

// filterable says how to filter things of one kind: what each name compares, and the
// tags, if the kind has any.
type filterable[T any] struct {
	values map[string]func(T) []string // by filter name; the names are the ones allowed
	fuzzy  []string                    // names whose values need only be part of it
	tags   func(T) map[string]string   // nil: no tag filters
	many   map[string]int              // names that take more values than usual
}

// choose returns those that satisfy all filters: filters are joined by AND,
// the values of one by OR.
func (f filterable[T]) choose(all []T, filters []filter) ([]T, *apierr.Error) {
	if e := f.check(filters); e != nil {
		return nil, e
	}
	var chosen []T
	for _, one := range all {
		if f.matches(one, filters) {
			chosen = append(chosen, one)
		}
	}
	return chosen, nil
}

func (f filterable[T]) check(filters []filter) *apierr.Error {
	if len(filters) > maxFilters {
		return apierr.Errorf("InvalidParameterValue.LimitExceeded", "`Filters` has %d elements; the limit is %d.",
			len(filters), maxFilters)
	}
	for _, one := range filters {
		_, known := f.values[one.Name]
		if f.tags != nil && (one.Name == "tag-key" || one.Name == "tag-value" || strings.HasPrefix(one.Name, "tag:")) {
			known = true
		}
		if !known {
			return apierr.Errorf("InvalidFilter", "The filter `%s` is not supported.", one.Name)
		}
		limit := max(maxFilterValues, f.many[one.Name])
		if len(one.Values) > limit {
			return apierr.Errorf("InvalidFilterValue.LimitExceeded", "The filter `%s` has %d values; the limit is %d.",
				one.Name, len(one.Values), limit)
		}
		if len(one.Values) == 0 {
			return apierr.Errorf("InvalidFilter", "The filter `%s` has no values.", one.Name)
		}
	}
	return nil
}

func (f filterable[T]) matches(one T, filters []filter) bool {
	for _, want := range filters {
		var found []string
		if values := f.values[want.Name]; values != nil {
			found = values(one)
		}
		if f.tags != nil {
			found = append(found, tagValues(f.tags(one), want.Name)...)
		}
		if !slices.ContainsFunc(want.Values, func(v string) bool { return f.valueMatches(found, want.Name, v) }) {
			return false
		}
	}
	return true
}

func (f filterable[T]) valueMatches(found []string, name, value string) bool {
	if !slices.Contains(f.fuzzy, name) {
		return slices.Contains(found, value)
	}
	return slices.ContainsFunc(found, func(have string) bool {
		return strings.Contains(strings.ToLower(have), strings.ToLower(value))
	})
}

// tagValues is what the tag filter of that name compares.
func tagValues(tags map[string]string, name string) (values []string) {
	for key, value := range tags {
		switch {
		case name == "tag-key":
			values = append(values, key)
		case name == "tag-value", name == "tag:"+key:
			values = append(values, value)
		}
	}
	return values
}

// singleValue is a value of one.
func singleValue[T any](value func(T) string) func(T) []string {
	return func(one T) []string { return []string{value(one)} }
}

// constantValue is a value that all have.
func constantValue[T any](value string) func(T) []string {
	return func(T) []string { return []string{value} }
}

// pageOf cuts a page out of a list, refusing what the API refuses.
func pageOf[T any](all []T, offset, limit *int64, tooMany string) ([]T, *apierr.Error) {
	from, n := int64(0), int64(usualPage)
	if offset != nil {
		from = *offset
	}
	if limit != nil {
		n = *limit
	}
	if from < 0 {
		return nil, apierr.Errorf("InvalidParameterValue", "`Offset` is %d; it cannot be negative.", from)
	}
	if n < 1 || n > maxPage {
		return nil, apierr.Errorf(tooMany, "`Limit` is %d; it has to be 1 to %d.", n, maxPage)
	}
	from = min(from, int64(len(all)))
	return all[from:min(from+n, int64(len(all)))], nil
}

// byID keeps those whose id is asked for, each once, in the order of the list.
func byID[T any](all []T, ids []string, id func(T) string) []T {
	var chosen []T
	for _, one := range all {
		if slices.Contains(ids, id(one)) {
			chosen = append(chosen, one)
		}
	}
	return chosen
}

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
