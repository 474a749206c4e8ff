package reinstall_test

import (
	"strings"
	"testing"
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

func TestAMachineIsWatchedForAWeekAfterItsProposalEnded(t *testing.T) {
	for _, s := range reinstall.States {
		op := inState(t, s)
		if got := op.Watched(later); got != s.Ended() {
			t.Errorf("%s: watched %v", s, got)
		}
		if s.Ended() && op.Watched(op.End.At.Add(reinstall.WatchFor)) {
			t.Errorf("%s: watched after a week", s)
		}
	}
}

func TestOnlyAResetThatNoProposalKnowsIsForeign(t *testing.T) {
	reset := func(id string) model.Latest { return aReset(id) }
	done, lost := inState(t, reinstall.Done), inState(t, reinstall.Armed)
	lost = mustStep(t, lost, reinstall.BecameUnknown{Why: "x", LastKnown: reinstall.LastKnown{Latest: reset("req-5")}},
		soon)
	lost = mustStep(t, lost, reinstall.Resolve{By: person("U0BOB"), As: reinstall.Failed, Why: "x"}, soon)
	ready := inState(t, reinstall.Ready)
	r := reading(ready)
	r.Latest = reset("req-7")
	superseded := mustStep(t, ready, reinstall.Recheck{Result: r}, now)
	again := inState(t, reinstall.Rejected)
	again.Baseline = reset("req-0") // reinstalled before, by whomever
	told := inState(t, reinstall.Cancelled)
	told.ReportedResets = []string{"req-4"}
	for what, c := range map[string]struct {
		op   reinstall.Operation
		l    model.Latest
		want bool
	}{
		"our own":         {done, reset("req-1"), false},
		"one after ours":  {done, reset("req-2"), true},
		"after a no":      {inState(t, reinstall.Rejected), reset("req-2"), true},
		"after a cancel":  {inState(t, reinstall.Cancelled), reset("req-2"), true},
		"after an expiry": {inState(t, reinstall.Expired), reset("req-2"), true},
		"the baseline":    {again, reset("req-0"), false},
		"a reboot": {
			done,
			model.Latest{Operation: "RebootInstances", RequestID: "req-2"},
			false,
		},
		"a null record":                   {done, model.Latest{}, false},
		"what a person has resolved":      {lost, reset("req-5"), false},
		"what took the keys back":         {told, reset("req-4"), false},
		"what superseded it":              {superseded, reset("req-7"), false},
		"another one after the overtaker": {superseded, reset("req-8"), true},
	} {
		if got := c.op.ForeignReset(c.l); got != c.want {
			t.Errorf("%s: %v", what, got)
		}
	}
}

func TestAResetFromOutsideIsNamedWithWhoMadeIt(t *testing.T) {
	op := inState(t, reinstall.Ready)
	r := reading(op)
	r.Latest = aReset("req-7")
	by := resetBy(model.CallerForeign, "req-7", now)
	for name, c := range map[string]struct {
		by   *model.CloudEvent
		says string
	}{
		"known":     {&by, "CloudAudit shows ResetInstance by account user 100000000042"},
		"not known": {nil, "CloudAudit does not show by whom"},
	} {
		r.OutsideReset = c.by
		next := mustStep(t, op, reinstall.Recheck{Result: r}, now)
		if next.State != reinstall.Superseded || !strings.Contains(next.End.Why, "reinstalled from outside Twokey") ||
			!strings.Contains(next.End.Why, c.says) {
			t.Errorf("%s: %s %q", name, next.State, next.End.Why)
		}
	}
	if op.ResetOutside(reading(op)) {
		t.Error("the baseline is called a reset from outside")
	}
	dark := reinstall.AuditEvidence{Failed: "it did not answer", Asked: time.Time{}}
	if w := dark.WhoseReset(r.Latest); !strings.Contains(w, "could not show by whom") {
		t.Error(w)
	}
}
