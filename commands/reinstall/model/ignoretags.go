package model

import (
	"slices"
	"strings"
)

// CloudTags is what the keys of the cloud's own tags begin with. They show what a
// machine belongs to.
const CloudTags = "tencentcloud:"

// WhyCompared says what depends on a tag's key in this policy, to follow "because". It
// is empty if nothing does. A tag that decides something is always compared.
func (p Policy) WhyCompared(key string) string {
	for _, r := range p.Rules {
		if _, ok := r.Tags[key]; ok {
			return "a rule looks at it"
		}
	}
	for _, l := range p.Limits.ByTag {
		if name, _, _ := strings.Cut(l.Tag, "="); name == key {
			return "a limit looks at it"
		}
	}
	if strings.HasPrefix(strings.ToLower(key), CloudTags) {
		return "it is one of the cloud's own, which show what a machine belongs to"
	}
	return ""
}

// ignoredTags are the keys that are not compared: those that the policy names, except
// for those on which anything depends.
func (p Policy) ignoredTags() []string {
	var out []string
	for _, k := range p.IgnoreTags {
		if k != "" && p.WhyCompared(k) == "" && !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out
}

// comparedTags are the tags on which the fingerprint depends.
func (p Plan) comparedTags() map[string]string {
	if len(p.Terms.IgnoreTags) == 0 {
		return p.Tags
	}
	out := map[string]string{}
	for k, v := range p.Tags {
		if !slices.Contains(p.Terms.IgnoreTags, k) {
			out[k] = v
		}
	}
	return out
}

// MayChange are the machine's tags that may change without taking a key back.
func (p Plan) MayChange() []string {
	return slices.DeleteFunc(slices.Clone(p.Terms.IgnoreTags), func(k string) bool { _, has := p.Tags[k]; return !has })
}
