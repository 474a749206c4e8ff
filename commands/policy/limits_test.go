package policy

import (
	"slices"
	"testing"

	"twokey/commands/reinstall/model"
)

const limitedPolicy = goodPolicy + `limits:
  at_once: 3
  by_tag:
    "team=shop": {at_once: 1}
    "env=prod": {per_hour: 2}
`

func TestLimitsByTagAreReadAndHoldForTheirMachinesOnly(t *testing.T) {
	f, err := Parse("twokey.yaml", []byte(limitedPolicy))
	if err != nil {
		t.Fatal(err)
	}
	all, shop, prod := model.TagLimit{AtOnce: 3}, model.TagLimit{Tag: "team=shop", AtOnce: 1},
		model.TagLimit{Tag: "env=prod", PerHour: 2}
	for _, c := range []struct {
		tags map[string]string
		want []model.TagLimit
	}{
		{nil, []model.TagLimit{all}},
		{map[string]string{"team": "shopping"}, []model.TagLimit{all}},
		{map[string]string{"team": "shop"}, []model.TagLimit{all, shop}},
		{map[string]string{"team": "shop", "env": "prod"}, []model.TagLimit{all, prod, shop}},
	} {
		if got := f.Policy.Limits.LimitsFor(c.tags); !slices.Equal(got, c.want) {
			t.Errorf("%v: %+v", c.tags, got)
		}
	}
}

func TestAMistakeInALimitNamesItsLine(t *testing.T) {
	toldOf(t, limitedPolicy, map[string]slip{
		"no tag": {
			`"team=shop"`, `"team"`,
			"line 20: limits.by_tag.team: \"team\" is not a tag; write it like \"team=shop\"",
		},
		"no value":     {`"team=shop"`, `"team="`, "is not a tag"},
		"nothing":      {"{at_once: 1}", "{}", "nothing is limited; give at_once, per_hour or both"},
		"below none":   {"{at_once: 1}", "{at_once: -1}", "a limit is a number from 0 (none) up"},
		"below none 2": {"at_once: 3", "at_once: -3", "limits: a limit is a number from 0 (none) up"},
		"a typo":       {"{per_hour: 2}", "{per_huor: 2}", "did you mean “per_hour”?"},
	})
}

func TestAQueueSaysItsPlace(t *testing.T) {
	shop := model.TagLimit{Tag: "team=shop", AtOnce: 1}
	for want, p := range map[string]model.QueuePosition{
		"3 of at most 3 reinstalls are running; it is 1st in " +
			"the queue": {Of: model.TagLimit{AtOnce: 3}, Running: 3, Taken: 3},
		"1 of at most 1 reinstalls of machines tagged team=shop are running; it is 12th in the queue": {
			Of:      shop,
			Running: 1, Taken: 1, Ahead: 11,
		},
		"3 of at most 3 reinstalls are running or have their turn before it; it is 2nd in " +
			"the queue": {Of: model.TagLimit{AtOnce: 3}, Running: 2, Taken: 3, Ahead: 1},
		"10 of at most 10 reinstalls were made in the last hour; it is 23rd in " +
			"the queue": {Of: model.TagLimit{PerHour: 10}, Hourly: true, Hour: 10, Taken: 10, Ahead: 22},
	} {
		if got := p.FullWords(); got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
}
