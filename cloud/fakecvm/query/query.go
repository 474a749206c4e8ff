// Package query has the filters, pages and orders of the doubled cloud's lists.
package query

import (
	"slices"
	"strings"
	"time"

	"twokey/cloud/fakecvm/apierr"
)

// Filter is one element of Filters, in cvm and cbs alike.
type Filter struct {
	Name   string
	Values []string
}

const (
	maxFilters      = 10
	maxFilterValues = 5
	// MaxPage is the most entries of a page, and the most ids of a request.
	MaxPage     = 100
	defaultPage = 20
)

// Filterable says how to filter things of one kind: what each name compares, and the
// tags, if the kind has any.
type Filterable[T any] struct {
	Values     map[string]func(T) []string // by filter name; the names are the ones allowed
	Fuzzy      []string                    // names whose values need only be part of it
	Tags       func(T) map[string]string   // nil: no tag filters
	MoreValues map[string]int              // names that take more values than usual
}

// Choose returns those that satisfy all filters: filters are joined by AND, the
// values of one by OR.
func (f Filterable[T]) Choose(all []T, filters []Filter) ([]T, *apierr.Error) {
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

func (f Filterable[T]) check(filters []Filter) *apierr.Error {
	if len(filters) > maxFilters {
		return apierr.Errorf("InvalidParameterValue.LimitExceeded", "`Filters` has %d elements; the limit is %d.",
			len(filters), maxFilters)
	}
	for _, one := range filters {
		_, known := f.Values[one.Name]
		if f.Tags != nil && (one.Name == "tag-key" || one.Name == "tag-value" || strings.HasPrefix(one.Name, "tag:")) {
			known = true
		}
		if !known {
			return apierr.Errorf("InvalidFilter", "The filter `%s` is not supported.", one.Name)
		}
		limit := max(maxFilterValues, f.MoreValues[one.Name])
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

func (f Filterable[T]) matches(one T, filters []Filter) bool {
	for _, want := range filters {
		var found []string
		if values := f.Values[want.Name]; values != nil {
			found = values(one)
		}
		if f.Tags != nil {
			found = append(found, tagValues(f.Tags(one), want.Name)...)
		}
		if !slices.ContainsFunc(want.Values, func(v string) bool { return f.valueMatches(found, want.Name, v) }) {
			return false
		}
	}
	return true
}

func (f Filterable[T]) valueMatches(found []string, name, value string) bool {
	if !slices.Contains(f.Fuzzy, name) {
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

// SingleValue is for a filter that compares one value.
func SingleValue[T any](value func(T) string) func(T) []string {
	return func(one T) []string { return []string{value(one)} }
}

// ConstantValue is for a filter whose value is the same for all.
func ConstantValue[T any](value string) func(T) []string {
	return func(T) []string { return []string{value} }
}

// Page cuts a page out of a list, and refuses what the API refuses.
func Page[T any](all []T, offset, limit *int64, tooMany string) ([]T, *apierr.Error) {
	from, n := int64(0), int64(defaultPage)
	if offset != nil {
		from = *offset
	}
	if limit != nil {
		n = *limit
	}
	if from < 0 {
		return nil, apierr.Errorf("InvalidParameterValue", "`Offset` is %d; it cannot be negative.", from)
	}
	if n < 1 || n > MaxPage {
		return nil, apierr.Errorf(tooMany, "`Limit` is %d; it has to be 1 to %d.", n, MaxPage)
	}
	from = min(from, int64(len(all)))
	return all[from:min(from+n, int64(len(all)))], nil
}

// ByID keeps those with the ids, each once, in the order of the list.
func ByID[T any](all []T, ids []string, id func(T) string) []T {
	var chosen []T
	for _, one := range all {
		if slices.Contains(ids, id(one)) {
			chosen = append(chosen, one)
		}
	}
	return chosen
}

// SortByTime sorts by time as CBS does: newest first, unless the request says
// otherwise.
func SortByTime[T any](list []T, field, direction string, when func(T) time.Time, fields ...string) *apierr.Error {
	if field != "" && !slices.Contains(fields, field) {
		return apierr.Errorf("InvalidParameterValue", "`OrderField` is `%s`; it can be %s.", field,
			strings.Join(fields, ", "))
	}
	sign := -1
	switch direction {
	case "", "DESC":
	case "ASC":
		sign = 1
	default:
		return apierr.Errorf("InvalidParameterValue", "`Order` is `%s`; it can be ASC or DESC.", direction)
	}
	slices.SortStableFunc(list, func(a, b T) int { return sign * when(a).Compare(when(b)) })
	return nil
}
