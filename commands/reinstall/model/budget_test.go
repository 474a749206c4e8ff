package model_test

import (
	"reflect"
	"testing"

	"twokey/commands/reinstall/model"
)

// Whoever waits reads which limit is full, by its own numbers, and how long the
// queue is.
func TestAFullBudgetSaysWhichLimitAndThePlaceInTheQueue(t *testing.T) {
	account, shop := model.TagLimit{AtOnce: 3, PerHour: 10}, model.TagLimit{Tag: "team=shop", AtOnce: 1, PerHour: 2}
	for want, p := range map[string]model.QueuePosition{
		"3 of at most 3 reinstalls are running; it is 1st in the queue": {Of: account, Running: 3},
		"10 of at most 10 reinstalls were made in the last hour; it is 2nd in the queue": {
			Of: account, Hourly: true, Hour: 10, Ahead: 1,
		},
		"1 of at most 1 reinstalls of machines tagged team=shop are running; it is 3rd in the queue": {
			Of: shop, Running: 1, Ahead: 2,
		},
		"3 of at most 3 reinstalls are running or have their turn before it; it is 3rd in the queue": {
			Of: account, Running: 1, Taken: 3, Ahead: 2,
		},
		"2 of at most 2 reinstalls of machines tagged team=shop were made in the last hour or have their turn " +
			"before it; it is 2nd in the queue": {Of: shop, Hourly: true, Hour: 1, Taken: 2, Ahead: 1},
	} {
		if got := p.FullWords(); got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
}

func TestPlacesInTheQueueAreWrittenAsPeopleSayThem(t *testing.T) {
	for ahead, want := range map[int]string{
		0: "1st", 1: "2nd", 2: "3rd", 3: "4th", 9: "10th", 10: "11th", 11: "12th", 12: "13th", 13: "14th", 20: "21st",
		21: "22nd", 22: "23rd", 100: "101st", 110: "111th", 111: "112th", 112: "113th",
	} {
		p := model.QueuePosition{Of: model.TagLimit{AtOnce: 1}, Running: 1, Ahead: ahead}
		if got := p.FullWords(); got != "1 of at most 1 reinstalls are running; it is "+want+" in the queue" {
			t.Errorf("%d ahead: %q", ahead, got)
		}
	}
}

func TestAMachineIsBoundByTheLimitsOfItsOwnTags(t *testing.T) {
	shop, odd := model.TagLimit{Tag: "team=shop", AtOnce: 1}, model.TagLimit{Tag: "path=a=b", PerHour: 2}
	l := model.Limits{AtOnce: 3, PerHour: 10, ByTag: []model.TagLimit{odd, shop}}
	account := model.TagLimit{AtOnce: 3, PerHour: 10}
	for name, c := range map[string]struct {
		tags map[string]string
		want []model.TagLimit
	}{
		"without tags":           {nil, []model.TagLimit{account}},
		"another team":           {tags{"team": "web"}, []model.TagLimit{account}},
		"the key alone":          {tags{"team": ""}, []model.TagLimit{account}},
		"the shop":               {tags{"team": "shop", "env": "prod"}, []model.TagLimit{account, shop}},
		"a value with a sign in": {tags{"path": "a=b"}, []model.TagLimit{account, odd}},
	} {
		if got := l.LimitsFor(c.tags); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, not %+v", name, got, c.want)
		}
	}
}

func TestAPolicyLimitsNothingOnlyIfItNamesNoLimit(t *testing.T) {
	if !(model.Limits{}).None() {
		t.Error("no limit is one")
	}
	for _, l := range []model.Limits{{AtOnce: 1}, {PerHour: 1}, {ByTag: []model.TagLimit{{Tag: "a=b", AtOnce: 1}}}} {
		if l.None() {
			t.Errorf("%+v is none", l)
		}
	}
}
