package blockkit

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// A checker collects what Slack would complain about, in Slack's own wording:
// "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]".
type checker struct{ problems []string }

func (c *checker) fail(at, format string, a ...any) {
	c.problems = append(c.problems, fmt.Sprintf("[ERROR] "+format+" [json-pointer:%s]", append(a, at)...))
}

// A rule checks one JSON value; at is the value's JSON pointer.
type rule func(c *checker, at string, v any)

// str takes text of lo to hi code points.
func hasLength(lo, hi int) rule {
	return func(c *checker, at string, v any) {
		text, ok := v.(string)
		n := utf8.RuneCountInString(text)
		switch {
		case !ok:
			c.fail(at, "must be a string")
		case n < lo:
			c.fail(at, "must be more than %d characters", lo-1)
		case n > hi:
			c.fail(at, "must be less than %d characters", hi+1)
		}
	}
}

func matchesRegexp(re *regexp.Regexp) rule {
	return func(c *checker, at string, v any) {
		if text, ok := v.(string); !ok || !re.MatchString(text) {
			c.fail(at, "must match %s", re)
		}
	}
}

func isBoolean(c *checker, at string, v any) {
	if _, ok := v.(bool); !ok {
		c.fail(at, "must be a boolean")
	}
}

// number takes a whole number from lo to hi.
func wholeNumber(lo, hi float64) rule {
	return func(c *checker, at string, v any) {
		n, ok := v.(float64)
		if !ok || n != float64(int64(n)) || n < lo || n > hi {
			c.fail(at, "must be a whole number from %g to %g", lo, hi)
		}
	}
}

func anyNumber(c *checker, at string, v any) {
	if _, ok := v.(float64); !ok {
		c.fail(at, "must be a number")
	}
}

func oneOf(words ...string) rule {
	return func(c *checker, at string, v any) {
		if text, ok := v.(string); !ok || !slices.Contains(words, text) {
			c.fail(at, "must be one of %s", strings.Join(words, ", "))
		}
	}
}

// list takes lo to hi items that each pass.
func listOf(lo, hi int, each rule) rule {
	return func(c *checker, at string, v any) {
		items, ok := v.([]any)
		switch {
		case !ok:
			c.fail(at, "must be an array")
			return
		case len(items) < lo:
			c.fail(at, "no fewer than %d items required", lo)
		case len(items) > hi:
			c.fail(at, "no more than %d items allowed", hi)
		}
		for i, item := range items {
			each(c, fmt.Sprintf("%s/%d", at, i), item)
		}
	}
}

// object takes exactly the given fields. A name that starts with ! must be
// there; null counts as absent.
func objectOf(fields map[string]rule) rule {
	return func(c *checker, at string, v any) {
		m, ok := v.(map[string]any)
		if !ok {
			c.fail(at, "must provide an object")
			return
		}
		for _, name := range sortedKeys(fields) {
			if bare, needed := strings.CutPrefix(name, "!"); needed && m[bare] == nil {
				c.fail(at, "missing required field: %s", bare)
			}
		}
		for _, name := range sortedKeys(m) {
			check := fields[name]
			if check == nil {
				check = fields["!"+name]
			}
			switch {
			case check == nil:
				c.fail(at+"/"+name, "no more properties allowed: %s is not a field here", name)
			case m[name] != nil:
				check(c, at+"/"+name, m[name])
			}
		}
	}
}

// byType takes an object whose type names one of the rules.
func byType(kinds map[string]rule) rule {
	return func(c *checker, at string, v any) {
		m, ok := v.(map[string]any)
		if !ok {
			c.fail(at, "must provide an object")
			return
		}
		kind, ok := m["type"].(string)
		switch check := kinds[kind]; {
		case !ok:
			c.fail(at, "missing required field: type")
		case check == nil:
			c.fail(at+"/type", "unsupported type: %s", kind)
		default:
			check(c, at, v)
		}
	}
}

// all takes what passes every rule.
func allOf(rules ...rule) rule {
	return func(c *checker, at string, v any) {
		for _, r := range rules {
			r(c, at, v)
		}
	}
}

// unique refuses two items of a list with the same value in the named field.
func uniqueField(field string) rule {
	return func(c *checker, at string, v any) {
		items, _ := v.([]any)
		seen := map[string]bool{}
		for i, item := range items {
			m, _ := item.(map[string]any)
			id, _ := m[field].(string)
			if id != "" && seen[id] {
				c.fail(fmt.Sprintf("%s/%d/%s", at, i, field), "`%s` %s already exists", field, id)
			}
			seen[id] = true
		}
	}
}

// with returns fields extended by more.
func withFields(fields map[string]rule, more map[string]rule) map[string]rule {
	out := map[string]rule{}
	for k, v := range fields {
		out[k] = v
	}
	for k, v := range more {
		out[k] = v
	}
	return out
}

// pick returns the named rules.
func pickKinds(kinds map[string]rule, names ...string) map[string]rule {
	out := map[string]rule{}
	for _, n := range names {
		if kinds[n] == nil {
			panic("blockkit: no rule for " + n)
		}
		out[n] = kinds[n]
	}
	return out
}
