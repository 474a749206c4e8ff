package model

import (
	"regexp"
	"slices"
	"strings"
)

var digitRun = regexp.MustCompile(`[0-9]+`)

// unnamed are what the cloud calls machines to which nobody gave a name.
var unnamed = []string{"unnamed", "未命名"}

// namePattern is a name without its numbers, the same for web-01 and web-12. It is
// empty if the name says nothing.
func namePattern(name string) string {
	name = strings.TrimSpace(name)
	p := digitRun.ReplaceAllString(name, "#")
	if strings.Trim(p, "#.-_ ") == "" || slices.Contains(unnamed, strings.ToLower(name)) {
		return ""
	}
	return p
}

// SiblingKeys lists what makes machines siblings, sorted. Machines that share any of
// it are never reinstalled at once. It is the auto-scaling group, the load balancers,
// and the name without its numbers, each within one account.
func (p Plan) SiblingKeys() []string {
	var out []string
	if pattern := namePattern(p.Name); pattern != "" {
		out = append(out, p.Account+" name "+pattern)
	}
	for _, s := range p.Around {
		if s.Code == NearCLB || s.Code == NearGroup {
			for _, id := range s.Of {
				out = append(out, p.Account+" "+id)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Siblings reports whether both are different machines that share something.
func Siblings(a, b Plan) bool {
	return a.Ref != b.Ref && slices.ContainsFunc(a.SiblingKeys(),
		func(k string) bool { return slices.Contains(b.SiblingKeys(), k) })
}
