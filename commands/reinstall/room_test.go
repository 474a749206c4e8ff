package reinstall_test

import (
	"testing"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

func TestWhatRunsAndWhoIsAheadLeaveNoRoomBeyondTheLimit(t *testing.T) {
	of := func(team string) reinstall.Operation {
		return reinstall.Operation{Plan: model.Plan{Tags: map[string]string{"team": team}}}
	}
	some := func(teams ...string) (out []reinstall.Operation) {
		for _, t := range teams {
			out = append(out, of(t))
		}
		return out
	}
	l := model.Limits{AtOnce: 2, ByTag: []model.TagLimit{{Tag: "team=shop", AtOnce: 1}}}
	for what, c := range map[string]struct {
		limits         model.Limits
		running, ahead []reinstall.Operation
		full           string // the tag of the limit; - there is room
	}{
		"nothing":                   {l, nil, nil, "-"},
		"no limit":                  {model.Limits{PerHour: 1}, some("shop", "shop"), some("shop"), "-"},
		"one of another team":       {l, some("office"), nil, "-"},
		"two of other teams":        {l, some("office", "office"), nil, ""},
		"one of the team":           {l, some("shop"), nil, "team=shop"},
		"one of the team ahead":     {l, nil, some("shop"), "team=shop"},
		"one running and one ahead": {l, some("office"), some("office"), ""},
		// The second of the shop ahead has no room itself, and keeps nobody waiting.
		"held back by its own tag": {model.Limits{AtOnce: 3, ByTag: []model.TagLimit{{Tag: "team=office", AtOnce: 1}}}, some("office"), some("office", "office"), "-"},
	} {
		got := "-"
		if f := reinstall.CheckConcurrency(c.limits, of("shop"), c.running, c.ahead); f != nil {
			got = f.Of.Tag
		}
		if got != c.full {
			t.Errorf("%s: %q, not %q", what, got, c.full)
		}
	}
}
