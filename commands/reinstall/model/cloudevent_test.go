package model_test

import (
	"testing"

	"twokey/commands/reinstall/model"
)

// Whoever reads of a reset from outside can find the call in CloudAudit.
func TestACallInCloudAuditIsNamedWithWhoWhenAndHow(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*model.CloudEvent)
		want   string
	}{
		"at the console": {
			func(e *model.CloudEvent) { e.Console, e.Caller = true, model.CallerForeign },
			"ResetInstance by account user 42 at the console, 2026-11-24 03:00:00 UTC, request req-9",
		},
		"with another's key": {
			func(e *model.CloudEvent) { e.Caller, e.Key = model.CallerForeign, "k" },
			"ResetInstance by account user 42 with another access key, 2026-11-24 03:00:00 UTC, request req-9",
		},
		"with our key": {
			func(e *model.CloudEvent) { e.Caller, e.Key = model.CallerOurs, "k" },
			"ResetInstance by account user 42 with our access key, 2026-11-24 03:00:00 UTC, request req-9",
		},
		"by nobody named, and refused": {
			func(e *model.CloudEvent) { e.User, e.RequestID, e.Error = "", "", "NoPermission" },
			"ResetInstance by account user unnamed with an access key that may be ours, " +
				"2026-11-24 03:00:00 UTC, request none, refused: NoPermission",
		},
	} {
		e := model.CloudEvent{Operation: model.OpReset, RequestID: "req-9", At: now, User: "42"}
		c.change(&e)
		if got := e.EventText(); got != c.want {
			t.Errorf("%s: %q, not %q", name, got, c.want)
		}
	}
}

// Only what is known to be ours is called so.
func TestOnlyAResetThatBearsOurKeyIsCalledOurs(t *testing.T) {
	for name, c := range map[string]struct {
		event *model.CloudEvent
		want  string // empty: it is not called ours
	}{
		"nothing is found": {nil, ""},
		"another's":        {&model.CloudEvent{Caller: model.CallerForeign, Of: "7K3Q"}, ""},
		"nobody can tell":  {&model.CloudEvent{Of: "7K3Q"}, ""},
		"a proposal's": {
			&model.CloudEvent{Caller: model.CallerOurs, Of: "7K3Q", RequestID: "req-1"},
			"the request of proposal 7K3Q (request req-1)",
		},
		"no record's": {
			&model.CloudEvent{Caller: model.CallerOurs, Key: "k", RequestID: "req-1"},
			"a request with our access key, id req-1; Redis has no record of it (was Redis restored?)",
		},
		"no record's and no key's": {
			&model.CloudEvent{Caller: model.CallerOurs},
			"a request of Twokey's own account user, id none; Redis has no record of it (was Redis restored?)",
		},
	} {
		if got := c.event.OwnCallText(); got != c.want {
			t.Errorf("%s: %q, not %q", name, got, c.want)
		}
	}
}

func TestEveryCallThatCanWipeADiskIsTakenForOne(t *testing.T) {
	for operation, wipes := range map[string]bool{
		"ResetInstance": true, "ResetInstances": true, "ConvertOperatingSystems": true,
		"RebootInstances": false, "ResetInstancesPassword": false, "": false,
	} {
		if got := model.WipesDisk(operation); got != wipes {
			t.Errorf("%q wipes: %v", operation, got)
		}
	}
}

// A record that is null proves nothing, not even that two are the same.
func TestTwoRecordsAreTheSameOnlyIfBothNameOneRequest(t *testing.T) {
	reset := model.Latest{Operation: "ResetInstance", State: "OPERATING", RequestID: "req-1"}
	for name, c := range map[string]struct {
		other model.Latest
		same  bool
	}{
		"further on":      {model.Latest{Operation: "ResetInstance", State: "SUCCESS", RequestID: "req-1"}, true},
		"another request": {model.Latest{Operation: "ResetInstance", State: "OPERATING", RequestID: "req-2"}, false},
		"another call":    {model.Latest{Operation: "StopInstances", State: "OPERATING", RequestID: "req-1"}, false},
		"null":            {model.Latest{}, false},
	} {
		if got := reset.Same(c.other); got != c.same {
			t.Errorf("%s: the same: %v", name, got)
		}
	}
	if (model.Latest{}).Same(model.Latest{}) || (model.Latest{Operation: "X"}).Same(model.Latest{Operation: "X"}) {
		t.Error("two null records are the same")
	}
}
