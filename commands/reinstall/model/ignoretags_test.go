package model_test

import (
	"maps"
	"testing"

	"pgregory.net/rapid"

	"twokey/commands/reinstall/model"
)

// Whatever the policy leaves out: a change of the plan's terms or limits, or of
// any tag that is not left out, is another fingerprint; a change of what is left
// out alone is none.
func TestOnlyTagsOnWhichNothingHangsAreLeftOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key, value := rapid.SampledFrom([]string{"scan", "env", "team", "tencentcloud:emr", "owner"}),
			rapid.SampledFrom([]string{"a", "b"})
		p := model.Policy{
			Approvals: 1, IgnoreTags: rapid.SliceOfN(key, 0, 4).Draw(t, "ignored"),
			Limits: model.Limits{ByTag: []model.TagLimit{{Tag: "team=a", AtOnce: 1}}},
		}
		two := 2
		p.Rules = []model.Rule{{Tags: map[string]string{"env": "a"}, Approvals: &two}}
		before := rapid.MapOf(key, value).Draw(t, "tags")
		after := maps.Clone(before)
		changed := key.Draw(t, "changed")
		if after[changed] = value.Draw(t, "to"); rapid.Bool().Draw(t, "gone") {
			delete(after, changed)
		}
		plan := func(tags map[string]string) model.Plan {
			return model.Plan{Tags: tags, Terms: p.TermsFor(model.Subject{Tags: tags})}
		}
		a, b := plan(before), plan(after)
		left := false
		for _, k := range p.IgnoreTags {
			left = left || k == changed && (k == "scan" || k == "owner")
		}
		if same := a.Fingerprint() == b.Fingerprint(); same != (left || maps.Equal(before, after)) {
			t.Fatalf("%v became %v, left out: %v, the same: %t", before, after, p.IgnoreTags, same)
		}
		if i := (model.Instance{Tags: before}); i.SamePlan(model.Instance{Tags: after}, a.Terms) != (left ||
			maps.Equal(before, after)) {
			t.Fatalf("the last look compares otherwise: %v, %v", before, after)
		}
	})
}
