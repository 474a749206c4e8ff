package model_test

import (
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"twokey/commands/reinstall/model"
	"twokey/commands/reinstall/model/modeltest"
)

type tags = map[string]string

// shopInChina is what rules are tried on: a machine of the shop in Guangzhou that
// stays Linux.
func shopInChina() model.Subject {
	return model.Subject{
		Account: "main", Region: "ap-guangzhou", Name: " shop-07 ", Tags: tags{"team": "shop", "env": "prod"},
	}
}

// resultOf is what comes of one rule for the machine of the shop.
func resultOf(r model.Rule) model.RuleResult {
	return model.Policy{Rules: []model.Rule{r}}.RuleResults(shopInChina())[0]
}

// A person who asks why a rule did not count reads the first reason.
func TestARuleMatchesOnlyIfAllThatItNamesHolds(t *testing.T) {
	for name, c := range map[string]struct {
		rule model.Rule
		why  string // empty: it matches
	}{
		"its tag":               {model.Rule{Tags: tags{"team": "shop"}}, ""},
		"both tags":             {model.Rule{Tags: tags{"team": "shop", "env": "prod"}}, ""},
		"a tag it lacks":        {model.Rule{Tags: tags{"tier": "1"}}, "the machine has no tag tier"},
		"another value":         {model.Rule{Tags: tags{"env": "test"}}, "its tag env is “prod”, not “test”"},
		"a value in other case": {model.Rule{Tags: tags{"env": "Prod"}}, "its tag env is “prod”, not “Prod”"},
		"one tag of two":        {model.Rule{Tags: tags{"team": "shop", "tier": "1"}}, "the machine has no tag tier"},
		"the name":              {model.Rule{Name: "shop-07"}, ""},
		"a pattern":             {model.Rule{Name: "shop-*"}, ""},
		"a pattern of one sign": {model.Rule{Name: "shop-0?"}, ""},
		"a part of the name":    {model.Rule{Name: "shop"}, "its name “ shop-07 ” is not shop"},
		"a pattern of others":   {model.Rule{Name: "shop-0[1-5]"}, "its name “ shop-07 ” is not shop-0[1-5]"},
		"its region":            {model.Rule{Regions: []string{"ap-seoul", "ap-guangzhou"}}, ""},
		"other regions": {
			model.Rule{Regions: []string{"ap-seoul", "ap-tokyo"}},
			"it is in ap-guangzhou, not in ap-seoul or ap-tokyo",
		},
		"its account":          {model.Rule{Accounts: []string{"main"}}, ""},
		"another account":      {model.Rule{Accounts: []string{"lab"}}, "it is in account main, not in lab"},
		"the same platform":    {model.Rule{PlatformChange: new(false)}, ""},
		"a change of platform": {model.Rule{PlatformChange: new(true)}, "the platform does not change"},
		"a name, but a false tag": {
			model.Rule{Name: "shop-*", Tags: tags{"env": "test"}},
			"its tag env is “prod”, not “test”",
		},
	} {
		got := resultOf(c.rule)
		if got.Matches != (c.why == "") {
			t.Errorf("%s: matches: %v", name, got.Matches)
		}
		if got.Why != c.why {
			t.Errorf("%s: %q, not %q", name, got.Why, c.why)
		}
	}
}

func TestARuleForTheSamePlatformIsNotForAChange(t *testing.T) {
	s := shopInChina()
	s.PlatformChange = true
	got := model.Policy{Rules: []model.Rule{{PlatformChange: new(false)}, {PlatformChange: new(true)}}}.RuleResults(s)
	if got[0].Why != "the platform changes" || got[0].Matches {
		t.Errorf("the rule for the same platform: %+v", got[0])
	}
	if !got[1].Matches {
		t.Errorf("the rule for a change: %+v", got[1])
	}
}

// An empty selection is never all.
func TestARuleThatNamesNothingMatchesNothing(t *testing.T) {
	p := model.Policy{Approvals: 2, Rules: []model.Rule{{Approvals: new(1), Forbid: "never"}}}
	got := p.RuleResults(shopInChina())[0]
	if got.Matches || got.Why != "it names nothing, and so matches nothing" {
		t.Errorf("%+v", got)
	}
	if terms := p.TermsFor(shopInChina()); terms.Approvals != 2 || terms.Forbid != "" || terms.Rule != 0 {
		t.Errorf("its terms count: %+v", terms)
	}
}

