package modeltest

import (
	"testing"

	"twokey/commands/reinstall/model"
)

// Tests change one thing of the machine, and look for what comes of that alone.
func TestNothingIsFoundAboutThePlainMachine(t *testing.T) {
	c := model.Case{Request: Request(), Facts: Machine(), Terms: Terms(1), Plan: Plan(1), Now: Now}
	if got := model.Preflight(c); len(got) > 0 {
		t.Errorf("%+v", got)
	}
	for _, e := range c.Facts.Evidence {
		if r := e.Usable(c.Plan, Now); r != nil {
			t.Errorf("%s: %v", e.ID, r)
		}
	}
}

func TestAChangeOfOneMachineChangesNoOther(t *testing.T) {
	want := Plan(1).Fingerprint()
	f := Machine()
	f.Instance.Tags["env"] = "prod"
	f.Instance.PrivateIPs[0] = "10.0.0.6"
	f.After.Amount = 1
	f.Evidence[0].ID = "snap-2"
	if got := Plan(1).Fingerprint(); got != want {
		t.Error("the next machine has another plan")
	}
	if got := Machine().Evidence[0].ID; got != "snap-1" {
		t.Errorf("the next machine has the backup %s", got)
	}
}

// Counted by hand.
func TestTheMostPlacesThatPeopleFill(t *testing.T) {
	one := WebAndDatabase()
	one.Terms.Approvals = 3 // one place is open to all of them
	for name, c := range map[string]struct {
		crowd Crowd
		who   []string
		want  int
	}{
		"nobody":                          {WebAndDatabase(), nil, 0},
		"one person in two groups":        {WebAndDatabase(), []string{"U0CHO"}, 1},
		"two of one group":                {WebAndDatabase(), []string{"U0BOB", "U0DAN"}, 1},
		"one moves over for another":      {WebAndDatabase(), []string{"U0CHO", "U0BOB"}, 2},
		"no more than there are places":   {WebAndDatabase(), []string{"U0CHO", "U0BOB", "U0DAN"}, 2},
		"somebody of no group":            {WebAndDatabase(), []string{"U0EVE", "U0CHO"}, 1},
		"an open place takes the third":   {one, []string{"U0CHO", "U0BOB", "U0DAN"}, 3},
		"an open place takes no stranger": {one, []string{"U0EVE"}, 0},
	} {
		if got := c.crowd.MostFilled(c.who); got != c.want {
			t.Errorf("%s: %d, not %d", name, got, c.want)
		}
	}
}
