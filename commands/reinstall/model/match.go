package model

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
)

// Subject is what the policy's rules look at: one machine, and whether the
// reinstall would change its platform.
type Subject struct {
	Account        string
	Region         string
	Name           string
	Tags           map[string]string
	PlatformChange bool
}

// Subject is what the rules look at in what was read.
func (f Facts) Subject() Subject {
	i := f.Instance
	return Subject{
		Account: i.Account, Region: i.Region, Name: i.Name, Tags: i.Tags,
		PlatformChange: f.Family() != f.Image.Family(),
	}
}

// Subject is what the rules look at in a plan.
func (p Plan) Subject() Subject {
	return Subject{
		Account: p.Account, Region: p.Region, Name: p.Name, Tags: p.Tags,
		PlatformChange: p.ChangesPlatform(),
	}
}

// CheckPattern says what is wrong with a pattern of names, or nil. * stands for
// any letters but a slash, ? for one, [a-z] for one of several.
func CheckPattern(s string) error {
	_, err := path.Match(s, "")
	return err
}

// namesAnything reports whether the rule names anything at all. A rule that names
// nothing matches nothing: an empty selection is never 'all'.
func (r Rule) namesAnything() bool {
	return len(r.Tags) > 0 || r.Name != "" || len(r.Regions) > 0 || len(r.Accounts) > 0 || r.PlatformChange != nil
}

// matchesSubject reports whether all that the rule names holds of the subject.
func (r Rule) matchesSubject(s Subject) bool { return r.namesAnything() && r.whyNoMatch(s) == "" }

// whyNoMatch says which of the rule's conditions fails, the first of them. It is empty
// if all hold.
func (r Rule) whyNoMatch(s Subject) string {
	for _, k := range slices.Sorted(maps.Keys(r.Tags)) {
		if got, ok := s.Tags[k]; !ok {
			return fmt.Sprintf("the machine has no tag %s", k)
		} else if got != r.Tags[k] {
			return fmt.Sprintf("its tag %s is %s, not %s", k, Quote(got), Quote(r.Tags[k]))
		}
	}
	if ok, err := path.Match(r.Name, strings.TrimSpace(s.Name)); r.Name != "" && (err != nil || !ok) {
		return fmt.Sprintf("its name %s is not %s", Quote(s.Name), r.Name)
	}
	switch {
	case len(r.Regions) > 0 && !slices.Contains(r.Regions, s.Region):
		return fmt.Sprintf("it is in %s, not in %s", s.Region, strings.Join(r.Regions, " or "))
	case len(r.Accounts) > 0 && !slices.Contains(r.Accounts, s.Account):
		return fmt.Sprintf("it is in account %s, not in %s", s.Account, strings.Join(r.Accounts, " or "))
	case r.PlatformChange != nil && *r.PlatformChange && !s.PlatformChange:
		return "the platform does not change"
	case r.PlatformChange != nil && !*r.PlatformChange && s.PlatformChange:
		return "the platform changes"
	}
	return ""
}

// Conditions words what the rule matches.
func (r Rule) Conditions() string {
	var out []string
	if len(r.Tags) > 0 {
		out = append(out, "tags "+tagList(r.Tags))
	}
	if r.Name != "" {
		out = append(out, "name "+r.Name)
	}
	if len(r.Regions) > 0 {
		out = append(out, "region "+strings.Join(r.Regions, " or "))
	}
	if len(r.Accounts) > 0 {
		out = append(out, "account "+strings.Join(r.Accounts, " or "))
	}
	if r.PlatformChange != nil && *r.PlatformChange {
		out = append(out, "a change of platform")
	} else if r.PlatformChange != nil {
		out = append(out, "no change of platform")
	}
	return strings.Join(out, ", ")
}

// A RuleResult is what comes of one rule for a subject. Decides is true for the
// first that matches; Forbids, for every one that matches and forbids.
type RuleResult struct {
	Rule    int // 1-based
	Matches bool
	Decides bool
	Forbids bool
	Why     string // of a rule that does not match
}

// RuleResults goes through the rules as TermsFor does, and says what came of each.
func (p Policy) RuleResults(s Subject) []RuleResult {
	out := make([]RuleResult, 0, len(p.Rules))
	decided := false
	for i, r := range p.Rules {
		v := RuleResult{Rule: i + 1, Matches: r.matchesSubject(s)}
		switch {
		case !r.namesAnything():
			v.Why = "it names nothing, and so matches nothing"
		case !v.Matches:
			v.Why = r.whyNoMatch(s)
		default:
			v.Decides, v.Forbids = !decided, r.Forbid != ""
			decided = true
		}
		out = append(out, v)
	}
	return out
}
