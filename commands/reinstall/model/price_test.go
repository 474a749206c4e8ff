package model_test

import (
	"testing"

	"twokey/commands/reinstall/model"
	"twokey/commands/reinstall/model/modeltest"
)

// A price that is not known at one of two looks takes no key back, unless it is
// known now and changes.
func TestAPriceThatIsNotKnownIsNoDrift(t *testing.T) {
	usd := func(f float64) *model.Price { return &model.Price{Amount: f, Unit: "HOUR"} }
	for name, c := range map[string]struct {
		before, after       *model.Price // as approved
		nowBefore, nowAfter *model.Price // as read again
		drifts              bool
	}{
		"known both times":                       {usd(1), usd(1), usd(1), usd(1), false},
		"it changes":                             {usd(1), usd(1), usd(1), usd(2), true},
		"it is not known any more":               {usd(1), usd(2), nil, nil, false},
		"the one afterwards is not known":        {usd(1), usd(2), usd(1), nil, false},
		"the one before is not known, and other": {usd(1), usd(2), nil, usd(3), true},
		"it is known now, and stays":             {nil, nil, usd(1), usd(1), false},
		"it is known now, and changes":           {nil, nil, usd(1), usd(2), true},
		"never known":                            {nil, nil, nil, nil, false},
		"the one afterwards is known now":        {usd(1), nil, usd(1), usd(2), true},
	} {
		t.Run(name, func(t *testing.T) {
			approved, now := modeltest.Plan(1), modeltest.Plan(1)
			approved.Before, approved.After = c.before, c.after
			now.Before, now.After = c.nowBefore, c.nowAfter
			now = now.WithApproved(approved)
			if got := now.Fingerprint() != approved.Fingerprint(); got != c.drifts {
				t.Errorf("drift %v: %v", got, model.Drift(approved, now))
			}
		})
	}
}