func TestThePolicyRefusesAPatternWithAMistake(t *testing.T) {
	for pattern, good := range map[string]bool{"shop-*": true, "": true, "db-[0-9]?": true, "db-[": false, `db\`: false} {
		if err := model.CheckPattern(pattern); (err == nil) != good {
			t.Errorf("%q: %v", pattern, err)
		}
	}
	if got := resultOf(model.Rule{Name: "["}); got.Matches {
		t.Error("a pattern that cannot be read matches a machine")
	}
}

// No earlier rule lifts a protection.
func TestTheFirstMatchDecidesAndEveryProtectionForbids(t *testing.T) {
	shop := model.Rule{Tags: tags{"team": "shop"}, Approvals: new(1)}
	guard := model.Rule{Name: "shop-*", Approvals: new(5), Forbid: "the shop is open"}
	other := model.Rule{Tags: tags{"team": "web"}, Forbid: "the web is open"}
	p := model.Policy{Approvals: 2, Rules: []model.Rule{other, shop, guard}}
	var decides, forbids []int
	for _, r := range p.RuleResults(shopInChina()) {
		if r.Decides {
			decides = append(decides, r.Rule)
		}
		if r.Forbids {
			forbids = append(forbids, r.Rule)
		}
	}
	if !slices.Equal(decides, []int{2}) {
		t.Errorf("rules %v decide", decides)
	}
	if !slices.Equal(forbids, []int{3}) {
		t.Errorf("rules %v forbid", forbids)
	}
	terms := p.TermsFor(shopInChina())
	if terms.Rule != 2 || terms.Approvals != 1 {
		t.Errorf("rule %d, %d approvals", terms.Rule, terms.Approvals)
	}
	if terms.Forbid != "the shop is open" {
		t.Errorf("forbidden: %q", terms.Forbid)
	}
}

func TestWhateverTheRulesAreAtMostOneDecides(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var p model.Policy
		for range rapid.IntRange(0, 5).Draw(t, "rules") {
			p.Rules = append(p.Rules, rapid.SampledFrom([]model.Rule{
				{},
				{Name: "shop-*"},
				{Name: "db-*"},
				{Tags: tags{"env": "prod"}},
				{Regions: []string{"ap-seoul"}},
				{Accounts: []string{"main"}, Forbid: "x"},
				{PlatformChange: new(true)},
			}).Draw(t, "rule"))
		}
		results := p.RuleResults(shopInChina())
		first := slices.IndexFunc(results, func(r model.RuleResult) bool { return r.Matches })
		for i, r := range results {
			if r.Decides != (i == first) {
				t.Fatalf("rule %d decides: %v; the first that matches is %d", r.Rule, r.Decides, first+1)
			}
			if r.Matches != (r.Why == "") {
				t.Fatalf("rule %d matches: %v, because %q", r.Rule, r.Matches, r.Why)
			}
		}
	})
}

func TestThePolicyIsExplainedWithAllThatARuleMatches(t *testing.T) {
	for want, r := range map[string]model.Rule{
		"":                     {},
		"a change of platform": {PlatformChange: new(true)},
		"tags env=prod, team=shop, name shop-*, region ap-seoul or ap-tokyo, account main or lab, no change of platform": {
			Tags: tags{"team": "shop", "env": "prod"}, Name: "shop-*", Regions: []string{"ap-seoul", "ap-tokyo"},
			Accounts: []string{"main", "lab"}, PlatformChange: new(false),
		},
	} {
		if got := r.Conditions(); got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
}

// The rules look at the same for the proposal and for the re-check.
func TestAPlanIsTheSameSubjectAsWhatWasRead(t *testing.T) {
	for _, change := range []func(f *model.Facts){
		func(*model.Facts) {},
		func(f *model.Facts) { windows(f, "2019") },
		func(f *model.Facts) { f.Current = model.Image{} },
	} {
		f := modeltest.Machine()
		change(&f)
		p := model.MakePlan(modeltest.Request(), f, modeltest.Terms(1))
		if !reflect.DeepEqual(f.Subject(), p.Subject()) {
			t.Errorf("%+v is read, %+v is planned", f.Subject(), p.Subject())
		}
	}
}
